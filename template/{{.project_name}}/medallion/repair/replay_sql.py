"""Which rows are open, and the queries that bring them back, as SQL over marks like `[[silver.orders_checked]]`.

A row is known by its `_row_id`. Its newest attempt decides where it is: open while that attempt has reasons. The
same texts are run by the job in the workspace and by a laptop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import indent

from ..model.contract import Contract
from ..rules.kinds import table_mark
from ..sql.words import identifier, literal
from ..tables.from_contract import plan_tables
from ..tables.plan import PlannedColumn, Step
from ..tables.quarantine import typed_step, verdict_steps
from ..tables.replay import ATTEMPT, REPLAYED_AT, ROW_ID, replay_name, typed_names
from ..tables.step_sql import steps_sql
from .corrections import Correction

TO_REPLAY = "rows_to_replay"
_BEFORE = "_attempt_before"
_REASONS = "transform({0}._errors, e -> struct(e.rule, e.value))"
_SAME = f"{_REASONS.format('before')} <=> {_REASONS.format('judged')}"
_NO_ATTEMPT = "CAST(coalesce(_attempt, 0) AS INT)"  # rows from before attempts were counted are first ones


def marks(contract: Contract) -> Mapping[str, str]:
    """The marks of a contract's tables: `checked`, `quarantine`, `replay` and the table itself as `table`."""
    own = {"checked": f"{contract.name}_checked", "quarantine": f"{contract.name}_quarantine"}
    names = {**own, "replay": replay_name(contract), "table": contract.name}
    return {part: table_mark(f"{contract.layer}.{name}") for part, name in names.items()}


def replay_columns(contract: Contract, schemas: Mapping[str, str]) -> tuple[PlannedColumn, ...]:
    """The columns of `<table>_replay` with their types and masks: those of `_checked` before the verdict, and when."""
    checked = next(plan for plan in plan_tables(contract, schemas) if plan.role == "checked")
    last = next(index for index, column in enumerate(checked.columns) if column.name == ATTEMPT)
    kept = (PlannedColumn(one.name, one.type, None, one.mask) for one in checked.columns[: last + 1])
    return (*kept, PlannedColumn(REPLAYED_AT, "TIMESTAMP"))


def open_rows_query(contract: Contract) -> str:
    """A row for each open row: `_row_id`, `_attempt`, `_errors`, `source_file`, `ingested_at` of its newest attempt."""
    carried = {one.name for one in contract.carry}
    file = "_source_file" if "_source_file" in carried else "CAST(NULL AS STRING)"
    time = "_ingestion_timestamp" if "_ingestion_timestamp" in carried else "CAST(NULL AS TIMESTAMP)"
    table = marks(contract)
    return f"""\
SELECT failed.*
FROM (
    SELECT _row_id, max({_NO_ATTEMPT}) AS _attempt,
        max_by(_errors, {_NO_ATTEMPT}) AS _errors,
        max_by({file}, {_NO_ATTEMPT}) AS source_file,
        max_by({time}, {_NO_ATTEMPT}) AS ingested_at
    FROM {table["quarantine"]}
    WHERE _row_id IS NOT NULL
    GROUP BY _row_id
) AS failed
LEFT ANTI JOIN (SELECT _row_id, _attempt FROM {table["checked"]} WHERE _attempt > 0) AS later
    ON later._row_id = failed._row_id AND later._attempt > failed._attempt"""


def open_by_rule_query(contract: Contract) -> str:
    """Open rows by rule and source file, since when; a row counts with every rule that its newest attempt failed."""
    return f"""\
SELECT {literal(contract.table)} AS dataset, rule, source_file, count(*) AS open_rows,
    min(ingested_at) AS since, max(ingested_at) AS newest
FROM (
    SELECT explode(_errors.rule) AS rule, source_file, ingested_at
    FROM (
{indent(open_rows_query(contract), "        ")}
    )
)
GROUP BY rule, source_file"""


