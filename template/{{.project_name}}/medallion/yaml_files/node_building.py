"""Small steps that make nodes out of nodes; each keeps the place its value came from."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Position
from .positions import Entry, ListNode, MapNode, Node, Scalar, ScalarNode


def value_node(value: Scalar, position: Position) -> ScalarNode:
    """A scalar as if it stood in the file at this place."""
    text = {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else value
    return ScalarNode(value, str(text), position)


def entry(key: str, value: Node, position: Position | None = None) -> Entry:
    """`key: value`, at the value's place when no other is given."""
    return Entry(key, value, position or value.position)


def mapping(position: Position, entries: Iterable[Entry | None]) -> MapNode:
    """The entries that are there."""
    return MapNode(tuple(one for one in entries if one is not None), position)


def renamed(found: Entry | None, key: str) -> Entry | None:
    """The entry under another key, None when there is none."""
    return None if found is None else Entry(key, found.value, found.position)


def filled(key: str, position: Position, entries: Iterable[Entry | None]) -> Entry | None:
    """An entry with a mapping of the entries that are there, None when there are none."""
    node = mapping(position, entries)
    return Entry(key, node, position) if node.entries else None


def without(node: MapNode, *keys: str) -> MapNode:
    """The mapping without these keys."""
    return MapNode(tuple(one for one in node.entries if one.key not in keys), node.position)


def list_of(items: Iterable[Node], position: Position) -> ListNode:
    """A list at this place."""
    return ListNode(tuple(items), position)
