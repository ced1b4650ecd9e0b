"""Windows' event loop on another system: CPython's own code over a stand-in for the kernel.

`asyncio.windows_events` comes with every Python, but cannot be imported where its two C modules
are missing. `install` provides what sockets need of them: a completion port, and overlapped
receives and sends. All above, `IocpProactor` and `ProactorEventLoop`, is what runs on Windows.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import select
import sys
from collections import deque
from itertools import count
from types import ModuleType
from typing import Any
from unittest import mock

_INFINITE = 0xFFFFFFFF
_ABORTED = 995  # ERROR_OPERATION_ABORTED

_addresses = count(1)
_port_of: dict[int, _Port] = {}

# What GetQueuedCompletionStatus returns: error, number of bytes, key, address.
_Status = tuple[int, int, int, int]


class _Port:
    """A completion port: operations that are pending, and those that have completed."""

    def __init__(self) -> None:
        self.pending: list[_Overlapped] = []
        self.completed: deque[_Status] = deque()

    def status(self, milliseconds: int) -> _Status | None:
        """Return a completed operation; wait for one if there is none, but not for longer."""
        if not self.completed:
            poll = select.poll()
            for operation in self.pending:
                poll.register(operation.fd, select.POLLIN)
            ready = {fd for fd, _ in poll.poll(None if milliseconds == _INFINITE else milliseconds)}
            for operation in [one for one in self.pending if one.fd in ready]:
                operation.complete(os.read(operation.fd, operation.size))
        return self.completed.popleft() if self.completed else None


class _Overlapped:
    """An overlapped operation on a socket."""

    def __init__(self, _: int) -> None:
        self.address = next(_addresses)
        self.pending = False
        self.error = 0
        self.result: Any = None

    def WSARecv(self, fd: int, size: int, _: int) -> None:
        self.fd, self.size, self.pending = fd, size, True
        _port_of[fd].pending.append(self)

    def WSASend(self, fd: int, data: bytes, _: int) -> None:
        """Complete at once. The port reports that all the same, as Windows' does."""
        self.fd = fd
        self.complete(os.write(fd, data))

    def complete(self, result: Any, error: int = 0) -> None:
        port = _port_of[self.fd]
        port.pending = [one for one in port.pending if one is not self]
        self.pending, self.result, self.error = False, result, error
        port.completed.append((error, 0, 0, self.address))

    def cancel(self) -> None:
        self.complete(None, _ABORTED)

    def getresult(self) -> Any:
        return self.result


def _associate(handle: int, port: _Port | int, key: int, concurrency: int) -> _Port:
    """Stand for CreateIoCompletionPort, which creates a port, or associates a socket with one."""
    if isinstance(port, _Port):
        _port_of[handle] = port
        return port
    return _Port()


def install() -> None:
    """Make Windows' event loop the one that asyncio uses."""
    overlapped = ModuleType("_overlapped")
    vars(overlapped).update(
        INVALID_HANDLE_VALUE=-1,
        CreateIoCompletionPort=_associate,
        GetQueuedCompletionStatus=_Port.status,
        Overlapped=_Overlapped,
    )
    winapi = ModuleType("_winapi")
    vars(winapi).update(NULL=0, INFINITE=_INFINITE, CloseHandle=lambda handle: None)
    stand_ins = {"_overlapped": overlapped, "_winapi": winapi, "msvcrt": ModuleType("msvcrt")}
    sys.modules.update(stand_ins)
    with mock.patch.object(sys, "platform", "win32"):
        windows = importlib.import_module("asyncio.windows_events")
    asyncio.set_event_loop_policy(windows.WindowsProactorEventLoopPolicy())