def waiting_query(contract: Contract, is_there: bool = True) -> str:
    """A row for each attempt that was inserted and that the pipeline has not judged yet: `_row_id`, `_attempt`."""
    if not is_there:
        return "SELECT CAST(NULL AS STRING) AS _row_id, CAST(NULL AS INT) AS _attempt WHERE false"
    table = marks(contract)
    return f"""\
SELECT inserted._row_id, inserted._attempt
FROM {table["replay"]} AS inserted
LEFT ANTI JOIN (SELECT _row_id, _attempt FROM {table["checked"]} WHERE _attempt > 0) AS judged
    ON judged._row_id = inserted._row_id AND judged._attempt = inserted._attempt"""


def counts_query(contract: Contract) -> str:
    """One row about all rows of `_checked`: `all_rows`, `valid`, `open`, `dropped` by newest attempt, `twice`.

    `all_rows` counts each `_row_id` once, so `all_rows = valid + open + dropped`; `twice` are rows valid in more
    than one attempt, which no replay ever makes. `attempts` are the rows that are stored.
    """
    dropped = "WHEN _dropped THEN 'dropped' " if contract.rules_that("drop") else ""
    state = f"CASE WHEN _errors IS NOT NULL THEN 'open' {dropped}ELSE 'valid' END"
    return f"""\
SELECT count(*) AS all_rows, count_if(state = 'valid') AS valid, count_if(state = 'open') AS open,
    count_if(state = 'dropped') AS dropped, count_if(valid_attempts > 1) AS twice,
    coalesce(sum(attempts), 0) AS attempts
FROM (
    SELECT _row_id, max_by(state, attempt) AS state, count_if(state = 'valid') AS valid_attempts, count(*) AS attempts
    FROM (SELECT _row_id, {_NO_ATTEMPT} AS attempt, {state} AS state FROM {marks(contract)["checked"]})
    GROUP BY _row_id
)"""


def settle_statement(contract: Contract) -> str:
    """Remove from `_replay` what the pipeline has judged; running it twice removes nothing more."""
    table = marks(contract)
    return f"""\
MERGE INTO {table["replay"]} AS inserted
USING (SELECT DISTINCT _row_id, _attempt FROM {table["checked"]} WHERE _attempt > 0) AS judged
ON judged._row_id = inserted._row_id AND judged._attempt = inserted._attempt
WHEN MATCHED THEN DELETE"""


def to_replay_query(contract: Contract, is_there: bool = True) -> str:
    """The open rows that do not wait already: `_row_id`, `_attempt`; `is_there` says whether `_replay` exists."""
    return f"""\
SELECT open_rows._row_id, open_rows._attempt
FROM (
{indent(open_rows_query(contract), "    ")}
) AS open_rows
LEFT ANTI JOIN (
{indent(waiting_query(contract, is_there), "    ")}
) AS waiting ON waiting._row_id = open_rows._row_id"""


def replay_query(contract: Contract, conformed: Sequence[str], fixes: Sequence[Correction], rows: str) -> str:
    """Rows as `_replay` takes them: present query, present types, corrections, next attempt.

    `conformed` has for each source its query as a batch whose bronze rows are limited to `rows_to_replay`; `rows`
    is the query of those: `to_replay_query`, or one that names rows by `_row_id` and `_attempt`.
    """
    tables = [f"{TO_REPLAY} AS (\n{indent(rows, '    ')}\n)"]
    tables += [
        f"present_rows_{number} AS (\n{indent(_present(one), '    ')}\n)" for number, one in enumerate(conformed)
    ]
    tables += [f"corrections AS (\n{indent(_values(fixes), '    ')}\n)"] if fixes else []
    typed = (Step((*typed_step(contract).select, f"{_BEFORE} + 1 AS {ATTEMPT}", f"now() AS {REPLAYED_AT}")),)
    parts = [part for number in range(len(conformed)) for part in _parts(f"present_rows_{number}", fixes)]
    return "WITH " + ",\n".join(tables) + "\n" + "\nUNION ALL\n".join(steps_sql(typed, part) for part in parts)


def _present(conformed: str) -> str:
    return f"""\
SELECT conformed.*, {TO_REPLAY}._attempt AS {_BEFORE}
FROM (
{indent(conformed, "    ")}
) AS conformed
JOIN {TO_REPLAY} ON {TO_REPLAY}.{ROW_ID} = conformed.{ROW_ID}"""


