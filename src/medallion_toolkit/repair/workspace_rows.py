"""Looking at quarantined rows of a target through its SQL warehouse; values come as text, nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from medallion_toolkit.engine.rows import Rows
from medallion_toolkit.graph.conformed import conformed_sources, conformed_texts
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.repair.model import Attempt, Journey, RuleVerdict
from medallion_toolkit.repair.package import find_quarantined, load_corrections, replay_sql
from medallion_toolkit.repair.planning import Answers
from medallion_toolkit.repair.showing import (
    attempt_of,
    chosen_row,
    row_id_query,
    rows_query,
    shown_columns,
    tell_journey,
)
from medallion_toolkit.repair.workspace import WorkspaceTables, check_made

TOTAL = "_open_rows"


def show_rows(tables: WorkspaceTables, name: str, rule: str | None, limit: int, unmasked: bool = False) -> Rows:
    """Open rows as they came with the reasons of their newest attempt; `unmasked` values may be masked there."""
    _, contract = find_quarantined(tables.project, name)
    query = rows_query(contract, replay_sql(tables.project), rule)
    check_made(tables, contract)
    present = {"_attempt", *(one.name for one in contract.carry)}
    shown = ",\n    ".join((*shown_columns(contract, present, unmasked), f"count(*) OVER () AS {TOTAL}"))
    rows = tables.ask(f"SELECT {shown}\nFROM (\n{query}\n)\nORDER BY 1, 2\nLIMIT {limit}")
    values = [{name: value for name, value in row.items() if name != TOTAL} for row in rows]
    total = int(str(rows[0][TOTAL])) if rows else 0
    return Rows(contract.table, total, tuple(values[0]) if values else ("reasons", "_row_id"), values)


def journey(tables: WorkspaceTables, name: str, row: str, unmasked: bool = False) -> Journey:
    """The way of the row whose `_row_id` is, or begins with, `row`; UsageError MED373 when there is no such row."""
    _, contract = find_quarantined(tables.project, name)
    check_made(tables, contract)
    known = [str(one["_row_id"]) for one in tables.ask(row_id_query(contract, replay_sql(tables.project), row))]
    found = chosen_row(contract, row, known)
    present = _present(tables, contract, found)
    values = present[0] if present else None
    return tell_journey(
        contract,
        found,
        _bronze(tables, contract, found),
        values,
        _verdicts(values),
        _attempts(tables, contract, found),
        _waits(tables, contract, found),
        unmasked,
    )


def _present(tables: WorkspaceTables, contract: Contract, row: str) -> Answers:
    """What the present query, types and rules say of the row."""
    sql, named = replay_sql(tables.project), f"SELECT '{row}' AS _row_id, CAST(-1 AS INT) AS _attempt"
    conformed = conformed_texts(tables.project, contract, contract.table, sql.bronze_rows)
    fixes = load_corrections(tables.project, contract)
    judged = sql.verdicts_query(contract, sql.replay_query(contract, conformed, fixes, named))
    return tables.ask(f"SELECT * EXCEPT (rules), to_json(rules) AS rules\nFROM (\n{judged}\n)")


def _bronze(tables: WorkspaceTables, contract: Contract, row: str) -> Mapping[str, object] | None:
    for source in conformed_sources(tables.project, contract, contract.table):
        mark = f"[[{tables.project.display[source.bronze]}]]"
        rows = tables.ask(f"SELECT * FROM {mark} WHERE _row_id = '{row}'")
        if rows:
            return rows[0]
    return None


def _attempts(tables: WorkspaceTables, contract: Contract, row: str) -> tuple[Attempt, ...]:
    mark = replay_sql(tables.project).marks(contract)["checked"]
    dropped = ", _dropped" if any(rule.on_fail == "drop" for rule in contract.rules) else ""
    rows = tables.ask(
        f"SELECT coalesce(_attempt, 0) AS _attempt, to_json(_errors) AS reasons, _checked_at, _contract_version"
        f"{dropped}\nFROM {mark}\nWHERE _row_id = '{row}'\nORDER BY 1"
    )
    return tuple(attempt_of(one, _parsed(one["reasons"], ("rule", "message", "value"))) for one in rows)


def _waits(tables: WorkspaceTables, contract: Contract, row: str) -> bool:
    if not tables.exists(contract, "replay"):
        return False
    query = replay_sql(tables.project).waiting_query(contract)
    return bool(tables.ask(f"SELECT _row_id FROM (\n{query}\n) WHERE _row_id = '{row}'"))


def _verdicts(values: Mapping[str, object] | None) -> tuple[RuleVerdict, ...]:
    given = _parsed(values["rules"], ("name", "on_fail", "holds", "observed")) if values else ()
    return tuple(
        RuleVerdict(
            str(one["name"]),
            str(one["on_fail"]),
            one["holds"] is True,
            None if one["observed"] is None else str(one["observed"]),
        )
        for one in given
    )


def _parsed(text: object, names: Sequence[str]) -> list[Mapping[str, object]]:
    """Structs that to_json wrote; it leaves out what is absent."""
    return [{**dict.fromkeys(names), **one} for one in json.loads(str(text))] if text else []
