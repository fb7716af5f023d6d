"""YAML read strictly: every value knows its line, duplicate keys and tags are errors.

Plain scalars follow YAML 1.2, as editors do: `NO`, `on` and `12:30` are text; so are dates and `007`.
A number with a point is a Decimal, so that `0.10` reaches SQL as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import cast

import yaml

from ..errors import MedallionContractError, Position

Scalar = str | int | Decimal | bool | None

_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
}
_C_LOADER = getattr(yaml, "CSafeLoader", None)
_DEEPEST = 500
_DEEP_BLOCK = re.compile(r"^[-?: ]{500}", re.MULTILINE)
_BRACKET = re.compile(r"[\[\]{}]")
_NOT_TEXT = frozenset("~nNtTfF+-.0123456789")
_NULL = re.compile(r"(~|null|Null|NULL|)\Z")
_BOOL = re.compile(r"(true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True)
class ScalarNode:
    """One value; `text` is what the file says."""

    value: Scalar
    text: str
    position: Position


@dataclass(frozen=True)
class ListNode:
    """Values in their order."""

    items: tuple[Node, ...]
    position: Position


@dataclass(frozen=True)
class Entry:
    """One `key: value` of a mapping; `position` is the key's."""

    key: str
    value: Node
    position: Position


@dataclass(frozen=True)
class MapNode:
    """Entries in their order, each key once."""

    entries: tuple[Entry, ...]
    position: Position

    def get(self, key: str) -> Entry | None:
        """The entry of `key`, or None."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        return None


Node = ScalarNode | ListNode | MapNode


def read_yaml(text: str, path: str) -> Node:
    """The one document of `text` as nodes with positions.

    >>> node = read_yaml("keys: [order_id]", "orders.yml")
    >>> node.entries[0].key, node.entries[0].value.items[0].position.column
    ('keys', 8)
    """
    try:
        root = _composed(text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, path) from None
    except yaml.YAMLError as error:
        raise MedallionContractError("MED301", "not readable as YAML", Position(path), found=str(error)) from None
    except RecursionError:
        raise MedallionContractError("MED301", "nested too deeply", Position(path)) from None
    if root is None:
        raise MedallionContractError("MED301", "the file is empty", Position(path), expected="a contract")
    try:
        return _convert(root, path)
    except RecursionError:
        raise MedallionContractError("MED301", "an alias contains itself", Position(path)) from None


def _composed(text: str) -> yaml.Node | None:
    """The tree of PyYAML, from its C reader where there is one; what that refuses, the other one explains."""
    if _C_LOADER is not None and _is_flat(text):
        try:
            return yaml.compose(text, Loader=_C_LOADER)
        except yaml.YAMLError:
            pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _is_flat(text: str) -> bool:
    """Whether nothing is nested so deeply that the C reader would overflow the stack instead of raising."""
    if _DEEP_BLOCK.search(text):
        return False
    if text.count("[") + text.count("{") < _DEEPEST:
        return True
    depth = accumulate(1 if found[0] in "[{" else -1 for found in _BRACKET.finditer(text))
    return max(depth) < _DEEPEST


def text_at(node: MapNode, key: str) -> str | None:
    """The text under a key that a shape has checked to be a scalar; None when the key is absent."""
    entry = node.get(key)
    return scalar(entry.value).text if entry else None


def map_at(node: MapNode, key: str) -> MapNode:
    """The mapping under a key that a shape has checked to be one; empty when the key is absent."""
    entry = node.get(key)
    return cast(MapNode, entry.value) if entry else MapNode((), node.position)


def items_at(node: MapNode, key: str) -> tuple[Node, ...]:
    """The list under a key, or the one value that stands there instead; empty when the key is absent."""
    entry = node.get(key)
    if entry is None:
        return ()
    return entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)


def scalar(node: Node) -> ScalarNode:
    """The node as the scalar that a shape has checked it to be."""
    return cast(ScalarNode, node)


def describe(node: Node) -> str:
    """How an error names what it found."""
    if isinstance(node, ScalarNode):
        return "nothing" if node.value is None else node.text
    return "a list" if isinstance(node, ListNode) else "a mapping"


def _not_yaml(error: yaml.MarkedYAMLError, path: str) -> MedallionContractError:
    mark = error.problem_mark or error.context_mark
    position = Position(path, mark.line + 1, mark.column + 1) if mark else Position(path)
    problem = (error.problem or str(error)).removeprefix("found ")
    return MedallionContractError("MED301", "not readable as YAML", position, found=problem)


def _position(node: yaml.Node, path: str) -> Position:
    return Position(path, node.start_mark.line + 1, node.start_mark.column + 1)


def _convert(node: yaml.Node, path: str) -> Node:
    position = _position(node, path)
    if node.tag not in _TAGS:
        raise MedallionContractError("MED301", "YAML tags have no meaning here", position, found=str(node.tag))
    if isinstance(node, yaml.MappingNode):
        return MapNode(_entries(node, path), position)
    if isinstance(node, yaml.SequenceNode):
        return ListNode(tuple(_convert(item, path) for item in node.value), position)
    return ScalarNode(_value(cast(yaml.ScalarNode, node)), str(node.value), position)


def _entries(node: yaml.MappingNode, path: str) -> tuple[Entry, ...]:
    seen: dict[str, Position] = {}
    entries = []
    for key_node, value_node in node.value:
        position = _position(key_node, path)
        if not isinstance(key_node, yaml.ScalarNode):
            raise MedallionContractError("MED301", "a key must be text", position)
        key = str(key_node.value)
        if key in seen:
            raise MedallionContractError(
                "MED302", f"key {key} stands twice", position, help=f"the first one is in line {seen[key].line}"
            )
        seen[key] = position
        entries.append(Entry(key, _convert(value_node, path), position))
    return tuple(entries)


def _value(node: yaml.ScalarNode) -> Scalar:
    text = str(node.value)
    if node.style or (text and text[0] not in _NOT_TEXT):
        return text
    if _NULL.match(text):
        return None
    if _BOOL.match(text):
        return text.lower() == "true"
    if _INT.match(text):
        return int(text)
    return Decimal(text) if _DECIMAL.match(text) else text
