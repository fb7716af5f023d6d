"""From a file's nodes to a Contract: names resolved, settings that contradict each other refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import cast

from ..errors import MedallionContractError, Position, did_you_mean
from ..model.contract import Carried, Column, Contract, Disabled, Governance, History, OnFail, Rule, TableRule
from ..normalize.steps import normalized_sql
from ..rules.checked_text import placed
from ..rules.date_text import checked_pattern
from ..sql.column_types import KNOWN_TYPES, STRING, ColumnType, read_type
from ..sql.words import identifier
from ..yaml_files.positions import Entry, MapNode, Node, items_at, map_at, scalar, text_at
from .completeness import completeness_rule
from .evolution_rules import evolution_rules
from .history_reader import column_names, read_history
from .limits_reader import read_limits
from .making_reader import read_making, read_source, refuse_contradictions, refuse_unstored_verdict
from .overlay_shapes import CONTRACT_FILE
from .rule_compiler import RuleCompiler
from .section_reader import read_catalog, read_sections
from .snapshot_rules import snapshot_rules

DEFAULT_CARRY = (
    Carried("_row_id", STRING),
    Carried("_source_file", STRING),
    Carried("_ingestion_timestamp", ColumnType("TIMESTAMP", "timestamp")),
    Carried("_batch_id", STRING),
    Carried("_rescued_data", STRING),
)
OWN_COLUMNS = (
    "_source", "_errors", "_dropped", "_sequence", "_is_valid", "_validation_errors", "_tags", "_failed", "_checked_at",
    "_contract_version", "_context", "_extra", "_attempt", "_attempt_before", "_replayed_at", "_metadata",
    "__start_at", "__end_at",
)  # fmt: skip


def build_contract(root: Node, path: str) -> Contract:
    """The contract of a file's root node."""
    CONTRACT_FILE.check(root)
    node = cast(MapNode, root)
    layer, name = str(text_at(node, "table")).split(".")
    source = read_source(node)
    governance = _governance(map_at(node, "governance"))
    columns = _columns(map_at(node, "columns"), governance.default_class)
    carry = _carry(node) if source else ()
    known = {column.name.lower(): column.type for column in columns} | {one.name.lower(): one.type for one in carry}
    refuse_contradictions(node)
    _refuse_normalized(columns, source)
    keys = column_names(node, "keys", columns)
    history = read_history(map_at(node, "history") if node.get("history") else None, columns, keys, known)
    on_fail = cast(OnFail, text_at(node, "on_fail") or ("quarantine" if source else "fail"))
    making = read_making(node)
    is_view = making.kind == "materialized_view" or (history is not None and history.snapshot_by is not None)
    is_made = source is not None
    compiler = RuleCompiler(f"{layer}.{name}", columns, known, keys, history, on_fail, is_made, is_view)
    compiled = compiler.compile(map_at(node, "columns"), map_at(node, "rules"))
    complete = _completeness(node, f"{layer}.{name}", columns, history)
    sections = read_sections(node)
    contract = Contract(
        layer=layer,
        name=name,
        path=path,
        columns=columns,
        rules=tuple(rule for rule in compiled if isinstance(rule, Rule)),
        table_rules=(*(rule for rule in compiled if isinstance(rule, TableRule)), *complete),
        disabled=tuple(rule for rule in compiled if isinstance(rule, Disabled)),
        source=source,
        description=text_at(node, "description"),
        owner=text_at(node, "owner"),
        keys=keys,
        history=history,
        carry=carry,
        on_fail=on_fail,
        limits=read_limits(map_at(node, "limits"), known),
        governance=governance,
        position=node.position,
        evolution=sections.evolution,
        performance=sections.performance,
        compliance=sections.compliance,
        monitoring=sections.monitoring,
        testing=sections.testing,
        making=making,
        version=text_at(node, "version"),
    )
    return _with_own_rules(contract, node)


def _with_own_rules(contract: Contract, node: MapNode) -> Contract:
    """The contract with the rules that its snapshots and its evolution bring."""
    places = {key: entry.position for key in ("history", "evolution") if (entry := node.get(key))}
    implied = (
        *snapshot_rules(contract, places.get("history", node.position)),
        *evolution_rules(contract, places.get("evolution", node.position)),
    )
    complete = replace(contract, rules=(*contract.rules, *implied))
    refuse_unstored_verdict(complete)
    return complete


