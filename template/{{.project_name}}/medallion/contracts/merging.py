"""How what stands above is laid over what stands below: mappings key by key, lists whole, rules by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from ..errors import MedallionContractError, did_you_mean
from ..rules.kinds import AnyKind
from ..rules.library import BY_NAME
from ..yaml_files.node_building import entry, list_of, mapping, without
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, ScalarNode, items_at, map_at, scalar
from ..yaml_files.shapes import wrong_value
from .shape import named_kind, rule_kind

IMPLIED_SUFFIXES = tuple(BY_NAME[name].suffix for name in ("typed", "not_null"))


def merge(below: MapNode, above: MapNode, *, is_overlay: bool = False) -> MapNode:
    """Both mappings as one: `above` wins, mappings are merged, lists replaced, null takes a key away.

    A null that takes nothing away stays, to be refused; in an overlay it means nothing.
    """
    over = {one.key: one for one in above.entries}
    kept = [_merged(one, over[one.key], is_overlay) if one.key in over else one for one in below.entries]
    known = {one.key for one in below.entries}
    new = mapping(above.position, [one for one in above.entries if one.key not in known])
    added = cast(MapNode, without_nothing(new)) if is_overlay else new
    return mapping(above.position, (*kept, *added.entries))


def _merged(below: Entry, above: Entry, is_overlay: bool) -> Entry | None:
    if is_nothing(above.value):
        return None
    if isinstance(below.value, MapNode) and isinstance(above.value, MapNode):
        return Entry(above.key, merge(below.value, above.value, is_overlay=is_overlay), above.position)
    return above


def is_nothing(node: Node) -> bool:
    """Whether the value is null."""
    return isinstance(node, ScalarNode) and node.value is None


def without_nothing(node: Node) -> Node:
    """The node without keys whose value is null, at any depth of mappings."""
    if not isinstance(node, MapNode):
        return node
    kept = (one for one in node.entries if not is_nothing(one.value))
    return MapNode(tuple(Entry(one.key, without_nothing(one.value), one.position) for one in kept), node.position)


def merge_overlay(base: MapNode, overlay: MapNode) -> MapNode:
    """A contract under an overlay that may change its rules by name."""
    merged = merge(base, without(overlay, "columns", "rules"), is_overlay=True)
    merged = _with_columns(merged, _changes(overlay, "columns", "rules: […]"))
    for change in _changes(overlay, "rules", "options like disabled: why").entries:
        merged = _with_rule(merged, change)
    return mapping(base.position, merged.entries)


def _changes(overlay: MapNode, key: str, expected: str) -> MapNode:
    """What an overlay says of columns or rules; a null takes none of them away."""
    found = overlay.get(key)
    if found is None or not isinstance(found.value, MapNode):
        return MapNode((), overlay.position)
    for one in found.value.entries:
        if is_nothing(one.value):
            raise wrong_value(one.value, expected)
    return found.value


def _with_columns(base: MapNode, changes: MapNode) -> MapNode:
    columns = map_at(base, "columns")
    known = [one.key for one in columns.entries]
    for change in changes.entries:
        if change.key not in known:
            raise MedallionContractError(
                "MED310",
                "an overlay names a column the contract does not have",
                change.position,
                found=change.key,
                expected=", ".join(known),
                help=did_you_mean(change.key, known) or "an overlay changes rules, not columns",
            )
    over = {one.key: cast(MapNode, one.value) for one in changes.entries}
    entries = tuple(
        Entry(one.key, _column(cast(MapNode, one.value), over[one.key]), one.position) if one.key in over else one
        for one in columns.entries
    )
    return _replaced(base, "columns", MapNode(entries, columns.position)) if over else base


def _column(below: MapNode, above: MapNode) -> MapNode:
    merged = merge(below, without(above, "rules"), is_overlay=True)
    rules = above.get("rules")
    if rules is None:
        return merged
    items = list(items_at(below, "rules"))
    for change in items_at(above, "rules"):
        index = _same_rule(items, change)
        if index is None:
            items.append(change)
        else:
            items[index] = _merged_use(items[index], change)
    return _replaced(merged, "rules", list_of(items, rules.value.position))


def _same_rule(items: Sequence[Node], change: Node) -> int | None:
    """Where the rule stands that an overlay's entry means: the one of its name, else the only one of its kind."""
    kind, name = rule_kind(change), _given_name(change)
    same = [
        index
        for index, item in enumerate(items)
        if (_given_name(item) == name if name else rule_kind(item).name == kind.name)
    ]
    if len(same) > 1:
        names = ", ".join(_given_name(items[index]) or "one without a name" for index in same)
        raise MedallionContractError(
            "MED342",
            f"several rules {kind.name} could be meant",
            change.position,
            found=names,
            expected="the name of one",
        )
    return same[0] if same else None


