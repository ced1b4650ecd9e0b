"""Threads and tasks that outlive their mock: their requests are rejected, and a warning names them.

Sending anything fails these tests: see the fixture `_nothing_is_sent`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import queue
import socket
import sysconfig
import threading
import time
import warnings
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import ref

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.endpoint import Endpoint

from pytest_glue_runs import GlueRuns, LeftoverRequestError, LeftoverThreadWarning, mock_glue_runs
from pytest_glue_runs._clients import leftovers, running
from pytest_glue_runs._clients.running import Work, stack_of, work_in

HERE = "tests/clients/test_leftovers.py"


@pytest.fixture(autouse=True)
def _in_the_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name files as seen from the current folder."""
    monkeypatch.chdir(Path(__file__).parents[2])


@pytest.fixture
def client() -> Any:
    """A client made before any mock."""
    return make_client()


def make_client(**options: Any) -> Any:
    return boto3.client("glue", **{"region_name": "us-east-1", **options})


class Worker:
    """A thread that calls a function once for each `go`, and keeps what it raised."""

    def __init__(self, function: Callable[[], object], name: str = "poller") -> None:
        self.function = function
        self.turns: queue.Queue[bool] = queue.Queue()
        self.results: queue.Queue[object] = queue.Queue()
        self.thread = threading.Thread(target=self.work, name=name, daemon=True)
        self.thread.start()

    def work(self) -> None:
        while self.turns.get():
            self.results.put(outcome_of(self.function))

    def go(self) -> object:
        """Let the thread call the function once more, and return the result or the exception."""
        self.turns.put(True)
        return self.results.get()

    def end(self) -> None:
        self.turns.put(False)
        self.thread.join()


def outcome_of(function: Callable[[], object]) -> object:
    """What *function* returns or raises."""
    try:
        return function()
    except Exception as error:  # noqa: BLE001  to be looked at by the test
        return error


@contextmanager
def warned(**settings: Any) -> Iterator[tuple[GlueRuns, pytest.WarningsRecorder]]:
    """A mock at whose end there is a LeftoverThreadWarning, and its control."""
    with pytest.warns(LeftoverThreadWarning) as caught, mock_glue_runs(**settings) as control:
        yield control, caught


@contextmanager
def leftover(function: Callable[[], object]) -> Iterator[Worker]:
    """A worker that was left behind by a mock."""
    with warned():
        worker = Worker(function)
    try:
        yield worker
    finally:
        worker.end()


