"""Clients share what they find in botocore's table of names of events."""

from __future__ import annotations

import copy
from typing import Any

import boto3
import pytest
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.utils import EVENT_ALIASES

from pytest_glue_runs import GlueRuns, mock_glue_runs

COPY = EventAliaser.__copy__


@pytest.fixture
def session() -> Any:
    return boto3.Session("k", "s", region_name="us-east-1")


def test_an_event_has_the_same_name_as_without_the_mock(session: Any) -> None:
    real = session.client("elb").meta.events
    with mock_glue_runs:
        events = [session.client("elb").meta.events for _ in range(2)]
    older = {name for name in EVENT_ALIASES if "." not in name}
    for name in ["before-call.glue.StartJobRun", *(f"before-call.{one}.Get" for one in older)]:
        assert {one._alias_event_name(name) for one in events} == {real._alias_event_name(name)}


def test_a_handler_that_is_registered_by_an_older_name_is_called(
    glue_runs: GlueRuns, session: Any
) -> None:
    called: list[str] = []
    clients = [session.client("logs") for _ in range(2)]
    for client in clients:
        client.meta.events.register(
            "before-call.logs.DescribeLogGroups", lambda event_name, **_: called.append(event_name)
        )
        client.describe_log_groups()
    assert called == ["before-call.cloudwatch-logs.DescribeLogGroups"] * 2


def test_a_handler_is_its_clients_own(glue_runs: GlueRuns, session: Any) -> None:
    called: list[str] = []
    first, second = session.client("logs"), session.client("logs")
    first.meta.events.register("before-call", lambda event_name, **_: called.append(event_name))
    second.describe_log_groups()
    assert not called


def test_events_with_a_table_of_their_own_keep_it(glue_runs: GlueRuns) -> None:
    events = EventAliaser(HierarchicalEmitter(), {"old": "new"})
    copied = copy.copy(events)
    assert copied._alias_event_name("before-call.old.Get") == "before-call.new.Get"
    assert copied._alias_event_name("before-call.logs.Get") == "before-call.logs.Get"


def test_a_table_that_a_test_changes_is_used_while_it_is_changed(
    glue_runs: GlueRuns, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "before-call.glue.StartJobRun"
    for expected in (name, "before-call.changed.StartJobRun", name):
        with monkeypatch.context() as patch:
            if expected != name:
                patch.setitem(EVENT_ALIASES, "glue", "changed")
            events = copy.copy(EventAliaser(HierarchicalEmitter()))
            assert events._alias_event_name(name) == expected


def test_the_copies_of_botocore_are_restored(session: Any) -> None:
    with mock_glue_runs:
        assert EventAliaser.__copy__ is not COPY
    assert EventAliaser.__copy__ is COPY
    first, second = (session.client("glue").meta.events for _ in range(2))
    assert first._alias_name_cache is not second._alias_name_cache


def test_a_sessions_own_events_are_left_alone(glue_runs: GlueRuns, session: Any) -> None:
    events = session._session.get_component("event_emitter")
    before = dict(events._alias_name_cache)
    session.client("glue").get_paginator("get_jobs")
    assert {name for name in events._alias_name_cache if name not in before} <= {
        "creating-client-class.glue"
    }
