"""The section `validation` of the long form as rules of the short form."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from ..errors import MedallionContractError
from ..rules.kinds import AnyKind, RowRuleKind
from ..rules.library import COLUMN_RULES, TABLE_WIDE_RULES
from ..rules.sql_rule import names_in
from ..yaml_files.node_building import entry, mapping, renamed, value_node
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, ScalarNode, items_at, scalar, text_at
from .long_columns import LongColumn, LongColumns
from .long_shape import long_kind
from .shape import OPTIONS

_OPTION_NAMES = tuple(key.name for key in OPTIONS)
_OUTLIERS_BEGIN_AT = 3


def add_rules(validation: MapNode, columns: LongColumns) -> list[Entry]:
    """Rules of columns go to their columns; the others are returned as entries of the contract's `rules`."""
    named = [_rule(cast(MapNode, node), columns) for node in items_at(validation, "rules")]
    for node in items_at(validation, "statistical"):
        _add_statistical(cast(MapNode, node), columns)
    return [one for one in named if one is not None]


def _rule(node: MapNode, columns: LongColumns) -> Entry | None:
    name, kind = cast(Entry, node.get("name")), long_kind(node)
    column = node.get("column")
    if column is not None and kind is not None and kind.name in COLUMN_RULES:
        _column_of(column, columns).rules.append(_use(node, kind.name, _parameters(node, kind)))
        return None
    if node.get("min_value") or node.get("max_value"):
        _column_of(_needed(node, "column"), columns).rules.append(_use(node, "range", _bounds(node)))
        return None
    if kind is not None:
        _refuse_wrong_home(node, kind, column)
        return _named(node, name, kind, columns)
    condition = node.get("condition") or node.get("sql")
    if condition is None:
        return _options_only(node, name)
    _name_sql_columns(condition, columns)
    options = _options(node)
    body = mapping(node.position, (renamed(condition, "sql"), *options)) if options else condition.value
    return Entry(scalar(name.value).text, body, name.value.position)


def _named(node: MapNode, name: Entry, kind: AnyKind, columns: LongColumns) -> Entry:
    """A rule over several columns of a row, or over the table."""
    parameters = _parameters(node, kind)
    for parameter in parameters:
        if isinstance(kind, RowRuleKind) and parameter.key in kind.names_columns:
            _name_columns(parameter.value, columns)
        elif isinstance(kind, RowRuleKind) and parameter.key in kind.reads_sql:
            _name_sql_columns(parameter, columns)
    body = entry(kind.name, mapping(node.position, parameters))
    return Entry(scalar(name.value).text, mapping(node.position, (body, *_options(node))), name.value.position)


def _name_columns(node: Node, columns: LongColumns) -> None:
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, ScalarNode):
            columns.named(item.text, item.position)


def _name_sql_columns(sql: Entry, columns: LongColumns) -> None:
    for name in names_in(scalar(sql.value).text):
        columns.named(name, sql.value.position)


def _options_only(node: MapNode, name: Entry) -> Entry:
    """A rule that says neither type nor condition: an overlay changes the one of that name."""
    return Entry(scalar(name.value).text, mapping(node.position, _options(node)), name.value.position)


def _refuse_wrong_home(node: MapNode, kind: AnyKind, column: Entry | None) -> None:
    if column is None and kind.name not in TABLE_WIDE_RULES:
        _needed(node, "column")
    if column is not None and not any(key.name == "column" for key in kind.parameters):
        raise MedallionContractError(
            "MED305",
            f"rule {kind.name} is not about one column",
            column.position,
            found=f"column: {scalar(column.value).text}",
            expected=", ".join(key.name for key in kind.parameters) or "no column",
        )


def _needed(node: MapNode, key: str) -> Entry:
    found = node.get(key)
    if found is None:
        name = text_at(node, "name")
        raise MedallionContractError("MED305", f"rule {name} lacks {key}", node.position, expected=f"{key}: …")
    return found


def _column_of(found: Entry, columns: LongColumns) -> LongColumn:
    return columns.named(scalar(found.value).text, found.value.position)


def _parameters(node: MapNode, kind: AnyKind) -> list[Entry]:
    """Parameters written beside the type, or behind the rule's own name."""
    own = {key.name for key in kind.parameters} - ({"column"} if kind.name in COLUMN_RULES else set())
    given = node.get(kind.name)
    inner: list[Entry] = []
    if given is not None and isinstance(given.value, MapNode):
        inner = list(given.value.entries)
    elif given is not None and kind.main is not None and given.key not in own:
        inner = [Entry(kind.main, given.value, given.position)]
    return [*inner, *(one for one in node.entries if one.key in own)]


def _bounds(node: MapNode) -> list[Entry]:
    bounds = (renamed(node.get("min_value"), "min"), renamed(node.get("max_value"), "max"))
    return [one for one in bounds if one is not None]


def _options(node: MapNode) -> list[Entry]:
    return [one for one in node.entries if one.key in _OPTION_NAMES]


def _use(node: MapNode, kind: str, parameters: list[Entry]) -> MapNode:
    """`- kind: {parameters, name, options}` as it stands under a column."""
    body = mapping(node.position, (*parameters, node.get("name"), *_options(node)))
    return mapping(node.position, (entry(kind, body),))


def _add_statistical(node: MapNode, columns: LongColumns) -> None:
    column = _column_of(cast(Entry, node.get("column")), columns)
    column.guess = "double"
    bounds, shape = _bounds(node), node.get("distribution")
    if shape is not None:
        column.rules.append(_distribution(node, shape))
    is_judged = shape is None or node.get("outlier_action") is not None
    bounds = bounds or (_plausible(node) if is_judged else [])
    if is_judged and not bounds:
        raise MedallionContractError(
            "MED305",
            f"nothing says what is usual for {column.name}",
            node.position,
            expected="min_value and max_value, or mean and std_dev",
        )
    if is_judged:
        column.rules.append(_outlier_rule(node, column.name, bounds))


def _outlier_rule(node: MapNode, column: str, bounds: list[Entry]) -> MapNode:
    action = renamed(node.get("outlier_action"), "on_fail") or entry("on_fail", value_node("tag", node.position))
    name = entry("name", value_node(f"{column.lower()}_usual", node.position))
    return mapping(node.position, (entry("range", mapping(node.position, (*bounds, name, action))),))


def _distribution(node: MapNode, shape: Entry) -> MapNode:
    """The table rule `distribution` with the parameters that are stated; it warns, rows are judged by their bounds."""
    pairs = (("mean", "mean"), ("std_dev", "stddev"), ("min_value", "from"), ("max_value", "to"))
    stated = (renamed(node.get(old), new) for old, new in pairs)
    warns = entry("on_fail", value_node("warn", shape.position))
    body = mapping(node.position, (renamed(shape, "shape"), *stated, warns))
    return mapping(node.position, (entry("distribution", body, shape.position),))


def _plausible(node: MapNode) -> list[Entry]:
    """Three standard deviations around the mean; of a normal distribution 0.3 % of the values lie outside."""
    mean, deviation = node.get("mean"), node.get("std_dev")
    if mean is None or deviation is None:
        return []
    middle, width = Decimal(scalar(mean.value).text), _OUTLIERS_BEGIN_AT * Decimal(scalar(deviation.value).text)
    low, high = value_node(middle - width, mean.value.position), value_node(middle + width, deviation.value.position)
    return [entry("min", low), entry("max", high)]