@contextmanager
def no_warnings() -> Iterator[None]:
    """Raise warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def is_unpatched() -> bool:
    return not hasattr(Endpoint.make_request, "__wrapped__")


def test_a_request_after_the_mock_is_rejected(client: Any) -> None:
    with leftover(client.get_jobs) as worker:
        error = worker.go()
        assert isinstance(error, LeftoverRequestError)
        assert str(error) == (
            f"glue.GetJobs was requested by the thread 'poller', a leftover of {HERE}::"
            "test_a_request_after_the_mock_is_rejected. AWS Glue is no longer mocked there, so "
            "the request is rejected: it may reach neither AWS nor another test. Let the thread "
            "end before its test does."
        )


def test_a_thread_that_sleeps_is_woken_and_rejected(client: Any) -> None:
    seen: list[object] = []

    def poll() -> None:
        while True:
            seen.append(outcome_of(client.get_jobs))
            if isinstance(seen[-1], Exception):
                return
            time.sleep(30)

    with warned() as (_, caught):
        thread = threading.Thread(target=poll, name="poller")
        thread.start()
        time.sleep(75)
    thread.join()
    assert [type(one) for one in seen] == [dict] * 3 + [LeftoverRequestError]
    line = poll.__code__.co_firstlineno + 5
    assert str(caught[0].message) == (
        f"When {HERE}::test_a_thread_that_sleeps_is_woken_and_rejected ended, the thread 'poller' "
        f"was still running at {HERE}:{line} in poll. Requests that it sends from then on are "
        "rejected. Let the thread end before its test does."
    )
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


def test_a_thread_that_calls_without_a_pause_never_gets_through(client: Any) -> None:
    errors: list[object] = []

    def poll() -> None:
        while not errors:
            outcome = outcome_of(client.list_jobs)
            errors.extend([outcome] if isinstance(outcome, Exception) else [])

    with warned(max_reads=10**9):
        thread = threading.Thread(target=poll)
        thread.start()
        client.list_jobs()
    thread.join()
    assert [type(error) for error in errors] == [LeftoverRequestError]


@pytest.mark.parametrize(("turns", "longest"), [(10**6, 0.05), (3, 3600.0)], ids=["time", "turns"])
def test_a_busy_thread_holds_the_end_of_the_mock_up_for_a_moment(
    monkeypatch: pytest.MonkeyPatch, turns: int, longest: float
) -> None:
    """By so many turns and real seconds at most."""
    monkeypatch.setattr(leftovers, "_TURNS", turns)
    monkeypatch.setattr(leftovers, "_LONGEST", longest)
    over: list[bool] = []

    def spin() -> None:
        while not over:
            pass

    begin = time.monotonic()
    with warned():
        thread = threading.Thread(target=spin)
        thread.start()
    over.append(True)
    thread.join()
    assert time.monotonic() < begin + 60


def test_a_call_that_is_being_retried_is_rejected() -> None:
    client = make_client(config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
    results: list[object] = []
    with warned() as (glue_runs, _):
        glue_runs.fail_next("GetJobs", "ThrottlingException", times=2)
        thread = threading.Thread(target=lambda: results.append(outcome_of(client.get_jobs)))
        thread.start()
        while not glue_runs.calls:
            time.sleep(0)  # pragma: no cover - the thread may have been faster
    thread.join()
    assert isinstance(results[0], LeftoverRequestError)


def test_a_call_that_is_being_retried_does_not_reach_the_next_mock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client is attached to the next mock already when its thread sends again."""
    client = make_client(config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
    asleep, awake = threading.Event(), threading.Event()

    def sleep(_: float) -> None:
        asleep.set()
        awake.wait()

    results: list[object] = []
    with warned(freeze=False) as (glue_runs, _):
        glue_runs.fail_next("GetJobs", "ThrottlingException")
        monkeypatch.setattr(time, "sleep", sleep)
        thread = threading.Thread(target=lambda: results.append(outcome_of(client.get_jobs)))
        thread.start()
        asleep.wait()
    with mock_glue_runs(freeze=False) as glue_runs:
        client.get_jobs()
        awake.set()
        thread.join()
        assert isinstance(results[0], LeftoverRequestError)
        assert len(glue_runs.calls) == 1


def test_a_client_that_the_thread_makes_afterwards_is_rejected() -> None:
    with leftover(lambda: make_client().get_jobs()) as worker:
        assert isinstance(worker.go(), LeftoverRequestError)


def test_a_client_of_aiobotocore_is_rejected() -> None:
    async def main() -> Any:
        async with get_session().create_client("glue", region_name="us-east-1") as client:
            return await client.get_jobs()

    with leftover(lambda: asyncio.run(main())) as worker:
        assert isinstance(worker.go(), LeftoverRequestError)


def test_the_metadata_service_is_not_asked_for_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name)
    with leftover(lambda: boto3.Session().get_credentials()) as worker:
        error = worker.go()
        assert str(error).startswith("PUT http://169.254.169.254/latest/api/token was requested by")


def test_the_next_mock_is_not_written_to(client: Any) -> None:
    with leftover(client.get_jobs) as worker, mock_glue_runs as glue_runs:
        assert isinstance(worker.go(), LeftoverRequestError)
        assert client.get_jobs()["Jobs"] == []
        assert len(glue_runs.calls) == 1


def test_a_thread_of_an_earlier_mock_is_not_one_of_the_next(client: Any) -> None:
    with leftover(client.get_jobs) as worker:
        with no_warnings(), mock_glue_runs:
            pass
        assert isinstance(worker.go(), LeftoverRequestError)


