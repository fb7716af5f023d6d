"""Gates: SQL that judges the newest update of a pipeline since the job began, and stops the job when it is not good.

A file has two queries. The first shows every check (dataset, check_name, observed, limit_value, ok), the
second raises an error with the missed ones. Both use only functions that open-source Spark has too.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import indent

from .contract_model import Contract, Freshness, Rule
from .job_sql import heading
from .rules.compile import COUNTING_RULE
from .sql_words import identifier, literal
from .statements import write

EXPECTATIONS_TYPE = "ARRAY<STRUCT<name: STRING, dataset: STRING, passed_records: BIGINT, failed_records: BIGINT>>"

_UPDATE = f"""\
judged AS (
    SELECT origin.update_id AS update_id
    FROM IDENTIFIER(:event_log)
    WHERE event_type = 'create_update' AND timestamp >= try_cast(:job_started_at AS TIMESTAMP)
    ORDER BY timestamp DESC
    LIMIT 1
),
events AS (
    SELECT event_type, details
    FROM IDENTIFIER(:event_log)
    WHERE origin.update_id IN (SELECT update_id FROM judged)
),
final_state AS (
    SELECT max(get_json_object(details, '$.update_progress.state')) AS state
    FROM events
    WHERE event_type = 'update_progress'
        AND get_json_object(details, '$.update_progress.state') IN ('COMPLETED', 'FAILED', 'CANCELED')
),
expectation_records AS (
    SELECT explode(from_json(
        get_json_object(details, '$.flow_progress.data_quality.expectations'),
        '{EXPECTATIONS_TYPE}')) AS one
    FROM events
    WHERE event_type = 'flow_progress'
),
expectations AS (
    SELECT lower(element_at(split(replace(one.dataset, '`', ''), '[.]'), -1)) AS dataset, one.name AS name,
        sum(one.passed_records) AS passed, sum(one.failed_records) AS failed
    FROM expectation_records
    GROUP BY ALL
)"""

_UPDATE_CHECK = """\
SELECT 'update' AS dataset, 'is_completed' AS check_name,
    coalesce(
        state,
        CASE WHEN EXISTS (SELECT 1 FROM judged) THEN 'no final event yet' ELSE 'no update since the job began' END
    ) AS observed,
    'COMPLETED' AS limit_value, coalesce(state = 'COMPLETED', false) AS ok
FROM final_state"""


def gate_sql(contracts: Iterable[Contract], layer: str) -> str:
    """The text of `jobs/gate_<layer>.sql`."""
    checks = [_UPDATE_CHECK]
    for contract in contracts:
        if contract.layer == layer:
            checks += contract_checks(contract)
    query = f"WITH {_UPDATE}\n" + "\nUNION ALL\n".join(checks)
    return "\n".join(
        (
            heading(f"Judges what the pipeline of {layer} has just made; missed limits stop the job here."),
            write("use catalog"),
            write("use schema", layer=layer),
            "",
            f"{query};",
            "",
            _raising(query, layer),
        )
    )


def contract_checks(contract: Contract) -> list[str]:
    """One query for each thing a contract limits; a contract that only asserts has its rules counted here."""
    limits = contract.limits
    checks = []
    if limits.quarantined_percent is not None:
        checks.append(_quarantined(contract))
    if limits.freshness is not None:
        checks.append(_freshness(contract, limits.freshness))
    if limits.least_rows is not None or limits.most_rows is not None:
        checks.append(_rows(contract))
    if contract.source is None:
        checks += _assertions(contract)
    return checks


def _quarantined(contract: Contract) -> str:
    limit = contract.limits.quarantined_percent
    made = contract.name if contract.is_flagged else f"{contract.name}_checked"
    return f"""\
