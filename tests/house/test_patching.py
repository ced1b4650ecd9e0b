"""What is replaced is put back, whoever replaces it meanwhile."""

from __future__ import annotations

from types import SimpleNamespace

from pytest_glue_runs._patching import clear_away, replaced


def test_an_attribute_is_put_back() -> None:
    owner = SimpleNamespace(name="before")
    with replaced(owner, "name", "ours"):
        assert owner.name == "ours"
    assert owner.name == "before"


def test_an_attribute_that_was_not_there_is_gone_again() -> None:
    owner = SimpleNamespace()
    with replaced(owner, "name", "ours"):
        assert owner.name == "ours"
    assert not hasattr(owner, "name")


def test_what_somebody_else_put_there_stays() -> None:
    owner = SimpleNamespace(name="before")
    with replaced(owner, "name", "ours"):
        owner.name = "theirs"
    clear_away()
    assert owner.name == "theirs"


def test_what_comes_back_when_theirs_is_undone_is_cleared_away() -> None:
    owner = SimpleNamespace(name="before")
    with replaced(owner, "name", "ours"):
        owner.name = "theirs"
    owner.name = "ours"
    clear_away()
    assert owner.name == "before"
