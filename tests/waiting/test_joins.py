"""Thread.join on the frozen clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from pytest_glue_runs import mock_glue_runs

Passed = Callable[[], float]


def test_join_waits_for_a_sleeping_thread(passed: Passed) -> None:
    thread = threading.Thread(target=time.sleep, args=(60,))
    thread.start()
    thread.join()
    assert (thread.is_alive(), passed()) == (False, 60)


def test_join_times_out_on_the_clock(passed: Passed) -> None:
    thread = threading.Thread(target=time.sleep, args=(60,))
    thread.start()
    thread.join(10)
    assert (thread.is_alive(), passed()) == (True, 10)
    thread.join(100)
    assert (thread.is_alive(), passed()) == (False, 60)


def test_join_with_a_timeout_of_zero_polls(passed: Passed) -> None:
    thread = threading.Thread(target=time.sleep, args=(60,))
    thread.start()
    thread.join(0)
    assert (thread.is_alive(), passed()) == (True, 0)
    thread.join()


def test_join_of_an_ended_thread_returns_at_once(passed: Passed) -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    thread.join(60)
    assert passed() == 0


def test_join_rejects_what_the_real_one_rejects(passed: Passed) -> None:
    with pytest.raises(RuntimeError, match="cannot join thread before it is started"):
        threading.Thread().join(60)
    with pytest.raises(RuntimeError, match="cannot join current thread"):
        threading.current_thread().join(60)
    assert passed() == 0


def test_a_thread_from_before_is_joined_too() -> None:
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        go.set()
        thread.join()
        assert glue_runs.now == begin
    assert not thread.is_alive()


def test_joining_a_thread_from_before_times_out_on_the_clock() -> None:
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        thread.join(60)
        assert (glue_runs.now - begin).total_seconds() == 60
        assert thread.is_alive()
    go.set()
    thread.join()
