"""Datasets that one decorated function makes: they stand at one place and share a name."""

from __future__ import annotations

from pathlib import PurePath

from medallion_toolkit.graph.model import Graph

_ENDINGS = ("_conformed", "_checked", "_judged", "_valid", "_quarantine", "_history")


def made_together(graph: Graph, key: str) -> tuple[str, ...]:
    """The keys of what the function behind `key` makes, itself among them; alone for datasets without decorators."""
    wanted = _origin(graph, key)
    keys = tuple(other for other in graph.nodes if _origin(graph, other) == wanted)
    return keys if any(graph.nodes[other].dataset.decorators for other in keys) else (key,)


def is_decorated(graph: Graph, key: str) -> bool:
    """Whether decorators made the dataset, and with it the conditions of its expectations."""
    return any(graph.nodes[other].dataset.decorators for other in made_together(graph, key))


def _origin(graph: Graph, key: str) -> tuple[str, int, str]:
    """Place and name; in a loop one place declares many. Paths are whole or below the project."""
    place, name = graph.nodes[key].dataset.place, key.rpartition(":")[2].rpartition(".")[2]
    ending = next((one for one in _ENDINGS if name.endswith(one)), "")
    return PurePath(place.path).name, place.line, name.removesuffix(ending)
