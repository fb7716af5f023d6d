"""What decorators say of a contract, as nodes of its short form; every value has the place of its decorator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from ..contracts.long_columns import LongColumns
from ..contracts.long_rules import add_rules
from ..contracts.long_shape import LONG_TARGET
from ..contracts.shape import named_kind, rule_kind
from ..errors import MedallionContractError, Position
from ..rules.kinds import RowRuleKind, RuleKind
from ..rules.sql_rule import names_in
from ..yaml_files.node_building import entry, filled, list_of, mapping, value_node, without
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, ScalarNode, items_at, map_at, scalar

TEXT = "string"
_IN_ORDER = ("rules",)


@dataclass(frozen=True)
class Said:
    """Nodes in short form; `guesses` are types of columns whose rules need one, where nobody states it."""

    node: MapNode
    guesses: Mapping[str, str] = field(default_factory=dict)


def said(contract: Mapping[str, object], position: Position) -> Said:
    """What one decorator says: the contract's short form, with `validation` as in the long form and types in brief."""
    node = cast(MapNode, node_of(contract, position))
    columns = [Entry(one.key, _column(one.value), one.position) for one in map_at(node, "columns").entries]
    short = mapping(position, (*without(node, "columns", "validation").entries, filled("columns", position, columns)))
    validation = map_at(node, "validation")
    return together([Said(short), _validated(validation)]) if validation.entries else Said(short)


def node_of(value: object, position: Position) -> Node:
    """A Python value as if it stood in a contract at this place."""
    if isinstance(value, Mapping):
        return mapping(position, (entry(str(key), node_of(one, position)) for key, one in value.items()))
    if isinstance(value, list | tuple):
        return list_of((node_of(one, position) for one in value), position)
    if isinstance(value, float):
        return value_node(Decimal(str(value)), position)
    return value_node(value if isinstance(value, int | Decimal | None) else str(value), position)


def together(parts: Iterable[Said]) -> Said:
    """Everything that is said; two decorators that say different things of the same are an error with both places."""
    node: MapNode | None = None
    guesses: dict[str, str] = {}
    for part in parts:
        node = part.node if node is None else _joined(node, part.node, "")
        guesses |= part.guesses
    return Said(node or mapping(Position("decorators"), ()), guesses)


def named_columns(node: MapNode) -> Iterator[tuple[str, Position]]:
    """The columns that keys, history and rules name."""
    history = map_at(node, "history")
    listed = [*items_at(node, "keys")]
    listed += [item for key in ("sequence_by", "track", "not_stored") for item in items_at(history, key)]
    yield from ((scalar(item).text, item.position) for item in listed)
    for condition in (history.get("delete_when"), history.get("truncate_when")):
        yield from _in_sql(condition.value) if condition else ()
    for rule in map_at(node, "rules").entries:
        yield from _in_rule(rule.value)
    for column in map_at(node, "columns").entries:
        yield column.key, column.position
        for use in items_at(cast(MapNode, column.value), "rules"):
            yield from _in_use(use)


def _in_rule(node: Node) -> Iterator[tuple[str, Position]]:
    kind = named_kind(node)
    if isinstance(kind, RowRuleKind):
        yield from _in_parameters(kind, cast(MapNode, node).get(kind.name))
    if kind is None:
        sql = node.get("sql") if isinstance(node, MapNode) else None
        yield from _in_sql(sql.value if sql else node)


def _in_use(node: Node) -> Iterator[tuple[str, Position]]:
    kind = rule_kind(node)
    if isinstance(kind, RuleKind) and isinstance(node, MapNode):
        yield from _in_parameters(kind, node.entries[0])


def _in_parameters(kind: RuleKind | RowRuleKind, given: Entry | None) -> Iterator[tuple[str, Position]]:
    if given is None:
        return
    body = given.value if isinstance(given.value, MapNode) else mapping(given.position, (_main(kind, given.value),))
    for name in kind.names_columns:
        yield from ((item.text, item.position) for item in items_at(body, name) if isinstance(item, ScalarNode))


def _main(kind: RuleKind | RowRuleKind, value: Node) -> Entry | None:
    return entry(kind.main, value) if kind.main else None


def _in_sql(node: Node) -> Iterator[tuple[str, Position]]:
    if isinstance(node, ScalarNode):
        yield from ((name, node.position) for name in names_in(node.text))


def _column(node: Node) -> Node:
    """`{amount: decimal(12,2)}` and `{email: [not_null, email]}` stand for a type and for rules."""
    if isinstance(node, ScalarNode):
        return mapping(node.position, (entry("type", node),))
    return mapping(node.position, (entry("rules", node),)) if isinstance(node, ListNode) else node


def _validated(validation: MapNode) -> Said:
    LONG_TARGET.check(mapping(validation.position, (entry("validation", validation),)))
    columns, position = LongColumns(), validation.position
    rules = add_rules(validation, columns)
    judged = [
        Entry(one.name, mapping(position, (entry("rules", list_of(one.rules, position)),)), position)
        for one in columns
        if one.rules
    ]
    options = [found for found in (validation.get("on_fail"), validation.get("quarantine")) if found]
    node = mapping(position, (filled("columns", position, judged), filled("rules", position, rules), *options))
    return Said(node, {one.name: one.guess for one in columns if one.guess != TEXT})


def _joined(one: MapNode, other: MapNode, path: str) -> MapNode:
    known = {found.key: found for found in one.entries}
    for found in other.entries:
        before = known.get(found.key)
        known[found.key] = _agreed(before, found, f"{path}{found.key}") if before else found
    return MapNode(tuple(known.values()), one.position)


def _agreed(one: Entry, other: Entry, path: str) -> Entry:
    if isinstance(one.value, MapNode) and isinstance(other.value, MapNode):
        return Entry(one.key, _joined(one.value, other.value, f"{path}."), one.position)
    if isinstance(one.value, ListNode) and isinstance(other.value, ListNode) and one.key in _IN_ORDER:
        items = {plain(item): item for item in (*one.value.items, *other.value.items)}
        return Entry(one.key, list_of(items.values(), one.position), one.position)
    if plain(one.value) != plain(other.value):
        raise MedallionContractError(
            "MED383",
            f"two decorators say different things of {path}",
            other.position,
            found=plain(other.value),
            expected=f"{plain(one.value)}, as said at {one.position}",
            help="say it once; no decorator stands above another",
        )
    return one


def plain(node: Node) -> str:
    """The value as one text, to compare it and to show it."""
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, ListNode):
        return f"[{', '.join(plain(item) for item in node.items)}]"
    return f"{{{', '.join(f'{one.key}: {plain(one.value)}' for one in node.entries)}}}"


def as_value(node: Node) -> object:
    """The node as plain Python values."""
    if isinstance(node, MapNode):
        return {one.key: as_value(one.value) for one in node.entries}
    return [as_value(item) for item in node.items] if isinstance(node, ListNode) else node.value
