"""References and uniqueness as rules of the row: what is looked up before the verdict, and where that cannot be.

A reference is found by a left join wherever rows are judged. Which of several equal rows is the first one can only
be said where all of them are seen at once: in a materialized view, and within one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import MedallionContractError, Position
from ..model.contract import History
from ..model.lookups import First, Lookup, Reference
from .kinds import Parameters, Subject, TableRuleKind

ROW_ACTIONS = ("tag", "drop", "quarantine")


def lookup_of(
    kind: TableRuleKind, parameters: Parameters, column: Subject | None, history: History | None, where: str | None
) -> Lookup | None:
    """What a rule of the table looks up for each row; None for a rule about nothing but the whole table."""
    if kind.name == "reference":
        table, _, other = str(parameters["to"]).rpartition(".")
        own = column.name if column else str(parameters["column"])
        return Reference(own, table, other, parameters.get("nulls") == "refused")
    if kind.name == "unique":
        given = parameters.get("columns", ())
        named = tuple(str(one) for one in (given if isinstance(given, tuple) else (given,)))
        columns = tuple(dict.fromkeys([*([column.name] if column else []), *named]))
        within = (history.snapshot_by,) if history and history.snapshot_by else ()
        return First((*within, *columns), parameters.get("nulls") == "equal", where)
    return None


def refuse_unordered(known: Iterable[str], position: Position) -> None:
    """Raise MED312 where nothing says which of several rows is the first."""
    if "_row_id" not in known:
        raise MedallionContractError(
            "MED312",
            "the first of several rows needs _row_id",
            position,
            found="no _row_id",
            expected="_row_id in carry",
        )


def refuse_lookup(lookup: Lookup, table: str, is_view: bool, position: Position) -> None:
    """Raise MED361 for a reference of a table to itself, MED362 for uniqueness that no stream can judge."""
    if isinstance(lookup, Reference) and lookup.table.lower() == table.lower():
        raise MedallionContractError(
            "MED361",
            "rows cannot be judged by the table they go to",
            position,
            found=f"a reference to {lookup.table}",
            expected="another table",
            help="on_fail: fail counts rows without a partner after the update and stops at the job's gate",
        )
    if isinstance(lookup, First) and not is_view:
        raise MedallionContractError(
            "MED362",
            "which of several equal rows is the first cannot be said of a stream",
            position,
            found="rows of a streaming table",
            expected="kind: materialized_view, or history with snapshot_by",
            help="keys and history keep the newest row of each key; on_fail: fail counts them and stops at the gate",
        )