def test_what_is_left_alone_while_mocked_is_left_alone_afterwards() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        config = Config(connect_timeout=1, read_timeout=0.05, retries={"total_max_attempts": 1})
        client = make_client(endpoint_url=url, config=config)
        with leftover(client.get_jobs) as worker:
            assert type(worker.go()).__name__ == "ReadTimeoutError"


def test_a_thread_that_it_starts_is_rejected_too(client: Any) -> None:
    def start_another() -> object:
        results: list[object] = []
        thread = threading.Thread(target=lambda: results.append(outcome_of(client.get_jobs)))
        thread.start()
        thread.join()
        return results[0]

    with leftover(start_another) as worker:
        assert isinstance(worker.go(), LeftoverRequestError)


def test_a_call_that_it_gives_to_an_idle_worker_is_rejected_too(client: Any) -> None:
    with ThreadPoolExecutor(1) as pool:

        def submit() -> object:
            return outcome_of(pool.submit(client.get_jobs).result)

        with warned():
            pool.submit(client.get_jobs).result()
            worker = Worker(submit)
        assert isinstance(worker.go(), LeftoverRequestError)
        worker.end()
        error = outcome_of(pool.submit(client.get_jobs).result)
        assert str(error) == "sent to https://glue.us-east-1.amazonaws.com/"


def test_a_timer_that_is_pending_is_rejected(client: Any) -> None:
    results: list[object] = []

    def later() -> None:
        results.append(outcome_of(client.get_jobs))

    with warned() as (_, caught):
        timer = threading.Timer(60, later)
        timer.start()
    timer.join()
    assert isinstance(results[0], LeftoverRequestError)
    assert f"at {HERE}:{later.__code__.co_firstlineno} in later" in str(caught[0].message)


def test_the_worker_of_a_pool_that_is_busy_is_rejected_until_it_is_idle(client: Any) -> None:
    go_on = threading.Event()

    def poll() -> object:
        go_on.wait()
        return outcome_of(client.get_jobs)

    with ThreadPoolExecutor(1) as pool:
        with pytest.warns(LeftoverThreadWarning, match=r"'ThreadPoolExecutor\S+'"), mock_glue_runs:
            future = pool.submit(poll)
        go_on.set()
        assert isinstance(future.result(), LeftoverRequestError)
        with mock_glue_runs:
            assert pool.submit(client.get_jobs).result()["Jobs"] == []


@pytest.mark.parametrize("shut_down", [True, False])
def test_the_idle_worker_of_a_pool_is_no_leftover(client: Any, shut_down: bool) -> None:
    """Whether the executor ends with the mock, or serves other code later."""
    with no_warnings(), mock_glue_runs:
        pool = ThreadPoolExecutor(1)
        pool.submit(client.get_jobs).result()
        if shut_down:
            pool.shutdown(wait=False)
    assert is_unpatched()
    if not shut_down:
        error = outcome_of(pool.submit(client.get_jobs).result)
        assert str(error) == "sent to https://glue.us-east-1.amazonaws.com/"
        with mock_glue_runs as glue_runs:
            pool.submit(client.get_jobs).result()
            assert len(glue_runs.calls) == 1
        pool.shutdown()


def test_the_default_executor_of_an_event_loop_is_no_leftover(client: Any) -> None:
    loop = asyncio.new_event_loop()
    with no_warnings(), mock_glue_runs:
        loop.run_until_complete(loop.run_in_executor(None, client.get_jobs))
    assert is_unpatched()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_a_thread_that_ends_within_a_moment_is_no_leftover(client: Any) -> None:
    def ended_by_itself() -> bool:
        with mock_glue_runs as glue_runs:
            thread = threading.Thread(target=client.get_jobs)
            thread.start()
        is_over = not thread.is_alive()
        thread.join()
        return is_over and len(glue_runs.calls) == 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeftoverThreadWarning)
        # A busy machine may give a thread no time within that moment.
        assert any(ended_by_itself() for _ in range(20))
    with no_warnings(), mock_glue_runs:
        pass
    assert is_unpatched()


