"""Patches are restored, even if other code patches the same attribute meanwhile."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_glue_runs._patching import Replacements, replaced, restore_uncovered


def test_an_attribute_is_restored() -> None:
    owner = SimpleNamespace(name="before")
    with replaced(owner, "name", "ours"):
        assert owner.name == "ours"
    assert owner.name == "before"


def test_an_attribute_that_did_not_exist_is_deleted() -> None:
    owner = SimpleNamespace()
    with replaced(owner, "name", "ours"):
        assert owner.name == "ours"
    assert not hasattr(owner, "name")


def test_a_value_set_by_other_code_stays() -> None:
    owner = SimpleNamespace(name="before")
    with replaced(owner, "name", "ours"):
        owner.name = "theirs"
    restore_uncovered()
    assert owner.name == "theirs"


def test_our_value_is_removed_when_undoing_another_patch_brings_it_back() -> None:
    owner = SimpleNamespace(name="before")
    with replaced(owner, "name", "ours"):
        owner.name = "theirs"
    restore_uncovered()
    owner.name = "ours"
    restore_uncovered()
    assert owner.name == "before"


def test_attributes_are_restored_in_reverse_order() -> None:
    owner = SimpleNamespace(name="before")
    with Replacements() as replacements:
        replacements.replace(owner, "name", "first")
        replacements.replace(owner, "name", "second")
        assert owner.name == "second"
    assert owner.name == "before"


def test_all_attributes_are_restored_if_one_cannot_be() -> None:
    class Sealed:
        is_open = True

        def __setattr__(self, name: str, value: object) -> None:
            assert self.is_open, "sealed"
            super().__setattr__(name, value)

    owner, sealed = SimpleNamespace(name="before"), Sealed()
    sealed.name = "before"
    replacements = Replacements()
    replacements.replace(owner, "name", "ours")
    replacements.replace(sealed, "name", "ours")
    Sealed.is_open = False
    with pytest.raises(AssertionError, match="sealed"):
        replacements.restore()
    assert owner.name == "before"
