"""How much an account may have at once in a region: AWS's defaults, and what a test sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

from pytest_glue_runs._suggest import did_you_mean

# Source: AWS general reference, Glue quotas (L-08F3B322).
LARGE_DPU_REGIONS = frozenset(
    {"us-east-1", "us-east-2", "us-west-2", "ap-northeast-1", "ap-southeast-2", "eu-west-1"}
)


@dataclass
class Quotas:
    """The quotas of every account in every region; assigning one takes effect at once.

    Raises AttributeError for a quota that does not exist, ValueError for a value that is
    not a number from 0 on. Source: AWS general reference, Glue quotas.
    """

    max_concurrent_runs: int = 2000
    max_concurrent_runs_per_job: int = 4000
    max_jobs: int = 2000
    max_dpus: float | None = None
    """None: AWS's default for the region, 1000 in six of them and 500 elsewhere."""
    max_flex_dpus: float = 4000
    max_ray_dpus: float = 50
    _changing: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    _changed: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)

    def __setattr__(self, name: str, value: object) -> None:
        names = [one.name for one in fields(self) if not one.name.startswith("_")]
        if name not in (*names, "_changing", "_changed"):
            raise AttributeError(
                f"There is no quota {name!r}.{did_you_mean(name, names)} Valid: {', '.join(names)}."
            )
        if name in names and not _is_quota(name, value):
            kind = "number" if name.endswith("_dpus") else "whole number"
            raise ValueError(f"quotas.{name} = {value!r}: this quota is a {kind} from 0 on.")
        ready = name in names and "_changed" in self.__dict__
        if ready:  # what is due by now has happened under the old quota
            self._changing()
        super().__setattr__(name, value)
        if ready:
            self._changed()

    def dpus(self, region: str) -> float:
        """The DPUs of standard runs in a region."""
        if self.max_dpus is not None:
            return self.max_dpus
        return 1000 if region in LARGE_DPU_REGIONS else 500


def _is_quota(name: str, value: object) -> bool:
    if value is None:
        return name == "max_dpus"
    whole = not name.endswith("_dpus")
    types = (int,) if whole else (int, float)
    return isinstance(value, types) and not isinstance(value, bool) and value >= 0
