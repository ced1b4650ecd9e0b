"""The graph of a workflow: which triggers start what, and what they wait for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from pytest_glue_runs._service.model.trigger import TriggerDefinition


class Node(NamedTuple):
    """A trigger, job or crawler in the graph of a workflow."""

    kind: Literal["TRIGGER", "JOB", "CRAWLER"]
    name: str

    def unique_id(self, workflow_name: str) -> str:
        """Return the UniqueId: the same in every run of the workflow."""
        seed = f"{workflow_name}/{self.kind}/{self.name}"
        return f"wnode_{hashlib.sha256(seed.encode()).hexdigest()}"


class GraphTrigger(Protocol):
    """What the graph needs of a trigger."""

    @property
    def name(self) -> str: ...

    @property
    def definition(self) -> TriggerDefinition: ...


class Graph(NamedTuple):
    """The nodes of a workflow and the edges between them, in a fixed order."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]

    @classmethod
    def of(cls, triggers: Sequence[GraphTrigger]) -> Graph:
        """Return the graph that these triggers make."""
        nodes: dict[Node, None] = {}
        edges: dict[tuple[Node, Node], None] = {}
        for trigger in triggers:
            node = Node("TRIGGER", trigger.name)
            nodes[node] = None
            watched = sorted({Node(one.kind, one.name) for one in trigger.definition.conditions})
            edges |= dict.fromkeys((one, node) for one in watched)
            started = [action_node(action) for action in trigger.definition.actions]
            edges |= dict.fromkeys((node, one) for one in started)
            nodes |= dict.fromkeys([*watched, *started])
        return cls(tuple(nodes), tuple(edges))

    def downstream(self, begin: Iterable[Node]) -> set[Node]:
        """Return the nodes that can be reached from these, by at least one edge."""
        found: set[Node] = set()
        frontier = set(begin)
        while frontier:
            frontier = {after for before, after in self.edges if before in frontier} - found
            found |= frontier
        return found


def action_node(action: Mapping[str, Any]) -> Node:
    """Return the node of what an action starts."""
    if "JobName" in action:
        return Node("JOB", action["JobName"])
    return Node("CRAWLER", action["CrawlerName"])