SELECT {literal(contract.name)} AS dataset, 'quarantined' AS check_name,
    concat(round(coalesce(try_divide(100.0 * sum(failed), sum(failed) + sum(passed)), 0), 1), ' % (',
        coalesce(sum(failed), 0), ' of ', coalesce(sum(failed) + sum(passed), 0), ')') AS observed,
    '{limit} %' AS limit_value,
    coalesce(sum(failed) * 100 <= {limit} * (sum(failed) + sum(passed)), true) AS ok
FROM expectations
WHERE dataset = {literal(made.lower())} AND name = '{COUNTING_RULE}'"""


def _freshness(contract: Contract, freshness: Freshness) -> str:
    not_stored = contract.history.not_stored if contract.history else ()
    is_in_checked = freshness.column.startswith("_") or freshness.column in not_stored
    table = f"{contract.name}_checked" if is_in_checked and not contract.is_flagged else contract.name
    column = identifier(freshness.column)
    return f"""\
SELECT {literal(contract.name)} AS dataset, 'freshness' AS check_name,
    coalesce(concat('newest ', max({column})), 'no rows') AS observed,
    'at most {_duration(freshness.within_seconds)} old' AS limit_value,
    coalesce(timestampdiff(SECOND, max({column}), current_timestamp()) <= {freshness.within_seconds}, false) AS ok
FROM {identifier(table)}"""


def _duration(seconds: int) -> str:
    for unit, length in (("days", 86400), ("hours", 3600)):
        if seconds % length == 0 and seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds // 60} minutes"


def _rows(contract: Contract) -> str:
    least, most = contract.limits.least_rows, contract.limits.most_rows
    limits = [f"count(*) >= {least}" if least is not None else "", f"count(*) <= {most}" if most is not None else ""]
    words = [f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else ""]
    return f"""\
SELECT {literal(contract.name)} AS dataset, 'rows' AS check_name, CAST(count(*) AS STRING) AS observed,
    '{", ".join(word for word in words if word)}' AS limit_value,
    {" AND ".join(limit for limit in limits if limit)} AS ok
FROM {identifier(contract.name)}"""


def _assertions(contract: Contract) -> list[str]:
    checks = [_violations(contract)] if contract.rules else []
    return checks + ([_unique_keys(contract)] if contract.keys else [])


def _violations(contract: Contract) -> str:
    """All rules of a table in one pass over it."""
    counts = ",\n".join(f"count_if(NOT {rule.condition}) AS {identifier(rule.name)}" for rule in contract.rules)
    checks = ",\n".join(_violation_check(rule) for rule in contract.rules)
    return f"""\
SELECT {literal(contract.name)} AS dataset, inline(array(
{indent(checks, "    ")}))
FROM (
    SELECT
{indent(counts, "        ")}
    FROM {identifier(contract.name)}
)"""


def _violation_check(rule: Rule) -> str:
    count = identifier(rule.name)
    limit, ok = ("warn only", "true") if rule.on_fail == "warn" else ("0 rows", f"{count} = 0")
    return (
        f"struct({literal(rule.name)} AS check_name, concat({count}, ' rows') AS observed, "
        f"'{limit}' AS limit_value, {ok} AS ok)"
    )


def _unique_keys(contract: Contract) -> str:
    keys = ", ".join(identifier(key) for key in contract.keys)
    return f"""\
SELECT {literal(contract.name)} AS dataset, 'keys_unique' AS check_name, concat(count(*), ' keys twice') AS observed,
    '0 keys twice' AS limit_value, count(*) = 0 AS ok
FROM (SELECT {keys} FROM {identifier(contract.name)} GROUP BY {keys} HAVING count(*) > 1)"""


def _raising(query: str, layer: str) -> str:
    return f"""\
SELECT CASE WHEN bool_and(ok) THEN concat(count(*), ' checks hold') ELSE raise_error(concat(
    'gate_{layer} missed: ',
    array_join(collect_list(
        CASE WHEN NOT ok THEN concat(dataset, ' ', check_name, ': ', observed, ', limit ', limit_value) END
    ), '; '))) END AS gate_{layer}
FROM (
{indent(query, "    ")}
);
"""
