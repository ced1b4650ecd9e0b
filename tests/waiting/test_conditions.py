"""Conditions, and what is built on them, wait on the frozen clock."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent import futures
from typing import Any

import pytest

from pytest_glue_runs import mock_glue_runs

Passed = Callable[[], float]


def _in_vain_for_condition() -> bool:
    condition = threading.Condition()
    with condition:
        return condition.wait(60)


def _in_vain_for_predicate() -> bool:
    condition = threading.Condition()
    with condition:
        return condition.wait_for(lambda: False, timeout=60)


def _in_vain_at_barrier() -> bool:
    with pytest.raises(threading.BrokenBarrierError):
        threading.Barrier(2).wait(60)
    return False


def _in_vain_for_item(waiting: Any) -> bool:
    with pytest.raises(queue.Empty):
        waiting.get(timeout=60)
    return False


def _in_vain_for_room() -> bool:
    full: queue.Queue[int] = queue.Queue(maxsize=1)
    full.put(1)
    with pytest.raises(queue.Full):
        full.put(2, timeout=60)
    return False


def _in_vain_for_result() -> bool:
    with pytest.raises(futures.TimeoutError):
        futures.Future[int]().result(timeout=60)
    return False


_IN_VAIN: dict[str, Callable[[], bool]] = {
    "Event": lambda: threading.Event().wait(60),
    "Condition": _in_vain_for_condition,
    "Condition.wait_for": _in_vain_for_predicate,
    "Semaphore": lambda: threading.Semaphore(0).acquire(timeout=60),
    "BoundedSemaphore": lambda: _taken(threading.BoundedSemaphore()).acquire(timeout=60),
    "Barrier": _in_vain_at_barrier,
    "Queue.get": lambda: _in_vain_for_item(queue.Queue()),
    "LifoQueue.get": lambda: _in_vain_for_item(queue.LifoQueue()),
    "PriorityQueue.get": lambda: _in_vain_for_item(queue.PriorityQueue()),
    "SimpleQueue.get": lambda: _in_vain_for_item(queue.SimpleQueue()),
    "Queue.put": _in_vain_for_room,
    "Future.result": _in_vain_for_result,
    "futures.wait": lambda: bool(futures.wait([futures.Future()], timeout=60).done),
}


def _taken(semaphore: threading.Semaphore) -> threading.Semaphore:
    semaphore.acquire()
    return semaphore


@pytest.mark.parametrize("name", _IN_VAIN)
def test_a_timeout_is_over_at_once(passed: Passed, name: str) -> None:
    assert _IN_VAIN[name]() is False
    assert passed() == 60


def _set_later(event: threading.Event, seconds: float) -> None:
    time.sleep(seconds)
    event.set()


def test_an_event_that_is_set_in_time_ends_the_waiting(passed: Passed) -> None:
    event = threading.Event()
    thread = threading.Thread(target=_set_later, args=(event, 20))
    thread.start()
    assert event.wait(60) is True
    assert passed() == 20
    thread.join()


def test_an_event_is_waited_for_without_a_timeout(passed: Passed) -> None:
    event = threading.Event()
    thread = threading.Thread(target=_set_later, args=(event, 20))
    thread.start()
    assert event.wait() is True
    assert passed() == 20
    thread.join()


def test_an_event_that_is_set_after_the_timeout_comes_too_late(passed: Passed) -> None:
    event = threading.Event()
    thread = threading.Thread(target=_set_later, args=(event, 61))
    thread.start()
    assert event.wait(60) is False
    assert passed() == 60
    thread.join()


def test_notify_wakes_one_of_two(passed: Passed, together: Callable[..., None]) -> None:
    condition = threading.Condition()
    notified: list[tuple[bool, float]] = []

    def listen() -> None:
        with condition:
            outcome = condition.wait(60)
            notified.append((outcome, passed()))

    def notify() -> None:
        time.sleep(10)
        with condition:
            condition.notify()

    together(listen, listen, notify)
    assert notified == [(True, 10), (False, 60)]


def test_a_waiter_that_timed_out_takes_no_notification(passed: Passed) -> None:
    condition = threading.Condition()
    notified: list[bool] = []

    def listen() -> None:
        with condition:
            notified.append(condition.wait(100))

    with condition:
        assert not condition.wait(10)
    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(10)
    with condition:
        condition.notify()
    thread.join()
    assert notified == [True]


def test_waiting_for_an_unacquired_condition_is_rejected(passed: Passed) -> None:
    with pytest.raises(RuntimeError, match="cannot wait on un-acquired lock"):
        threading.Condition().wait(60)
    assert passed() == 0


def test_a_condition_releases_its_lock_while_it_waits(passed: Passed) -> None:
    """A reentrant lock is released completely."""
    condition = threading.Condition()
    inside: list[float] = []

    def enter() -> None:
        time.sleep(10)
        with condition:
            inside.append(passed())

    thread = threading.Thread(target=enter)
    thread.start()
    with condition, condition:
        condition.wait(60)
    thread.join()
    assert inside == [10]


def test_a_barrier_opens_when_the_last_thread_arrives(
    passed: Passed, together: Callable[..., None]
) -> None:
    barrier = threading.Barrier(3)
    through: list[float] = []

    def arrive(length: int) -> None:
        time.sleep(length)
        barrier.wait(60)
        through.append(passed())

    together(*[lambda length=length: arrive(length) for length in (10, 20, 30)])
    assert through == [30, 30, 30]


@pytest.mark.parametrize("make", ["Queue", "SimpleQueue"])
def test_a_consumer_receives_an_item_when_it_is_put(passed: Passed, make: str) -> None:
    items: Any = getattr(queue, make)()
    got = []

    def produce() -> None:
        for number in range(3):
            time.sleep(10)
            items.put(number)

    thread = threading.Thread(target=produce)
    thread.start()
    for _ in range(3):
        got.append((items.get(), passed()))
    thread.join()
    assert got == [(0, 10), (1, 20), (2, 30)]


def test_a_timer_calls_at_its_time(passed: Passed) -> None:
    at: list[float] = []
    timer = threading.Timer(60, lambda: at.append(passed()))
    timer.start()
    time.sleep(59)
    assert at == []
    time.sleep(2)
    assert at == [60]
    timer.join()


def test_a_cancelled_timer_does_not_call(passed: Passed) -> None:
    at: list[float] = []
    timer = threading.Timer(60, lambda: at.append(passed()))
    timer.start()
    time.sleep(30)
    timer.cancel()
    timer.join()
    assert (at, passed()) == ([], 30)


def test_the_timeout_of_a_result_is_on_the_clock(passed: Passed) -> None:
    with futures.ThreadPoolExecutor() as pool:
        assert pool.submit(time.sleep, 30).result(timeout=60) is None
        late = pool.submit(time.sleep, 90)
        with pytest.raises(futures.TimeoutError):
            late.result(timeout=60)
        assert passed() == 90
    assert passed() == 120


def test_as_completed_times_out_on_the_clock(passed: Passed) -> None:
    with futures.ThreadPoolExecutor() as pool:
        tasks = [pool.submit(time.sleep, length) for length in (10, 90)]
        with pytest.raises(futures.TimeoutError):
            list(futures.as_completed(tasks, timeout=60))
        assert passed() == pytest.approx(60, abs=1e-5)


@pytest.mark.parametrize("length", [0, -1])
def test_a_timeout_of_zero_polls(passed: Passed, length: int) -> None:
    assert threading.Event().wait(length) is False
    assert passed() == 0


def test_timeouts_are_exact(passed: Passed) -> None:
    """Rounding errors do not add up."""
    for _ in range(100):
        with pytest.raises(queue.Empty):
            queue.Queue().get(timeout=7)
    assert passed() == 700


def test_the_shortest_timeout_takes_a_microsecond(passed: Passed) -> None:
    threading.Event().wait(1e-9)
    assert passed() == 1e-6


def test_leaving_restores_conditions_and_queues() -> None:
    before = (threading.Condition.wait, threading.Thread.join, queue.SimpleQueue)
    clocks = (vars(threading)["_time"], vars(queue)["time"])
    with mock_glue_runs:
        assert threading.Condition.wait is not before[0]
    assert (threading.Condition.wait, threading.Thread.join, queue.SimpleQueue) == before
    assert (vars(threading)["_time"], vars(queue)["time"]) == clocks


@pytest.mark.glue_runs(sleep="real")
def test_with_real_sleep_timeouts_are_real(passed: Passed) -> None:
    assert threading.Event().wait(0.005) is False
    assert passed() == 0
