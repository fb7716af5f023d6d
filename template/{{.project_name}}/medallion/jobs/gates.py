"""Gates: SQL that judges the newest update of a pipeline since the job began, and stops the job when it is not good.

A file adds its checks to `dq_table_checks`, once, with one query over the event log and the tables. Its two SELECTs
read them there: the first shows every check (dataset, check_name, observed, limit_value, ok and what is known about
it), the second raises an error with the missed ones. All use only functions that open-source Spark has too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent

from ..model.contract import Contract
from ..sql.scripts import heading
from ..sql.statements import write
from .gate_checks import Check, check_queries, check_query, contract_checks

EXPECTATIONS_TYPE = "ARRAY<STRUCT<name: STRING, dataset: STRING, passed_records: BIGINT, failed_records: BIGINT>>"
CHECKS_TABLE = "dq_table_checks"
CHECKS_LAYER = "gold"
# One pipeline makes bronze and silver, so the gate behind it judges both.
JUDGED_WITH: Mapping[str, tuple[str, ...]] = {"silver": ("bronze", "silver")}
SHOWN = "dataset, check_name, observed, limit_value, ok, verdict, severity, dimension, metric"
RECORDED = (
    ("judged_at", "TIMESTAMP"), ("layer", "STRING"), ("update_id", "STRING"), ("dataset", "STRING"),
    ("check_name", "STRING"), ("kind", "STRING"), ("dimension", "STRING"), ("severity", "STRING"), ("action", "STRING"),
    ("verdict", "STRING"), ("ok", "BOOLEAN"), ("metric", "DOUBLE"), ("passed", "BIGINT"), ("failed", "BIGINT"),
    ("observed", "STRING"), ("limit_value", "STRING"),
)  # fmt: skip

_UPDATE = f"""\
gate_update AS (
    SELECT origin.update_id AS update_id
    FROM IDENTIFIER(:event_log)
    WHERE event_type = 'create_update' AND timestamp >= try_cast(:job_started_at AS TIMESTAMP)
    ORDER BY timestamp DESC
    LIMIT 1
),
gate_events AS (
    SELECT event_type, details
    FROM IDENTIFIER(:event_log)
    WHERE origin.update_id IN (SELECT update_id FROM gate_update)
),
gate_state AS (
    SELECT max(get_json_object(details, '$.update_progress.state')) AS state
    FROM gate_events
    WHERE event_type = 'update_progress'
        AND get_json_object(details, '$.update_progress.state') IN ('COMPLETED', 'FAILED', 'CANCELED')
),
gate_records AS (
    SELECT explode(from_json(
        get_json_object(details, '$.flow_progress.data_quality.expectations'),
        '{EXPECTATIONS_TYPE}')) AS one
    FROM gate_events
    WHERE event_type = 'flow_progress'
),
gate_expectations AS (
    SELECT lower(element_at(split(replace(one.dataset, '`', ''), '[.]'), -1)) AS dataset, one.name AS name,
        sum(one.passed_records) AS passed, sum(one.failed_records) AS failed
    FROM gate_records
    GROUP BY ALL
)"""

_UPDATE_CHECK = check_query(
    {
        "dataset": "'update'",
        "check_name": "'is_completed'",
        "kind": "'update'",
        "dimension": "'timeliness'",
        "severity": "'critical'",
        "observed": """\
coalesce(
        state,
        CASE WHEN EXISTS (SELECT 1 FROM gate_update) THEN 'no final event yet' ELSE 'no update since the job began' END
    )""",
        "limit_value": "'COMPLETED'",
        "holds": "coalesce(state = 'COMPLETED', false)",
    },
    "FROM gate_state",
)

_VERDICT = """\
    CASE WHEN action = 'disabled' THEN 'not asked' WHEN holds THEN 'holds'
        WHEN action = 'warn' THEN 'warning' ELSE 'missed' END AS verdict,
    holds OR action <> 'fail' AS ok,"""

TargetContracts = Mapping[str, Sequence[Contract]]
NO_TARGETS: TargetContracts = {}


def gate_sql(contracts: Iterable[Contract], layer: str, targets: TargetContracts = NO_TARGETS) -> str:
    """The text of `jobs/gate_<layer>.sql`, one for all targets.

    `targets` has the contracts as they hold in each target; without it they hold everywhere alike. What differs
    stands there once for each distinct text, with the targets it is for.
    """
    checks = {name: _layer_checks(found, layer) for name, found in targets.items()}
    queries = [_UPDATE_CHECK, *_for_targets(checks or {"": _layer_checks(contracts, layer)})]
    table = f"IDENTIFIER(:{CHECKS_LAYER} || '.{CHECKS_TABLE}')"
    newest = f"(SELECT max(judged_at) FROM {table} WHERE layer = '{layer}')"
    rows = f"FROM {table}\nWHERE layer = '{layer}' AND judged_at = {newest}"
    return "\n".join(
        (
            heading(f"Judges what the pipeline of {layer} has just made; missed limits stop the job here."),
            write("use catalog"),
            write("use schema", layer=layer),
            "",
            checks_table_statement(table),
            "",
            write("insert by name", table=table, query=_judging(queries, layer)),
            "",
            f"SELECT {SHOWN}\n{rows}\nORDER BY ok, dataset, check_name;",
            "",
            _raising(rows, layer),
        )
    )


def checks_table_statement(table: str) -> str:
    """The statement that makes the table of checks where it is not there yet."""
    columns = ", ".join(f"{name} {sql_type}" for name, sql_type in RECORDED)
    return write(
        "create table", table=table, columns=columns, comment="'What the gates asked, one row a check and run.'"
    )


def _layer_checks(contracts: Iterable[Contract], layer: str) -> list[Check]:
    judged = JUDGED_WITH.get(layer, (layer,))
    return [check for contract in contracts if contract.layer in judged for check in contract_checks(contract, layer)]


def _for_targets(checks: Mapping[str, Sequence[Check]]) -> list[str]:
    """Every distinct check once, those that are asked in the same targets together."""
    asked: dict[Check, list[str]] = {}
    for target, found in checks.items():
        for check in found:
            asked.setdefault(check, []).append(target)
    by_targets: dict[tuple[str, ...], list[Check]] = {}
    for check, targets in asked.items():
        by_targets.setdefault(tuple(targets), []).append(check)
    return [
        query if len(targets) == len(checks) else _only_in(targets, query)
        for targets, found in by_targets.items()
        for query in check_queries(found)
    ]


def _only_in(targets: Sequence[str], query: str) -> str:
    names = ", ".join(f"'{target}'" for target in targets)
    return f"SELECT * FROM (\n{indent(query, '    ')}\n)\nWHERE :target IN ({names})"


def _judging(queries: Sequence[str], layer: str) -> str:
    checks = indent("\nUNION ALL\n".join(queries), "    ")
    return f"""\
WITH {_UPDATE},
gate_checks AS (
{checks}
)
SELECT current_timestamp() AS judged_at, '{layer}' AS layer, (SELECT max(update_id) FROM gate_update) AS update_id,
    dataset, check_name, kind, dimension, severity, action,
{_VERDICT}
    metric, passed, failed, observed, limit_value
FROM gate_checks"""


def _raising(rows: str, layer: str) -> str:
    return f"""\
SELECT CASE WHEN bool_and(ok) THEN concat(count(*), ' checks hold') ELSE raise_error(concat(
    'gate_{layer} missed: ',
    array_join(collect_list(
        CASE WHEN NOT ok THEN concat(dataset, ' ', check_name, ': ', observed, ', limit ', limit_value) END
    ), '; '))) END AS gate_{layer}
{rows};
"""