def test_a_sleeper_that_ends_as_soon_as_it_is_woken_is_not_reported() -> None:
    with no_warnings(), mock_glue_runs:
        thread = threading.Thread(target=time.sleep, args=(60,))
        another = threading.Thread(target=lambda: time.sleep(60))
        thread.start()
        another.start()
    thread.join()
    another.join()


def test_a_call_given_to_an_idle_worker_at_the_last_moment_is_not_sent(client: Any) -> None:
    for _ in range(20):
        with ThreadPoolExecutor(1) as pool:
            with warnings.catch_warnings(), mock_glue_runs:
                warnings.simplefilter("ignore", LeftoverThreadWarning)
                pool.submit(client.get_jobs).result()
                future = pool.submit(client.get_jobs)
            assert isinstance(outcome_of(future.result), (dict, LeftoverRequestError))


def test_a_worker_that_seems_idle_is_not_while_a_call_is_pending(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that has just taken a call from its queue cannot be told from an idle one."""
    is_over = threading.Event()

    def call() -> Any:
        is_over.wait()
        return client.get_jobs()

    monkeypatch.setattr(running, "work_in", lambda frames: Work.NONE)
    with ThreadPoolExecutor(1) as pool:
        try:
            with warned():
                future = pool.submit(call)
        finally:
            is_over.set()
        assert isinstance(outcome_of(future.result), LeftoverRequestError)


@pytest.mark.parametrize("kind", [queue.SimpleQueue, queue._PySimpleQueue])  # type: ignore[attr-defined]
def test_a_worker_with_work_in_its_queue_is_not_idle(
    monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    class FullQueue(kind):  # type: ignore[misc]
        """Seems to hold something while its `get` waits."""

        def empty(self) -> bool:
            return not is_full

    monkeypatch.setattr(queue, "SimpleQueue", FullQueue)
    with ThreadPoolExecutor(1) as pool:
        for is_full in (False, True):
            pool.submit(int).result()
            (worker,) = pool._threads
            expected = Work.PENDING if is_full else Work.NONE
            while work_in(stack_of(worker)) is not expected:
                pass  # pragma: no cover - the worker may have been faster
        is_full = False


def test_a_thread_from_before_the_mock_is_left_alone(client: Any) -> None:
    worker = Worker(client.get_jobs)
    with no_warnings(), mock_glue_runs:
        assert isinstance(worker.go(), dict)
    assert str(worker.go()) == "sent to https://glue.us-east-1.amazonaws.com/"
    worker.end()


def test_a_thread_from_before_that_gets_its_thread_object_in_the_mock_is_left_alone() -> None:
    """As execnet's in pytest-xdist's workers, if the garbage collector runs a finalizer in it."""
    locks: list[Any] = [allocate_lock() for _ in range(4)]
    for lock in locks:
        lock.acquire()
    has_begun, may_ask, has_asked, may_end = locks
    ident = start_new_thread(
        lambda: [
            has_begun.release(),
            may_ask.acquire(),
            threading.current_thread(),
            has_asked.release(),
            may_end.acquire(),
        ],
        (),
    )
    has_begun.acquire()
    with no_warnings(), mock_glue_runs:
        assert ident not in {thread.ident for thread in threading.enumerate()}
        may_ask.release()
        has_asked.acquire()
        assert ident in {thread.ident for thread in threading.enumerate()}
    assert is_unpatched()
    may_end.release()


def defined_in(file: object, code: str) -> dict[str, Any]:
    """Execute *code* as if it were in *file*, and return its namespace."""
    names: dict[str, Any] = {}
    exec(compile(code, str(file), "exec"), names)
    return names


def in_a_library(code: str) -> dict[str, Any]:
    return defined_in(Path(sysconfig.get_paths()["purelib"], "a_library", "worker.py"), code)


@pytest.mark.parametrize("file", [sysconfig.__file__, "<frozen importlib._bootstrap>"])
def test_a_thread_in_which_only_python_itself_runs_is_no_leftover(file: str) -> None:
    event = threading.Event()
    wait = defined_in(file, "def wait(event):\n  event.wait()")["wait"]
    with no_warnings(), mock_glue_runs:
        thread = threading.Thread(target=wait, args=(event,))
        thread.start()
    assert is_unpatched()
    event.set()
    thread.join()


def test_a_thread_of_a_library_is_not_reported_unless_it_has_sent_requests(client: Any) -> None:
    wait_for = in_a_library("def wait_for(event, call):\n  call()\n  event.wait()")["wait_for"]
    for call, is_reported in ((int, False), (client.get_jobs, True)):
        event = threading.Event()
        with warnings.catch_warnings(record=True) as caught, mock_glue_runs:
            warnings.simplefilter("always")
            thread = threading.Thread(target=wait_for, args=(event, call))
            thread.start()
        event.set()
        thread.join()
        assert [one.category for one in caught] == [LeftoverThreadWarning] * is_reported
        assert all("worker.py:3 in wait_for" in str(one.message) for one in caught)


def test_a_thread_of_a_library_that_waits_for_work_is_no_leftover(client: Any) -> None:
    work = in_a_library("def work(jobs):\n  while job := jobs.get():\n    job()")["work"]
    jobs: queue.Queue[Any] = queue.Queue()
    results: list[object] = []
    with no_warnings(), mock_glue_runs:
        thread = threading.Thread(target=work, args=(jobs,))
        thread.start()
        jobs.put(client.get_jobs)
    jobs.put(lambda: results.append(outcome_of(client.get_jobs)))
    jobs.put(None)
    thread.join()
    assert str(results[0]) == "sent to https://glue.us-east-1.amazonaws.com/"


def test_everything_is_unpatched_once_the_thread_has_ended(client: Any) -> None:
    with leftover(client.get_jobs) as worker:
        assert not is_unpatched()
        worker.end()
        with mock_glue_runs:
            pass
        assert is_unpatched()


def test_everything_is_unpatched_between_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import threading
        import time

        from botocore.endpoint import Endpoint

        original = Endpoint.make_request
        go_on = threading.Event()

        def test_leaves_a_thread(glue_runs):
            threading.Thread(target=lambda: go_on.wait()).start()

        def test_ends_it():
            assert Endpoint.make_request is not original
            go_on.set()
            time.sleep(0.1)

        def test_after():
            assert Endpoint.make_request is original
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:asyncio", "-Wdefault")
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["*test_leaves_a_thread", "*LeftoverThreadWarning: When *"])


def test_without_pytest_the_place_of_the_mock_is_named(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    with leftover(client.get_jobs) as worker:
        assert f"a leftover of the mock at {HERE}:" in str(worker.go())
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "for pytest, which removes it (teardown)")


def test_the_warning_does_not_hide_the_exception_of_the_block(client: Any) -> None:
    with no_warnings(), pytest.raises(ValueError, match="of the block"), mock_glue_runs:  # noqa: PT012
        worker = Worker(client.get_jobs)
        raise ValueError("of the block")
    worker.end()


def test_the_warning_as_an_error_is_raised_when_everything_is_restored(client: Any) -> None:
    before = dict(os.environ)
    with no_warnings(), pytest.raises(LeftoverThreadWarning), mock_glue_runs:
        worker = Worker(client.get_jobs)
    assert dict(os.environ) == before
    worker.end()


class Loop:
    """An event loop that runs in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        # A loop holds its tasks weakly: one that only waits would be garbage.
        self.futures: list[Any] = []
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def start(self, coroutine: Any) -> Any:
        self.futures.append(asyncio.run_coroutine_threadsafe(coroutine, self.loop))
        return self.futures[-1]

    def run_what_is_due(self) -> None:
        for _ in range(5):  # a cancelled task takes a few iterations
            done = threading.Event()
            self.loop.call_soon_threadsafe(done.set)
            done.wait()

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


SESSION = get_session()  # one for all: each loads its data anew


async def get_jobs() -> Any:
    async with SESSION.create_client("glue", region_name="us-east-1") as client:
        return await asyncio.wait_for(client.get_jobs(), 10)


def test_a_task_in_a_loop_of_another_thread_is_rejected() -> None:
    async def poll() -> None:
        while True:
            await get_jobs()
            await asyncio.sleep(0.5)

    with warned() as (_, caught):
        loop = Loop()
        future = loop.start(poll())
        time.sleep(1)
    with pytest.raises(LeftoverRequestError, match="requested by the task 'Task-"):
        future.result()
    line = poll.__code__.co_firstlineno + 3
    assert f"was still running at {HERE}:{line} in poll" in str(caught[0].message)
    with no_warnings(), mock_glue_runs:
        assert loop.start(get_jobs()).result()["Jobs"] == []
    assert is_unpatched()
    assert loop.loop.get_task_factory() is None
    loop.end()


def test_a_loop_without_tasks_is_no_leftover() -> None:
    with no_warnings(), mock_glue_runs:
        loop = Loop()
        loop.start(get_jobs()).result()
    assert is_unpatched()
    loop.end()


def test_a_task_factory_of_the_users_own_is_kept() -> None:
    made: list[Any] = []

    def factory(loop: Any, coroutine: Any, **options: Any) -> Any:
        made.append(coroutine)
        return asyncio.Task(coroutine, loop=loop, **options)

    async def wait() -> None:
        await go_on.wait()
        await asyncio.create_task(get_jobs())

    with warned():
        loop = Loop()
        loop.loop.set_task_factory(factory)
        go_on = asyncio.Event()
        future = loop.start(wait())
        time.sleep(1)
    loop.loop.call_soon_threadsafe(go_on.set)
    with pytest.raises(LeftoverRequestError):
        future.result()
    with mock_glue_runs:
        pass
    assert loop.loop.get_task_factory() is factory
    assert len(made) >= 2
    loop.end()


def test_a_task_left_by_async_with_is_rejected() -> None:
    async def main() -> None:
        async with mock_glue_runs:
            task = asyncio.create_task(get_jobs_later())
            await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(LeftoverRequestError):
            await task

    async def get_jobs_later() -> Any:
        await go_on.wait()
        return await get_jobs()

    go_on = asyncio.Event()
    with pytest.warns(LeftoverThreadWarning):
        asyncio.run(main())
    with mock_glue_runs:
        pass
    assert is_unpatched()


def test_a_task_factory_that_is_set_later_is_kept() -> None:
    def factory(loop: Any, coroutine: Any, **options: Any) -> Any:
        raise NotImplementedError  # pragma: no cover - it is only kept

    with warned():
        loop = Loop()
        future = loop.start(wait_for_ever())
        time.sleep(1)
    loop.loop.set_task_factory(factory)
    future.cancel()
    loop.run_what_is_due()
    with mock_glue_runs:
        pass
    assert is_unpatched()
    assert loop.loop.get_task_factory() is factory
    loop.end()


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


def test_a_task_whose_loop_is_closed_is_forgotten() -> None:
    with warned():
        loop = Loop()
        loop.start(wait_for_ever())
        time.sleep(1)
    (task,) = asyncio.all_tasks(loop.loop)
    loop.end()
    with mock_glue_runs:
        pass
    assert is_unpatched()
    task._log_destroy_pending = False  # type: ignore[attr-defined]


def test_a_leftover_that_enters_a_mock_frees_what_it_holds() -> None:
    class Held:
        pass

    def use() -> ref[Held]:
        held = Held()
        with mock_glue_runs:
            return ref(held)

    with leftover(use) as worker:
        worker.go()  # imports what it needs
        gc.disable()
        try:
            held: Any = worker.go()
            assert held() is None
        finally:
            gc.enable()
