"""The forms that a rule has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from pytest_glue_runs._service.rules.errors import GlueError

Certainty = Literal["specified", "documented", "observed", "second-hand", "assumed"]


@dataclass(frozen=True)
class FidelityEntry:
    """How we know something of Glue."""

    about: str
    """The members, operations or states that it is about."""
    when: str
    certainty: Certainty
    source: str
    moto: str = ""
    """What moto does instead, where it does otherwise."""


@dataclass(frozen=True)
class Behavior(FidelityEntry):
    """Something that Glue does or fills in."""

    does: str = ""
    value: Any = None
    """The number or text itself, where the service works with it."""


@dataclass(frozen=True)
class Rejection(FidelityEntry):
    """Something that Glue refuses, in which words."""

    code: str = "InvalidInputException"
    message: str = ""
    operations: tuple[str, ...] = ()
    """Which refuse it; empty: it is found out before the operation is."""

    def error(self, **facts: object) -> GlueError:
        """The error, with *facts* in the places of the message."""
        return GlueError(self.code, self.message.format(**facts))


@dataclass(frozen=True)
class Proposal:
    """What a request asks for, and what would hold if it were granted."""

    asked: Mapping[str, Any]
    """The members of CreateJob, JobUpdate or StartJobRun."""
    holds: Mapping[str, Any]
    """These over the job's own; of CreateJob and UpdateJob the same as `asked`."""
    version: str
    """The Glue version that holds."""
    region: str

    @property
    def command(self) -> str:
        """The kind of job."""
        return command_name(self.holds)

    @property
    def is_spark(self) -> bool:
        """Whether it is a Spark job, ETL or streaming."""
        return self.command in ("glueetl", "gluestreaming")

    @property
    def worker_type(self) -> str:
        """The worker type that holds; empty if none does."""
        return self.holds.get("WorkerType") or ""

    def since(self, version: str) -> bool:
        """Whether the Glue version that holds is *version* or later."""
        return version_key(self.version) >= version_key(version)

    def has(self, *names: str) -> bool:
        """Whether one of these members is asked for."""
        return any(self.asked.get(name) is not None for name in names)


@dataclass(frozen=True)
class Rule(Rejection):
    """A refusal that can be told from the request and its job alone.

    The message has places for the command, the version, the type of worker.
    """

    broken: Callable[[Proposal], bool] = lambda proposal: False
    operations: tuple[str, ...] = ("CreateJob", "UpdateJob", "StartJobRun")

    def check(self, proposal: Proposal) -> None:
        """Raises the refusal if the *proposal* breaks the rule."""
        if self.broken(proposal):
            raise self.error(
                command=proposal.command, version=proposal.version, type=proposal.worker_type
            )


def command_name(definition: Mapping[str, Any]) -> str:
    """The kind of job that a definition describes."""
    name: str = (definition.get("Command") or {}).get("Name", "glueetl")
    return name


def version_key(text: str) -> tuple[float, ...]:
    """A Glue version in a form that can be compared; "auto" is later than every other."""
    if text == "auto":
        return (inf,)
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split("."))