def _columns(node: MapNode, default_class: str | None) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    for entry in node.entries:
        first = columns.setdefault(entry.key.lower(), _column(entry, default_class))
        if first.name != entry.key:
            raise MedallionContractError(
                "MED302", f"column {entry.key} stands twice", entry.position, found=f"{first.name} and {entry.key}"
            )
    if not columns:
        raise MedallionContractError("MED305", "no columns", node.position, expected="at least one column")
    return tuple(columns.values())


def _column(entry: Entry, default_class: str | None) -> Column:
    node = cast(MapNode, entry.value)
    type_entry = cast(Entry, node.get("type"))
    column_type = _type(type_entry.value)
    date_format = text_at(node, "format")
    if date_format and column_type.family not in ("date", "timestamp"):
        raise MedallionContractError(
            "MED312",
            "format is for dates and timestamps",
            cast(Entry, node.get("format")).position,
            found=column_type.sql,
        )
    if date_format:
        with placed("MED312", cast(Entry, node.get("format")).position):
            checked_pattern(date_format)
    steps = items_at(node, "normalize")
    return Column(
        name=entry.key,
        type=column_type,
        position=entry.position,
        description=text_at(node, "description"),
        classification=text_at(node, "class") or default_class,
        date_format=date_format,
        normalized=normalized_sql(steps, f"CAST({identifier(entry.key)} AS STRING)") if steps else None,
    )


def _refuse_normalized(columns: tuple[Column, ...], source: str | None) -> None:
    for column in columns:
        if column.normalized and source is None:
            raise MedallionContractError(
                "MED312",
                "normalize needs from",
                column.position,
                found=column.name,
                expected="from: the conformed view",
                help="an SQL file makes this table: it may use the same SQL, see medallion rules --patterns",
            )


def _type(node: Node) -> ColumnType:
    text = scalar(node).text
    column_type = read_type(text)
    if column_type is None:
        raise MedallionContractError(
            "MED313",
            "unknown type",
            node.position,
            found=text,
            expected=", ".join(KNOWN_TYPES),
            help=did_you_mean(text, KNOWN_TYPES),
        )
    return column_type


def _carry(node: MapNode) -> tuple[Carried, ...]:
    entry = node.get("carry")
    if entry is None:
        return DEFAULT_CARRY
    if isinstance(entry.value, MapNode):
        return tuple(Carried(_free_name(one.key, one.position), _type(one.value)) for one in entry.value.entries)
    known = {one.name: one for one in DEFAULT_CARRY}
    carried: list[Carried] = []
    for item in items_at(node, "carry"):
        name = scalar(item).text
        if name not in known:
            raise MedallionContractError(
                "MED310",
                f"the type of {name} is not known",
                item.position,
                found=name,
                expected=", ".join(known),
                help=did_you_mean(name, known) or "write carry as a mapping: {_my_column: string}",
            )
        if known[name] in carried:
            raise MedallionContractError("MED302", f"carry names {name} twice", item.position, found=name)
        carried.append(known[name])
    return tuple(carried)


def _free_name(name: str, position: Position) -> str:
    if name.lower() in OWN_COLUMNS:
        raise MedallionContractError("MED312", f"{name} is made by the contract itself", position, found=name)
    return name


def _completeness(node: MapNode, table: str, columns: tuple[Column, ...], history: History | None) -> list[TableRule]:
    found = map_at(node, "limits").get("completeness")
    if found is None:
        return []
    gone = history.not_stored if history else ()
    kept = [column for column in columns if column.name not in gone]
    percent = Decimal(scalar(found.value).text.rstrip("% "))
    return [completeness_rule(table, kept, percent, found.position)]


def _governance(node: MapNode) -> Governance:
    tags = map_at(node, "tags")
    return Governance(
        read=tuple(scalar(item).text for item in items_at(node, "read")),
        retention=text_at(node, "retention"),
        steward=text_at(node, "steward"),
        tags=tuple((entry.key, scalar(entry.value).text) for entry in tags.entries),
        default_class=text_at(node, "default_class"),
        catalog=read_catalog(map_at(node, "catalog")),
    )
