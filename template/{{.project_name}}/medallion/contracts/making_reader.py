"""The part of a contract that says how its tables are made; what does not go together is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ..errors import MedallionContractError
from ..model.contract import Contract
from ..model.making import Making, Mode, TableKind
from ..yaml_files.positions import Entry, MapNode, items_at, map_at, scalar, text_at

NEEDS_FROM = ("history", "quarantine", "kind", "backfill")


def read_source(node: MapNode) -> str | None:
    """The view or table that a contract's table is made of first; None when an SQL file makes the table."""
    return next(_sources(node), None)


def read_making(node: MapNode) -> Making:
    """How the tables are made."""
    entry = node.get("quarantine")
    said = entry.value if entry else None
    inner = said.get("stored") if isinstance(said, MapNode) else None
    mode = text_at(said, "mode") if isinstance(said, MapNode) else text_at(node, "quarantine")
    return Making(
        mode=cast(Mode, mode or "split"),
        stores_verdict=inner is None or scalar(inner.value).value is True,
        kind=cast(TableKind, text_at(node, "kind") or "streaming_table"),
        further_sources=tuple(_sources(node))[1:],
        backfill=text_at(node, "backfill"),
    )


def refuse_contradictions(node: MapNode) -> None:
    """Raise MED312 for keys that need another one or exclude each other, MED302 for a source named twice."""
    making, history = read_making(node), node.get("history")
    if not node.get("from"):
        _refuse_without_source(node)
    if history and not node.get("keys"):
        raise _contradiction("a history needs keys", history, None, "keys: [column]")
    if history and making.mode != "split":
        found = f"quarantine: {making.mode}"
        raise _contradiction("a history cannot keep invalid rows", _entry(node, "quarantine"), found, "split")
    has_snapshots = bool(map_at(node, "history").get("snapshot_by"))
    if history and making.kind == "materialized_view" and not has_snapshots:
        raise _contradiction("a history needs a stream", _entry(node, "kind"), making.kind, "streaming_table")
    is_view = has_snapshots or making.kind == "materialized_view"
    if is_view:
        _refuse_streams(node, making)
    if not making.stores_verdict:
        _refuse_more_than_two_readers(node, making, is_view)
    _refuse_doubled_sources(node)


def refuse_unstored_verdict(contract: Contract) -> None:
    """Raise MED360 for a rule whose verdict may differ between two readers, or that has to stop both at once."""
    if contract.making.stores_verdict:
        return
    for rule in contract.rules:
        if rule.looks_around or rule.on_fail == "fail":
            what = "needs more than the row alone" if rule.looks_around else "stops one reader and not the other"
            raise MedallionContractError(
                "MED360",
                f"rule {rule.name} {what}, so its verdict has to be stored",
                rule.position,
                found="stored: false",
                expected="rules over the row alone that warn, tag, drop or quarantine",
                help="leave out stored: false; two readers have two clocks and two checkpoints",
            )


def _refuse_without_source(node: MapNode) -> None:
    limit, on_fail = map_at(node, "limits").get("quarantined"), node.get("on_fail")
    for entry in (*(node.get(key) for key in NEEDS_FROM), limit):
        if entry:
            raise _needs_from(entry.key, entry)
    if on_fail and scalar(on_fail.value).text not in ("warn", "fail"):
        raise _needs_from(f"on_fail: {scalar(on_fail.value).text}", on_fail)


def _needs_from(what: str, entry: Entry) -> MedallionContractError:
    return MedallionContractError(
        "MED312",
        f"{what} needs from",
        entry.position,
        found="no from",
        expected="from: the conformed view",
        help="without from an SQL file makes the table and the contract only asserts (warn or fail)",
    )


def _refuse_streams(node: MapNode, making: Making) -> None:
    expected = "one view, which may hold a UNION ALL"
    if making.further_sources:
        raise _contradiction("a materialized view has one query", _entry(node, "from"), "several sources", expected)
    if making.backfill:
        raise _contradiction("a materialized view has one query", _entry(node, "backfill"), making.backfill, expected)


def _refuse_more_than_two_readers(node: MapNode, making: Making, is_view: bool) -> None:
    """The copy-free form has one view that two streams read; everything else stores the verdict."""
    entry = _entry(node, "quarantine")
    if making.mode != "split":
        raise _contradiction(f"{making.mode} is one table, which is always stored", entry, "stored: false", "split")
    if is_view or making.further_sources or making.backfill:
        raise _contradiction("stored: false is for a streaming table with one source", entry, None, "stored: true")


def _refuse_doubled_sources(node: MapNode) -> None:
    seen: set[str] = set()
    entry = node.get("backfill")
    for item in (*items_at(node, "from"), *([entry.value] if entry else [])):
        name = scalar(item).text
        if name.lower() in seen:
            raise MedallionContractError("MED302", f"{name} feeds the table twice", item.position, found=name)
        seen.add(name.lower())


def _sources(node: MapNode) -> Iterator[str]:
    return (scalar(item).text for item in items_at(node, "from"))


def _entry(node: MapNode, key: str) -> Entry:
    return cast(Entry, node.get(key))


def _contradiction(message: str, entry: Entry, found: str | None, expected: str) -> MedallionContractError:
    return MedallionContractError("MED312", message, entry.position, found=found, expected=expected)
