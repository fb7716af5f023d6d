"""The long form of a contract, rewritten to the short form before it is read; every value keeps its place."""

from __future__ import annotations

from typing import cast

from ..errors import MedallionContractError, Position
from ..yaml_files.node_building import entry, filled, mapping, renamed, value_node, without
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, items_at, map_at, scalar, text_at
from .long_columns import LongColumns
from .long_rules import add_rules
from .long_shape import LONG

_LONG_SECTIONS = ("schema", "validation", "scd")


def is_long(root: Node) -> bool:
    """Whether a contract is written in the long form: `table` is a mapping there."""
    if not isinstance(root, MapNode):
        return False
    table = root.get("table")
    if table is not None:
        return isinstance(table.value, MapNode)
    return any(root.get(key) is not None for key in _LONG_SECTIONS)


def short_form(root: Node) -> Node:
    """The same contract in the short form; a short one as it is."""
    if not is_long(root):
        return root
    LONG.check(root)
    node = cast(MapNode, root)
    table = map_at(node, "table")
    layer = cast(Entry, table.get("layer"))
    name = _table_name(table)
    source = table.get("from") or _default_source(layer, name)
    return mapping(
        node.position,
        (
            entry("table", value_node(f"{scalar(layer.value).text}.{name}", table.position)),
            source,
            table.get("description"),
            map_at(node, "governance").get("owner"),
            *_body(node),
            _targets(node),
        ),
    )


def _table_name(table: MapNode) -> str:
    """`silver_customers` in the layer silver is silver.customers: the schema says the layer already."""
    name, layer = str(text_at(table, "name")), str(text_at(table, "layer"))
    return name.removeprefix(f"{layer}_") or name


def _default_source(layer: Entry, name: str) -> Entry | None:
    is_silver = scalar(layer.value).text == "silver"
    return entry("from", value_node(f"{name}_conformed", layer.value.position)) if is_silver else None


def _body(node: MapNode, *, is_overlay: bool = False) -> tuple[Entry | None, ...]:
    """Everything but table, source and owner; `node` is a contract or an overlay."""
    validation, monitoring = map_at(node, "validation"), map_at(node, "monitoring")
    scd = map_at(node, "scd")
    columns = LongColumns()
    _add_schema(map_at(node, "schema"), columns, implied=_names_needed(scd))
    _add_names(scd, "key_columns", columns)
    rules = add_rules(validation, columns)
    _add_names(scd, "track_columns", columns)
    history = _history(scd, columns)
    governance = map_at(node, "governance")
    _add_classes(governance, map_at(node, "compliance"), columns)
    return (
        renamed(scd.get("key_columns"), "keys"),
        history,
        columns.as_entry(node.position, with_types=not is_overlay),
        filled("rules", validation.position, rules),
        validation.get("on_fail"),
        validation.get("quarantine"),
        _limits(monitoring),
        _governance(governance),
        _evolution(map_at(node, "schema")),
        _section("compliance", without(map_at(node, "compliance"), "pii_columns")),
        _section("performance", map_at(node, "performance")),
        _monitoring(monitoring),
        _section("testing", map_at(node, "testing")),
    )


def _targets(node: MapNode) -> Entry | None:
    targets = node.get("targets")
    if targets is None:
        return None
    overlays = [
        Entry(one.key, mapping(one.value.position, _body(cast(MapNode, one.value), is_overlay=True)), one.position)
        for one in cast(MapNode, targets.value).entries
    ]
    return Entry("targets", mapping(targets.value.position, overlays), targets.position)


def _section(key: str, node: MapNode) -> Entry | None:
    return filled(key, node.position, node.entries)


def _names_needed(scd: MapNode) -> set[str]:
    """The columns whose presence keys and sequence imply."""
    sequence = scd.get("sequence_by") or scd.get("effective_from")
    items = (*items_at(scd, "key_columns"), *(items_at(scd, sequence.key) if sequence else ()))
    return {scalar(item).text for item in items}


def _add_schema(schema: MapNode, columns: LongColumns, implied: set[str]) -> None:
    enforce = schema.get("enforce")
    if enforce is not None and scalar(enforce.value).value is not True:
        raise MedallionContractError(
            "MED312",
            "types are always enforced",
            enforce.value.position,
            found="false",
            expected="true",
            help="a column that may hold anything has the type string",
        )
    for one in map_at(schema, "columns").entries:
        column = columns.named(one.key, one.position)
        if not isinstance(one.value, MapNode):
            column.type = Entry("type", one.value, one.position)
            continue
        column.type = one.value.get("type")
        column.facts.update({fact.key: fact for fact in one.value.entries if fact.key in ("description", "format")})
        nullable = one.value.get("nullable")
        if nullable is not None and scalar(nullable.value).value is False and one.key not in implied:
            column.rules.append(value_node("not_null", nullable.position))


