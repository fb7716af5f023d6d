"""Looking at quarantined rows: as they came with their reasons, and the whole way of one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medallion_toolkit.engine.rows import Rows, collect_rows
from medallion_toolkit.errors import UsageError, did_you_mean
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.repair.local_tables import LocalTables, local_tables
from medallion_toolkit.repair.model import Attempt, Journey, RuleVerdict
from medallion_toolkit.repair.package import find_quarantined, load_corrections, replay_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

    from medallion_toolkit.engine.run import LocalRun

HIDDEN = "***"
NOT_CONTRACT = ("_rescued_data", "_source")


def show_rows(run: LocalRun, name: str, rule: str | None, limit: int, unmasked: bool = False) -> Rows:
    """Open rows as they came with the reasons of their newest attempt; classified values only where `unmasked`."""
    key, contract = find_quarantined(run.project, name)
    if rule is not None and rule not in {one.name for one in contract.rules}:
        raise _unknown_rule(contract, rule)
    sql = replay_sql(run.project)
    with local_tables(run, key, contract) as tables:
        chosen = f"WHERE exists(open_rows._errors, e -> e.rule = '{rule}')" if rule else ""
        frame = tables.sql(f"""\
SELECT came.*, open_rows._errors AS newest_reasons
FROM {sql.marks(contract)["quarantine"]} AS came
JOIN (
{sql.open_rows_query(contract)}
) AS open_rows ON open_rows._row_id = came._row_id AND open_rows._attempt = coalesce(came._attempt, 0)
{chosen}
ORDER BY came._row_id""")
        return collect_rows(frame.selectExpr(*_shown_columns(contract, frame, unmasked)), contract.table, limit)


def journey(run: LocalRun, name: str, row: str, unmasked: bool = False) -> Journey:
    """The way of the row whose `_row_id` is, or begins with, `row`; UsageError MED373 when there is no such row."""
    key, contract = find_quarantined(run.project, name)
    sql = replay_sql(run.project)
    hidden = frozenset() if unmasked else _classified(contract)
    with local_tables(run, key, contract) as tables:
        found = _row_id(tables, contract, row)
        named = f"SELECT '{found}' AS _row_id, CAST(-1 AS INT) AS _attempt"
        bronze = [one for frame in tables.bronze(named) for one in frame.collect()]
        with tables.conformed(named) as conformed:
            fixes = load_corrections(run.project, contract)
            typed = sql.verdicts_query(contract, sql.replay_query(contract, conformed, fixes, named))
            present = tables.sql(typed).collect()
        attempts = _attempts(tables, contract, found)
        waiting = tables.is_waiting and _waits(tables, contract, found)
    values = present[0].asDict(recursive=True) if present else None
    return Journey(
        contract.table,
        found,
        _values(bronze[0].asDict(recursive=True), hidden if unmasked else _bronze_hidden(contract)) if bronze else None,
        _values(_judged_values(contract, values), hidden) if values else None,
        _verdicts(values) if values else (),
        attempts,
        _where(contract, attempts, waiting),
    )


def _judged_values(contract: Contract, values: Mapping[str, object]) -> dict[str, object]:
    """What the row says of itself: the contract's columns and where it came from."""
    names = [column.name for column in contract.columns]
    return {name: values[name] for name in (*names, "_source_file", "_ingestion_timestamp") if name in values}


def _shown_columns(contract: Contract, frame: DataFrame, unmasked: bool) -> list[str]:
    from medallion_toolkit.engine.files.rescue import quoted

    hidden = frozenset() if unmasked else _classified(contract)
    reason = "concat(e.rule, CASE WHEN e.value IS NULL THEN '' ELSE concat(' (', e.value, ')') END)"
    shown = [f"array_join(transform(newest_reasons, e -> {reason}), ', ') AS reasons", "_row_id"]
    names = [column.name for column in contract.columns]
    names += [name for name in ("_attempt", "_rescued_data") if name in frame.columns]
    shown += ["element_at(split(_source_file, '/'), -1) AS file"] if "_source_file" in frame.columns else []
    return shown + [
        f"CASE WHEN {quoted(name)} IS NOT NULL THEN '{HIDDEN}' END AS {quoted(name)}"
        if name in hidden
        else quoted(name)
        for name in names
    ]