def _given_name(item: Node) -> str | None:
    body = item.entries[0].value if isinstance(item, MapNode) and item.entries else None
    found = body.get("name") if isinstance(body, MapNode) else None
    return scalar(found.value).text if found else None


def _name_in(column: str, item: Node) -> str:
    """The name of a column's rule, given or derived."""
    return _given_name(item) or f"{column.lower()}_{rule_kind(item).suffix}"


def _merged_use(below: Node, above: Node) -> MapNode:
    kind = rule_kind(below)
    new = rule_kind(above)
    lower = _body(below, kind)
    merged = merge(lower, _body(above, new), is_overlay=True) if kind.name == new.name else _body(above, new)
    return mapping(above.position, (entry(new.name, merged),))


def _body(item: Node, kind: AnyKind) -> MapNode:
    """What stands behind a rule's name, as a mapping."""
    if not isinstance(item, MapNode):
        return MapNode((), item.position)
    body = item.entries[0].value
    return body if isinstance(body, MapNode) else mapping(body.position, (entry(str(kind.main), body),))


def _with_rule(base: MapNode, change: Entry) -> MapNode:
    rules = map_at(base, "rules")
    below = rules.get(change.key)
    if below is not None:
        return _replaced(base, "rules", _replaced(rules, change.key, _merged_rule(below.value, change.value)))
    place = _column_rule(base, change.key)
    if place is not None:
        return _with_column_rule(base, *place, change)
    if isinstance(change.value, ScalarNode) or named_kind(change.value) or cast(MapNode, change.value).get("sql"):
        return _replaced(base, "rules", _replaced(rules, change.key, change.value))
    raise _no_such_rule(base, change)


def _merged_rule(below: Node, above: Node) -> Node:
    """A rule under the contract's `rules`: options are merged; another SQL or kind takes the place of the old."""
    lower, upper = _as_mapping(below), _as_mapping(above)
    old, new = _what(lower), _what(upper)
    if old != new and new is not None and old is not None:
        lower = without(lower, old)
    return merge(lower, upper, is_overlay=True)


def _as_mapping(node: Node) -> MapNode:
    return node if isinstance(node, MapNode) else mapping(node.position, (entry("sql", node),))


def _what(node: MapNode) -> str | None:
    kind = named_kind(node)
    return kind.name if kind else ("sql" if node.get("sql") else None)


def _column_rule(base: MapNode, name: str) -> tuple[str, int] | None:
    """The column and the place in its `rules` of the rule with this name, given or derived."""
    for column in map_at(base, "columns").entries:
        for index, item in enumerate(items_at(cast(MapNode, column.value), "rules")):
            if _name_in(column.key, item) == name:
                return column.key, index
    return None


def _with_column_rule(base: MapNode, column: str, index: int, change: Entry) -> MapNode:
    columns = map_at(base, "columns")
    node = map_at(columns, column)
    items = list(items_at(node, "rules"))
    kind = rule_kind(items[index])
    if not isinstance(change.value, MapNode) or _what(change.value) is not None:
        raise MedallionContractError(
            "MED342",
            f"{change.key} is a rule of the column {column}",
            change.position,
            found="another rule of that name",
            expected="options like on_fail, limit, disabled",
            help=f"other parameters stand under columns: {column}: rules:",
        )
    body = merge(_body(items[index], kind), change.value, is_overlay=True)
    items[index] = mapping(change.position, (entry(kind.name, body),))
    changed = _replaced(node, "rules", ListNode(tuple(items), node.position))
    return _replaced(base, "columns", _replaced(columns, column, changed))


def _replaced(node: MapNode, key: str, value: Node) -> MapNode:
    """The mapping with another value under a key, at its old place or last."""
    if node.get(key) is None:
        return MapNode((*node.entries, Entry(key, value, value.position)), node.position)
    kept = tuple(Entry(key, value, one.position) if one.key == key else one for one in node.entries)
    return MapNode(kept, node.position)


def _no_such_rule(base: MapNode, change: Entry) -> MedallionContractError:
    names = [one.key for one in map_at(base, "rules").entries]
    for column in map_at(base, "columns").entries:
        uses = items_at(cast(MapNode, column.value), "rules")
        names += [_name_in(column.key, use) for use in uses]
    columns = [one.key.lower() for one in map_at(base, "columns").entries]
    is_implied = change.key in [f"{column}_{suffix}" for column in columns for suffix in IMPLIED_SUFFIXES]
    implied = "types, keys and sequence imply this rule; it cannot be changed by itself" if is_implied else None
    return MedallionContractError(
        "MED342",
        f"the contract has no rule {change.key} to change",
        change.position,
        found=change.key,
        expected=", ".join(names) or "a rule with sql",
        help=implied or did_you_mean(change.key, names),
    )
