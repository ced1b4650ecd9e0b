"""Quotas of every account in every region: AWS's defaults, and what a test sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from pytest_glue_runs._suggest import did_you_mean

# Source: AWS general reference, Glue quotas (L-08F3B322).
LARGE_DPU_REGIONS = frozenset(
    {"us-east-1", "us-east-2", "us-west-2", "ap-northeast-1", "ap-southeast-2", "eu-west-1"}
)


@dataclass
class Quotas:
    """The quotas of every account in every region. Assign to change one.

    A change takes effect at once: runs that are WAITING start if they fit now. Raises
    AttributeError for a quota that does not exist, ValueError for a value that is not a number
    from 0 on. Source: AWS general reference, Glue quotas.
    """

    max_concurrent_runs: int = 2000
    max_concurrent_runs_per_job: int = 4000
    max_jobs: int = 2000
    max_dpus: float | None = None
    """None: AWS's default for the region, 1000 in six regions and 500 elsewhere."""
    max_flex_dpus: float = 4000
    max_ray_dpus: float = 50
    max_triggers: int = 1000
    max_jobs_per_trigger: int = 50
    max_workflows: int = 1000

    def __setattr__(self, name: str, value: object) -> None:
        __tracebackhide__ = True
        _check(name, value)
        change: Callable[[str, object], None] = vars(self).get("_change", self.store)
        change(name, value)

    def store(self, name: str, value: object) -> None:
        """Set a quota without any further effect."""
        vars(self)[name] = value

    def on_change(self, change: Callable[[str, object], None]) -> None:
        """Call *change* instead of `store` when a quota is assigned."""
        vars(self)["_change"] = change

    def dpus(self, region: str) -> float:
        """Return the DPUs that standard runs may hold in a region."""
        if self.max_dpus is not None:
            return self.max_dpus
        return 1000 if region in LARGE_DPU_REGIONS else 500


def _check(name: str, value: object) -> None:
    __tracebackhide__ = True
    names = [field.name for field in fields(Quotas)]
    if name not in names:
        raise AttributeError(
            f"There is no quota {name!r}.{did_you_mean(name, names)} Valid: {', '.join(names)}."
        )
    if not _is_quota(name, value):
        kind = "number" if name.endswith("_dpus") else "whole number"
        raise ValueError(f"quotas.{name} = {value!r}: this quota is a {kind} from 0 on.")


def _is_quota(name: str, value: object) -> bool:
    if value is None:
        return name == "max_dpus"
    whole = not name.endswith("_dpus")
    types = (int,) if whole else (int, float)
    return isinstance(value, types) and not isinstance(value, bool) and value >= 0
