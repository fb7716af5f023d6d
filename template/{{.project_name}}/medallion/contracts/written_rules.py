"""The rules that a contract writes down, with their parameters as values: to compare them, to hand them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from ..errors import Position
from ..rules.kinds import AnyKind
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, Scalar, ScalarNode, items_at, map_at
from .shape import OPTIONS, named_kind, rule_kind

Given = Scalar | tuple["Given", ...] | Mapping[str, "Given"]
_OPTION_NAMES = frozenset(key.name for key in OPTIONS)


@dataclass(frozen=True)
class WrittenRule:
    """A rule under a column, or under the contract's `rules` where `column` is None; `kind` `sql` has one `sql`.

    `is_named` says that its name is written, not derived.
    """

    name: str
    kind: str
    column: str | None
    parameters: Mapping[str, Given]
    options: Mapping[str, Given]
    position: Position
    is_named: bool = True


def written_rules(root: MapNode) -> tuple[WrittenRule, ...]:
    """Every rule of a merged contract in short form, in its order; implied rules are not written."""
    return (*_of_columns(map_at(root, "columns")), *(_named(one) for one in map_at(root, "rules").entries))


def _of_columns(columns: MapNode) -> Iterator[WrittenRule]:
    for column in columns.entries:
        for use in items_at(cast(MapNode, column.value), "rules"):
            kind = rule_kind(use)
            given = _given(use, kind)
            name = given.pop("name", None)
            derived = f"{column.key.lower()}_{kind.suffix}"
            rule = _rule(str(name or derived), kind.name, column.key, given, use.position)
            yield replace(rule, is_named=name is not None)


def _named(one: Entry) -> WrittenRule:
    kind = named_kind(one.value)
    if kind is None:
        body = (
            one.value
            if isinstance(one.value, MapNode)
            else MapNode((Entry("sql", one.value, one.position),), one.position)
        )
        return _rule(one.key, "sql", None, {inner.key: plain_node(inner.value) for inner in body.entries}, one.position)
    node = cast(MapNode, one.value)
    found = cast(Entry, node.get(kind.name))
    given = _given(MapNode((found,), found.position), kind)
    options = {inner.key: plain_node(inner.value) for inner in node.entries if inner.key in _OPTION_NAMES}
    return _rule(one.key, kind.name, None, {**given, **options}, one.position)


def _rule(name: str, kind: str, column: str | None, given: Mapping[str, Given], position: Position) -> WrittenRule:
    parameters = {key: value for key, value in given.items() if key not in _OPTION_NAMES}
    options = {key: value for key, value in given.items() if key in _OPTION_NAMES}
    return WrittenRule(name, kind, column, parameters, options, position)


def _given(use: Node, kind: AnyKind) -> dict[str, Given]:
    if not isinstance(use, MapNode):
        return {}
    body = use.entries[0].value
    if isinstance(body, MapNode):
        return {one.key: plain_node(one.value) for one in body.entries}
    return {str(kind.main): plain_node(body)}


def plain_node(node: Node) -> Given:
    """The node as plain values."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return tuple(plain_node(item) for item in node.items)
    return {one.key: plain_node(one.value) for one in node.entries}
