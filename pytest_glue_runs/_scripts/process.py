"""Process-wide state of which each script has its own."""

from __future__ import annotations

import logging
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

_MISSING: Any = object()


class Process:
    """The process-wide state of a script, in place while it runs.

    A script may pause while others run. So its state is exchanged for that of the test whenever
    it continues, and exchanged back whenever it pauses.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    @contextmanager
    def active(self) -> Iterator[None]:
        """While active, the state is that of the script; then it is restored."""
        for part in self._parts:
            part.exchange()
        try:
            yield
        finally:
            for part in reversed(self._parts):
                part.exchange()


class Part(ABC):
    """A part of that state."""

    @abstractmethod
    def exchange(self) -> None:
        """Exchange the current value for the stored one."""


class Attribute(Part):
    """An attribute of a module, such as ``sys.argv``."""

    def __init__(self, owner: object, name: str, value: object) -> None:
        self._owner = owner
        self._name = name
        self._stored = value

    def exchange(self) -> None:
        current = getattr(self._owner, self._name)
        setattr(self._owner, self._name, self._stored)
        self._stored = current


class SearchPath(Part):
    """``sys.path``, which begins with the folder of the script."""

    def __init__(self, folder: Path) -> None:
        self._stored = [str(folder), *sys.path]

    def exchange(self) -> None:
        current = list(sys.path)
        sys.path[:] = self._stored
        self._stored = current


class Environment(Part):
    """``os.environ``."""

    def __init__(self) -> None:
        self._stored = dict(os.environ)

    def exchange(self) -> None:
        current = dict(os.environ)
        for name in current.keys() - self._stored.keys():
            del os.environ[name]
        os.environ.update(
            {name: value for name, value in self._stored.items() if current.get(name) != value}
        )
        self._stored = current


class WorkingDirectory(Part):
    """The current working directory."""

    def __init__(self) -> None:
        self._stored = _working_directory()

    def exchange(self) -> None:
        current = _working_directory()
        if self._stored != current and self._stored is not None:
            with suppress(OSError):  # it was removed
                os.chdir(self._stored)
        self._stored = current


def _working_directory() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return None


class RootLogger(Part):
    """The handlers and the level of the root logger: ``logging.basicConfig`` works."""

    def __init__(self) -> None:
        self._handlers: list[logging.Handler] = []
        self._level = logging.WARNING

    def exchange(self) -> None:
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        root.handlers[:] = self._handlers
        root.setLevel(self._level)
        self._handlers, self._level = handlers, level


class LogHandlers(Part):
    """The handlers that write to the streams of the script, in all loggers but the root."""

    def __init__(self, streams: Sequence[TextIO]) -> None:
        self._streams = streams
        self._stored: list[tuple[logging.Logger, logging.Handler]] = []

    def exchange(self) -> None:
        current = [
            (logger, handler)
            for logger in list(logging.root.manager.loggerDict.values())
            if isinstance(logger, logging.Logger)
            for handler in logger.handlers
            if getattr(handler, "stream", None) in self._streams
        ]
        for logger, handler in current:
            logger.removeHandler(handler)
        for logger, handler in self._stored:
            logger.addHandler(handler)
        self._stored = current


class Modules(Part):
    """The script's own modules: those given, ``__main__``, and those in its *folder*.

    A module in the folder that the test has imported before is shared.
    """

    def __init__(self, own: Mapping[str, ModuleType], folder: Path | None) -> None:
        self._folder = folder
        self._stored: dict[str, Any] = {**own, "__main__": sys.modules["__main__"]}
        self._others: set[str] | None = None

    def exchange(self) -> None:
        if self._others is None:  # the script is about to run
            self._exchange_stored()
            self._others = {*sys.modules} - {*self._stored}
        else:
            for name in {*sys.modules} - self._others - {*self._stored}:
                if self._is_beside_script(name):
                    self._stored[name] = _MISSING
            self._exchange_stored()
            self._others = None

    def _exchange_stored(self) -> None:
        current = {name: sys.modules.get(name, _MISSING) for name in self._stored}
        for name, module in self._stored.items():
            _put_module(name, module)
        self._stored = current

    def _is_beside_script(self, name: str) -> bool:
        if self._folder is None:
            return False
        module, place = sys.modules[name], self._folder.joinpath(*name.split("."))
        file = getattr(module, "__file__", None)
        if file is None:  # a package without __init__.py, perhaps
            return str(place) in list(getattr(module, "__path__", ()))
        return Path(file) in (place.with_suffix(".py"), place / "__init__.py")


def _put_module(name: str, module: Any) -> None:
    """Put *module* into `sys.modules`, and into its package; remove what is there if missing."""
    before = sys.modules.pop(name, _MISSING)
    parent, _, child = name.rpartition(".")
    package = sys.modules.get(parent)
    if package is not None and vars(package).get(child) is before:
        vars(package).pop(child, None)
    if module is not _MISSING:
        sys.modules[name] = module
        if package is not None:
            vars(package)[child] = module
