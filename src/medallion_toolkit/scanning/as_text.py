"""A scan for the terminal: findings by table, then the change to the contracts."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.scanning.model import ColumnVerdict, Scan, TableScan


def scan_as_text(found: Scan) -> str:
    """Lines for the terminal; values of the tables are never among them."""
    count = len(found.tables)
    lines = [f"local · variables of target {found.target} · {count} contract{'' if count == 1 else 's'}", ""]
    silent = [table for table in found.tables if table.rows is not None and not table.columns]
    for table in found.tables:
        lines += _table(table) if table not in silent else []
    if silent:
        names = (f"{table.name} ({table.sampling.removesuffix(', all looked at')})" for table in silent)
        lines.append("nothing found: " + ", ".join(names))
    lines += ["", *("".join(change.diff for change in found.changes)).splitlines()] if found.changes else []
    return "\n".join([*lines, "", _end(found)])


def _table(table: TableScan) -> Iterator[str]:
    yield f"{table.name}   {table.sampling}"
    width = max((len(one.finding.column) for one in table.columns), default=0)
    for one in table.columns:
        said = f"{one.finding.kind:<15} {one.finding.confidence:.2f}  {_verdict(one):<20} {one.finding.why}"
        yield f"  {one.finding.column:<{width}}  {said}"
    if table.by_hand:
        yield f"  {table.by_hand}: " + ", ".join(f"{name} {value}" for name, value in table.proposals.items())


def _verdict(one: ColumnVerdict) -> str:
    if one.proposes:
        return f"→ {one.proposes}"
    if one.contradicts:
        return f"CONTRADICTS {one.stated}"
    return f"is {one.stated}" if one.stated else "too little"


def _end(found: Scan) -> str:
    parts = [f"{found.proposals} proposal{'' if found.proposals == 1 else 's'}"]
    if found.contradictions:
        parts.append(f"{found.contradictions} contradicted: correct the class, or leave it if you know better")
    if found.is_applied:
        files = len(found.changes)
        parts.append(f"written to {files} contract{'' if files == 1 else 's'}   next: medallion generate")
    elif found.changes:
        parts.append("nothing written   next: medallion scan --write")
    return " · ".join(parts)