def _classified(contract: Contract) -> frozenset[str]:
    """The columns whose values are hidden, with those that may hold the same values."""
    masked = {column.name for column in contract.columns if column.is_masked}
    return frozenset({*masked, *NOT_CONTRACT} if masked else ())


def _bronze_hidden(contract: Contract) -> frozenset[str] | None:
    """None hides every value: bronze has names of its own, and nothing says which of them is classified."""
    return None if _classified(contract) else frozenset()


def _values(row: Mapping[str, object], hidden: frozenset[str] | None) -> dict[str, object]:
    def shown(name: str, value: object) -> object:
        is_hidden = (hidden is None and not name.startswith("_")) or (hidden is not None and name in hidden)
        return HIDDEN if is_hidden and value is not None else value

    return {name: shown(name, value) for name, value in row.items()}


def _row_id(tables: LocalTables, contract: Contract, row: str) -> str:
    mark = replay_sql(tables.run.project).marks(contract)["checked"]
    text = row.replace("\\", "\\\\").replace("'", "\\'")
    query = f"SELECT DISTINCT _row_id FROM {mark} WHERE startswith(_row_id, '{text}') ORDER BY 1 LIMIT 3"
    found = [str(one["_row_id"]) for one in tables.sql(query).collect()]
    if row in found or len(found) == 1:
        return row if row in found else found[0]
    raise UsageError(
        "MED373",
        f"several rows of {contract.table} begin so" if found else f"{contract.table} has no such row",
        found=row,
        expected=", ".join(found) if found else "a _row_id, or its first characters",
        next=f"medallion quarantine show {contract.table}",
    )


def _attempts(tables: LocalTables, contract: Contract, row: str) -> tuple[Attempt, ...]:
    mark = replay_sql(tables.run.project).marks(contract)["checked"]
    rows = tables.sql(f"SELECT * FROM {mark} WHERE _row_id = '{row}' ORDER BY coalesce(_attempt, 0)").collect()
    return tuple(_attempt(one) for one in rows)


def _attempt(row: Row) -> Attempt:
    values = row.asDict(recursive=True)
    reasons = values["_errors"] or []
    state = "quarantined" if reasons else "dropped" if values.get("_dropped") else "valid"
    checked_at, version = values.get("_checked_at"), values.get("_contract_version")
    return Attempt(
        values["_attempt"] or 0,
        state,
        tuple(reasons),
        str(checked_at)[:19] if checked_at else None,
        str(version) if version else None,
    )


def _waits(tables: LocalTables, contract: Contract, row: str) -> bool:
    query = replay_sql(tables.run.project).waiting_query(contract)
    return bool(tables.sql(f"SELECT * FROM ({query}) WHERE _row_id = '{row}'").count())


def _verdicts(values: Mapping[str, object]) -> tuple[RuleVerdict, ...]:
    rules = values["rules"]
    given = rules if isinstance(rules, list) else []
    return tuple(RuleVerdict(one["name"], one["on_fail"], one["holds"], one["observed"]) for one in given)


def _where(contract: Contract, attempts: tuple[Attempt, ...], is_waiting: bool) -> str:
    if is_waiting:
        return f"waits in {contract.table}_replay for the next run"
    last = attempts[-1].state if attempts else "gone"
    return {"valid": f"in {contract.table}", "quarantined": f"open, in {contract.table}_quarantine"}.get(last, last)


def _unknown_rule(contract: Contract, rule: str) -> UsageError:
    names = [one.name for one in contract.rules]
    return UsageError(
        "MED379",
        f"{contract.table} has no rule {rule}",
        expected=", ".join(names),
        help=did_you_mean(rule, names),
    )