def _parts(rows: str, fixes: Sequence[Correction]) -> tuple[str, ...]:
    """The rows as they are and those with corrections, apart: a correction makes text of the columns it names."""
    if not fixes:
        return (rows,)
    untouched = f"(SELECT * FROM {rows} LEFT ANTI JOIN corrections USING ({ROW_ID}))"
    return untouched, f"(\n{indent(_corrected(rows, fixes), '    ')}\n)"


def changed_query(contract: Contract, rows: str) -> str:
    """Of the rows that `replay_query` gives those to insert: the present verdict is not the one they have already."""
    names = ", ".join(f"judged.{name}" for name in (*typed_names(contract), REPLAYED_AT))
    return f"""\
SELECT {names}
FROM (
{indent(_judged(contract, rows), "    ")}
) AS judged
LEFT ANTI JOIN (
{indent(open_rows_query(contract), "    ")}
) AS before ON before._row_id = judged._row_id AND {_SAME}"""


def preview_query(contract: Contract, rows: str) -> str:
    """What the present contract says of these rows: `_row_id`, `_errors`, `is_dropped`, `is_same` as it was before."""
    dropped = "coalesce(judged._dropped, false)" if contract.rules_that("drop") else "false"
    return f"""\
SELECT judged._row_id, judged._errors, {dropped} AS is_dropped, coalesce({_SAME}, false) AS is_same
FROM (
{indent(_judged(contract, rows), "    ")}
) AS judged
LEFT JOIN (
{indent(open_rows_query(contract), "    ")}
) AS before ON before._row_id = judged._row_id"""


def _judged(contract: Contract, rows: str) -> str:
    return steps_sql(verdict_steps(contract), f"(\n{indent(rows, '    ')}\n)")


def verdicts_query(contract: Contract, rows: str) -> str:
    """The columns of rows that `replay_query` gives, and `rules`: every rule, whether it holds, what it saw."""
    asked = ",\n".join(
        f"named_struct('name', {literal(rule.name)}, 'on_fail', {literal(rule.on_fail)}, "
        f"'holds', {rule.condition}, 'observed', CAST({rule.value} AS STRING))"
        for rule in contract.rules
    )
    rules = Step(("*", f"array(\n{indent(asked, '    ')}\n) AS rules"))
    return steps_sql((*verdict_steps(contract), rules), f"(\n{rows}\n)")


def bronze_rows(table: str) -> str:
    """The rows of a bronze table that are to be replayed, as a relation; `table` is its name or mark."""
    return f"(SELECT * FROM {table} WHERE {ROW_ID} IN (SELECT {ROW_ID} FROM {TO_REPLAY}))"


def _corrected(rows: str, fixes: Sequence[Correction]) -> str:
    columns = list(dict.fromkeys(name for fix in fixes for name in fix.values))
    values = ",\n    ".join(_corrected_value(rows, name) for name in columns)
    return f"""\
SELECT {rows}.* EXCEPT ({", ".join(map(identifier, columns))}),
    {values}
FROM {rows} JOIN corrections ON corrections._row_id = {rows}._row_id"""


def _corrected_value(rows: str, name: str) -> str:
    key, column = literal(name), identifier(name)
    put = f"CASE WHEN map_contains_key(corrections.put, {key}) THEN corrections.put[{key}]"
    return f"{put} ELSE CAST({rows}.{column} AS STRING) END AS {column}"


def _values(fixes: Sequence[Correction]) -> str:
    rows = ",\n    ".join(f"({literal(fix.row)}, {_map(fix.values)})" for fix in fixes)
    return f"SELECT * FROM VALUES\n    {rows}\n    AS corrections(_row_id, put)"


def _map(values: Mapping[str, str | None]) -> str:
    pairs = (
        f"{literal(name)}, {'CAST(NULL AS STRING)' if one is None else literal(one)}" for name, one in values.items()
    )
    return f"map({', '.join(pairs)})"
