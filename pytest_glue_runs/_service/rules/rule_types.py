"""The data types of the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from pytest_glue_runs._service.rules.errors import GlueError

Certainty = Literal["specified", "documented", "observed", "second-hand", "assumed"]

# Rules of a linter, each with the error that a deployment to AWS failed with in September 2026.
DEPLOYED = "badmintoncryer/cdk-preflight, rules/glue/pf-glue"


@dataclass(frozen=True, kw_only=True)
class FidelityEntry:
    """One statement about Glue, with the evidence for it."""

    about: str
    """The members, operations or states concerned."""
    when: str
    certainty: Certainty
    """How certain it is that Glue does this."""
    wording: Certainty | None = None
    """How certain its message is; None if it has none."""
    source: str


@dataclass(frozen=True, kw_only=True)
class Behavior(FidelityEntry):
    """Something that Glue does, or a default that it fills in."""

    does: str
    value: Any = None
    """The number or text that the service uses."""


@dataclass(frozen=True, kw_only=True)
class Rejection(FidelityEntry):
    """An error that Glue returns for a request."""

    code: str = "InvalidInputException"
    message: str = ""
    operations: tuple[str, ...] = ()
    """The operations that return it; empty if the error precedes the choice of the operation."""

    def error(self, **details: object) -> GlueError:
        """Return the error, with *details* filled in for the message's placeholders."""
        return GlueError(self.code, self.message.format(**details))


@dataclass(frozen=True)
class Proposal:
    """A request to create, update or start a job, as the rules see it."""

    requested: Mapping[str, Any]
    """The members of CreateJob, JobUpdate or StartJobRun."""
    effective: Mapping[str, Any]
    """The requested members over those of the job; for CreateJob and UpdateJob, `requested`."""
    version: str
    """The effective Glue version."""
    region: str
    max_concurrent_runs_per_job: float = inf
    """The account's quota."""

    @property
    def command(self) -> str:
        """The effective command: glueetl, gluestreaming, pythonshell or glueray."""
        return command_name(self.effective)

    @property
    def is_spark(self) -> bool:
        """Whether the job is a Spark job, ETL or streaming."""
        return self.command in ("glueetl", "gluestreaming")

    @property
    def worker_type(self) -> str:
        """The effective worker type; empty if there is none."""
        return self.effective.get("WorkerType") or ""

    def since(self, version: str) -> bool:
        """Return whether the effective Glue version is *version* or later."""
        return version_key(self.version) >= version_key(version)

    def requests(self, *names: str) -> bool:
        """Return whether the request has any of these members."""
        return any(self.requested.get(name) is not None for name in names)


@dataclass(frozen=True, kw_only=True)
class Rule(Rejection):
    """A rejection that depends only on the request and its job.

    The message may have the placeholders ``{command}``, ``{version}``, ``{type}``, the worker
    type, and ``{quota}``, the account's quota of concurrent runs of a job.
    """

    rejects: Callable[[Proposal], bool]
    operations: tuple[str, ...] = ("CreateJob", "UpdateJob", "StartJobRun")

    def check(self, proposal: Proposal) -> None:
        """Raise the rule's error if it rejects *proposal*."""
        if self.rejects(proposal):
            raise self.error(
                command=proposal.effective.get("Command", {}).get("Name"),
                version=proposal.version,
                type=proposal.worker_type,
                quota=proposal.max_concurrent_runs_per_job,
            )


def command_name(definition: Mapping[str, Any]) -> str:
    """Return the name of a definition's command."""
    name: str = definition["Command"]["Name"]
    return name


def version_key(text: str) -> tuple[float, ...]:
    """Return a sort key for a Glue version; "auto" sorts after every other."""
    if text == "auto":
        return (inf,)
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split("."))
