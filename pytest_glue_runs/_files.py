"""Say that a file does not exist, for error messages."""

from __future__ import annotations

from pathlib import Path

from pytest_glue_runs._suggest import did_you_mean


def missing(file: Path) -> str | None:
    """Return that there is no such file, with a near name; None if there is one."""
    file = file.absolute()
    if file.exists():
        return None
    folder = file.parent
    others = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    return (
        f"there is no file {file}.{did_you_mean(file.name, others)} "
        "A path is relative to the current working directory: "
        "Path(__file__).parent is the folder of the test."
    )
