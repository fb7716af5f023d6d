"""From a file's nodes to a Contract: names resolved, settings that contradict each other refused."""

from __future__ import annotations

from typing import cast

from .column_types import KNOWN_TYPES, STRING, ColumnType, read_type
from .contract_model import Carried, Column, Contract, Disabled, Governance, OnFail, Rule, TableRule
from .contract_shape import CONTRACT
from .errors import MedallionContractError, Position, did_you_mean
from .history_reader import column_names, read_history
from .limits_reader import read_limits
from .rules.compile import RuleCompiler
from .yaml_positions import Entry, MapNode, Node, items_at, map_at, scalar, text_at

DEFAULT_CARRY = (
    Carried("_row_id", STRING),
    Carried("_source_file", STRING),
    Carried("_ingestion_timestamp", ColumnType("TIMESTAMP", "timestamp")),
    Carried("_batch_id", STRING),
    Carried("_rescued_data", STRING),
)
OWN_COLUMNS = ("_source", "_errors", "_dropped", "_sequence", "_is_valid", "_validation_errors")


def build_contract(root: Node, path: str) -> Contract:
    """The contract of a file's root node."""
    CONTRACT.check(root)
    node = cast(MapNode, root)
    layer, name = str(text_at(node, "table")).split(".")
    source = text_at(node, "from")
    columns = _columns(map_at(node, "columns"))
    carry = _carry(node) if source else ()
    known = {column.name.lower(): column.type for column in columns} | {one.name.lower(): one.type for one in carry}
    _refuse_contradictions(node, source)
    keys = column_names(node, "keys", columns)
    history = read_history(map_at(node, "history") if node.get("history") else None, columns, keys, known)
    on_fail = cast(OnFail, text_at(node, "on_fail") or ("quarantine" if source else "fail"))
    compiler = RuleCompiler(f"{layer}.{name}", columns, known, keys, history, on_fail, is_made=source is not None)
    compiled = compiler.compile(map_at(node, "columns"), map_at(node, "rules"))
    return Contract(
        layer=layer,
        name=name,
        path=path,
        columns=columns,
        rules=tuple(rule for rule in compiled if isinstance(rule, Rule)),
        table_rules=tuple(rule for rule in compiled if isinstance(rule, TableRule)),
        disabled=tuple(rule for rule in compiled if isinstance(rule, Disabled)),
        source=source,
        description=text_at(node, "description"),
        owner=text_at(node, "owner"),
        keys=keys,
        history=history,
        carry=carry,
        on_fail=on_fail,
        is_flagged=text_at(node, "quarantine") == "flag",
        limits=read_limits(map_at(node, "limits"), known),
        governance=_governance(map_at(node, "governance")),
        position=node.position,
    )


def _columns(node: MapNode) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    for entry in node.entries:
        first = columns.setdefault(entry.key.lower(), _column(entry))
        if first.name != entry.key:
            raise MedallionContractError(
                "MED302", f"column {entry.key} stands twice", entry.position, found=f"{first.name} and {entry.key}"
            )
    if not columns:
        raise MedallionContractError("MED305", "no columns", node.position, expected="at least one column")
    return tuple(columns.values())


def _column(entry: Entry) -> Column:
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
    return Column(
        name=entry.key,
        type=column_type,
        position=entry.position,
        description=text_at(node, "description"),
        classification=text_at(node, "class"),
        date_format=date_format,
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
    carried = []
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
        carried.append(known[name])
    return tuple(carried)


def _free_name(name: str, position: Position) -> str:
    if name in OWN_COLUMNS:
        raise MedallionContractError("MED312", f"{name} is made by the contract itself", position, found=name)
    return name


def _refuse_contradictions(node: MapNode, source: str | None) -> None:
    history, keys, flag = node.get("history"), node.get("keys"), node.get("quarantine")
    percent = map_at(node, "limits").get("quarantined")
    if history and not keys:
        raise MedallionContractError("MED312", "a history needs keys", history.position, expected="keys: [column]")
    if history and not source:
        raise _needs_from("history", history.position)
    if flag and not source:
        raise _needs_from("quarantine", flag.position)
    if percent and not source:
        raise _needs_from("quarantined", percent.position)
    if history and flag and scalar(flag.value).text == "flag":
        raise MedallionContractError(
            "MED312", "a history cannot keep invalid rows", flag.position, found="quarantine: flag", expected="split"
        )
    on_fail = node.get("on_fail")
    if on_fail and not source and scalar(on_fail.value).text in ("tag", "drop", "quarantine"):
        raise _needs_from(f"on_fail: {scalar(on_fail.value).text}", on_fail.position)


def _needs_from(what: str, position: Position) -> MedallionContractError:
    return MedallionContractError(
        "MED312",
        f"{what} needs from",
        position,
        found="no from",
        expected="from: the conformed view",
        help="without from an SQL file makes the table and the contract only asserts (warn or fail)",
    )


def _governance(node: MapNode) -> Governance:
    tags = map_at(node, "tags")
    return Governance(
        read=tuple(scalar(item).text for item in items_at(node, "read")),
        retention=text_at(node, "retention"),
        steward=text_at(node, "steward"),
        tags=tuple((entry.key, scalar(entry.value).text) for entry in tags.entries),
    )
