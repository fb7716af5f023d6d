"""Looking at quarantined rows of the local lakehouse: as they came with their reasons, and the whole way of one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medallion_toolkit.engine.rows import Rows, collect_rows, collected
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.repair.local_tables import LocalTables, local_tables
from medallion_toolkit.repair.model import Attempt, Journey, RuleVerdict
from medallion_toolkit.repair.package import find_quarantined, load_corrections, replay_sql
from medallion_toolkit.repair.showing import (
    attempt_of,
    chosen_row,
    row_id_query,
    rows_query,
    shown_columns,
    tell_journey,
)


def show_rows(run: LocalRun, name: str, rule: str | None, limit: int, unmasked: bool = False) -> Rows:
    """Open rows as they came with the reasons of their newest attempt; classified values only where `unmasked`."""
    key, contract = find_quarantined(run.project, name)
    query = rows_query(contract, replay_sql(run.project), rule)
    with local_tables(run, key, contract) as tables:
        frame = tables.sql(query)
        return collect_rows(frame.selectExpr(*shown_columns(contract, frame.columns, unmasked)), contract.table, limit)


def journey(run: LocalRun, name: str, row: str, unmasked: bool = False) -> Journey:
    """The way of the row whose `_row_id` is, or begins with, `row`; UsageError MED373 when there is no such row."""
    key, contract = find_quarantined(run.project, name)
    sql = replay_sql(run.project)
    with local_tables(run, key, contract) as tables:
        known = [str(one["_row_id"]) for one in tables.ask(row_id_query(contract, sql, row))]
        found = chosen_row(contract, row, known)
        named = f"SELECT '{found}' AS _row_id, CAST(-1 AS INT) AS _attempt"
        bronze = [one for frame in tables.bronze(named) for one in collected(frame)]
        with tables.conformed(named) as conformed:
            fixes = load_corrections(run.project, contract)
            present = tables.ask(sql.verdicts_query(contract, sql.replay_query(contract, conformed, fixes, named)))
        attempts = _attempts(tables, contract, found)
        waiting = tables.is_waiting and _waits(tables, contract, found)
    values = present[0] if present else None
    came = bronze[0] if bronze else None
    return tell_journey(contract, found, came, values, _verdicts(values), attempts, waiting, unmasked)


def _attempts(tables: LocalTables, contract: Contract, row: str) -> tuple[Attempt, ...]:
    mark = replay_sql(tables.run.project).marks(contract)["checked"]
    given = tables.ask(f"SELECT * FROM {mark} WHERE _row_id = '{row}' ORDER BY coalesce(_attempt, 0)")
    return tuple(attempt_of(values, _structs(values["_errors"])) for values in given)


def _waits(tables: LocalTables, contract: Contract, row: str) -> bool:
    query = replay_sql(tables.run.project).waiting_query(contract)
    return bool(tables.sql(f"SELECT * FROM ({query}) WHERE _row_id = '{row}'").count())


def _verdicts(values: Mapping[str, object] | None) -> tuple[RuleVerdict, ...]:
    given = _structs(values["rules"]) if values else []
    return tuple(RuleVerdict(one["name"], one["on_fail"], one["holds"], one["observed"]) for one in given)


def _structs(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else []