def _add_names(node: MapNode, key: str, columns: LongColumns) -> None:
    for item in items_at(node, key):
        columns.named(scalar(item).text, item.position)


def _history(scd: MapNode, columns: LongColumns) -> Entry | None:
    if not scd.entries:
        return None
    begin = scd.get("effective_from")
    sequence = scd.get("sequence_by") or _sequence(begin, scd.position)
    _add_names(scd, "sequence_by", columns)
    if begin is not None:
        columns.named(scalar(begin.value).text, begin.value.position).guess = "timestamp"
    _add_names(scd, "not_stored", columns)
    plain = ("delete_when", "truncate_when", "not_stored", "effective_from", "effective_to", "current_flag")
    return filled(
        "history",
        scd.position,
        (
            scd.get("type"),
            sequence,
            *(scd.get(key) for key in plain[:3]),
            renamed(scd.get("track_columns"), "track"),
            *(scd.get(key) for key in plain[3:]),
        ),
    )


def _sequence(begin: Entry | None, position: Position) -> Entry:
    if begin is None:
        raise MedallionContractError(
            "MED305",
            "nothing says which event of a key comes last",
            position,
            expected="effective_from: column, or sequence_by: [column, …]",
        )
    return entry("sequence_by", ListNode((begin.value,), begin.value.position), begin.position)


def _add_classes(governance: MapNode, compliance: MapNode, columns: LongColumns) -> None:
    for one in map_at(map_at(governance, "classification"), "columns").entries:
        columns.named(one.key, one.position).facts["class"] = Entry("class", one.value, one.position)
    for item in items_at(compliance, "pii_columns"):
        column = columns.named(scalar(item).text, item.position)
        stated = column.facts.setdefault("class", entry("class", value_node("pii", item.position)))
        if scalar(stated.value).text != "pii":
            raise MedallionContractError(
                "MED312",
                f"{column.name} is pii and {scalar(stated.value).text}",
                item.position,
                found=scalar(stated.value).text,
                expected="pii",
                help=f"the other place is {stated.value.position}",
            )


def _governance(node: MapNode) -> Entry | None:
    classes = map_at(node, "classification")
    return filled(
        "governance",
        node.position,
        (
            node.get("read"),
            node.get("retention"),
            node.get("steward"),
            renamed(classes.get("default"), "default_class"),
            node.get("tags"),
            renamed(node.get("catalog_integration"), "catalog"),
        ),
    )


def _evolution(schema: MapNode) -> Entry | None:
    node = map_at(schema, "evolution")
    allowed, mode = node.get("allowed"), node.get("mode")
    if allowed is None:
        return renamed(mode, "evolution")
    if scalar(allowed.value).value is True:
        return renamed(mode, "evolution") or entry("evolution", value_node("add_nullable", allowed.value.position))
    if mode is not None and scalar(mode.value).text != "fail":
        raise MedallionContractError(
            "MED312",
            "an evolution that is not allowed has no mode",
            mode.value.position,
            found=scalar(mode.value).text,
            expected="fail",
        )
    return entry("evolution", value_node("fail", allowed.value.position), allowed.position)


def _limits(monitoring: MapNode) -> Entry | None:
    sla = map_at(monitoring, "sla")
    rows = [_row_limits(cast(MapNode, one)) for one in items_at(monitoring, "metrics")]
    entries = (sla.get("quarantined"), sla.get("freshness"), _completeness(sla), *rows)
    return filled("limits", monitoring.position, entries)


def _completeness(sla: MapNode) -> Entry | None:
    found = sla.get("completeness")
    if found is None:
        return None
    percent = f"{scalar(found.value).text.rstrip('% ')} %"
    return Entry("completeness", value_node(percent, found.value.position), found.position)


def _row_limits(metric: MapNode) -> Entry | None:
    threshold = metric.get("threshold")
    if text_at(metric, "name") != "record_count" or threshold is None:
        return None
    bounds = without(cast(MapNode, threshold.value), "warning_threshold")
    return filled("rows", threshold.position, bounds.entries)


def _monitoring(node: MapNode) -> Entry | None:
    channel = renamed(map_at(node, "sla").get("notification_channel"), "channel")
    metrics = node.get("metrics")
    kept = [_metric(cast(MapNode, one)) for one in items_at(node, "metrics")]
    written = Entry("metrics", ListNode(tuple(kept), metrics.value.position), metrics.position) if metrics else None
    return filled("monitoring", node.position, (channel, written))


def _metric(metric: MapNode) -> MapNode:
    """The number of rows is limited by `limits`; only its warning stays with the metric."""
    threshold = metric.get("threshold")
    if text_at(metric, "name") != "record_count" or threshold is None:
        return metric
    warning = cast(MapNode, threshold.value).get("warning_threshold")
    kept = filled("threshold", threshold.position, (warning,))
    return mapping(metric.position, (*without(metric, "threshold").entries, kept))
