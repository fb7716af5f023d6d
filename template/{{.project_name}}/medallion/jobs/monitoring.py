"""Views over all event logs and the checks of all gates: what ran, what each rule found, how good each table is.

The queries use only functions that open-source Spark has too, so a local run shows the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model.contract import Contract
from ..sql.words import literal
from .gate_checks import COUNTING_RULES
from .gates import CHECKS_TABLE, EXPECTATIONS_TYPE

SEVERITY_WEIGHTS: Mapping[str, int] = {"minor": 1, "major": 3, "critical": 10}
_RULE_COLUMNS = ("counted_in", "rule", "layer", "dataset", "dimension", "severity")

_COLUMNS = "origin, timestamp, message, level, details, event_type"
# Fields are named below the explode: Spark 4.2 loses columns when it reads a field of a struct above one.
_NAMED = "origin.pipeline_name AS pipeline_name, origin.update_id AS update_id, timestamp, details, event_type"

_RUNS = """\
SELECT
    origin.pipeline_name AS pipeline_name,
    origin.update_id AS update_id,
    min(timestamp) AS started_at,
    max(CASE WHEN get_json_object(details, '$.update_progress.state') IN ('COMPLETED', 'FAILED', 'CANCELED')
        THEN timestamp END) AS ended_at,
    coalesce(max_by(get_json_object(details, '$.update_progress.state'), timestamp)
        FILTER (WHERE event_type = 'update_progress'), 'UNKNOWN') AS state,
    count(DISTINCT CASE WHEN get_json_object(details, '$.flow_progress.status') = 'FAILED'
        THEN origin.dataset_name END) AS failed_datasets,
    coalesce(sum(try_cast(get_json_object(details, '$.flow_progress.metrics.num_output_rows') AS BIGINT)), 0)
        AS rows_written,
    max_by(message, timestamp) FILTER (WHERE level = 'ERROR') AS last_error
FROM (
{events}
)
WHERE origin.update_id IS NOT NULL
GROUP BY origin.pipeline_name, origin.update_id"""

_METRICS = """\
SELECT pipeline_name, update_id, measured_at, known.layer AS layer, coalesce(known.dataset, counted_in) AS dataset,
    counted.rule AS rule, coalesce(known.dimension, 'validity') AS dimension,
    CASE WHEN counted.rule IN ({counting}) THEN NULL
        ELSE coalesce(known.severity, 'major') END AS severity,
    passed_records, failed_records, failed_records = 0 AS ok,
    try_divide(CAST(passed_records AS DOUBLE), passed_records + failed_records) AS rate,
    CAST(NULL AS DOUBLE) AS metric, CAST(NULL AS STRING) AS observed
FROM (
    SELECT pipeline_name, update_id, max(timestamp) AS measured_at,
        lower(element_at(split(replace(one.dataset, '`', ''), '[.]'), -1)) AS counted_in, one.name AS rule,
        sum(one.passed_records) AS passed_records, sum(one.failed_records) AS failed_records
    FROM (
        SELECT pipeline_name, update_id, timestamp,
            explode(from_json(get_json_object(details, '$.flow_progress.data_quality.expectations'),
                '{type}')) AS one
        FROM (
{named_events}
        )
        WHERE event_type = 'flow_progress'
    )
    GROUP BY ALL
) AS counted
LEFT JOIN ({rules}) AS known USING (counted_in, rule)
UNION ALL
SELECT pipeline_name, update_id, judged_at, layer, dataset, check_name, dimension, severity, passed, failed,
    verdict = 'holds',
    CASE WHEN kind = 'rows' THEN try_divide(CAST(passed AS DOUBLE), passed + failed)
        WHEN verdict = 'holds' THEN 1D ELSE 0D END,
    metric, observed
FROM {checks}
JOIN (SELECT layer, update_id, max(judged_at) AS judged_at FROM {checks} GROUP BY ALL)
    USING (layer, update_id, judged_at)
JOIN (
    SELECT DISTINCT pipeline_name, update_id
    FROM (
{named_events}
    )
) USING (update_id)
WHERE kind IN ('rows', 'table') AND action <> 'disabled'"""

_SCORES = """\
SELECT pipeline_name, update_id, max(measured_at) AS measured_at, layer, dataset, count(rate) AS rules,
    round(100 * sum(weight * rate) / sum(CASE WHEN rate IS NOT NULL THEN weight END), 1) AS score,
    round(try_divide(100.0 * sum(failed_records), sum(passed_records + failed_records)), 2) AS failed_percent
FROM (
    SELECT *, {weight} AS weight FROM {metrics} WHERE severity IS NOT NULL AND layer IS NOT NULL
)
GROUP BY pipeline_name, update_id, layer, dataset
HAVING count(rate) > 0"""

_WITH_LAYERS = """\
WITH tables AS (
{tables}
)
SELECT * FROM tables
UNION ALL
SELECT pipeline_name, update_id, max(measured_at), layer, CAST(NULL AS STRING), sum(rules), round(avg(score), 1),
    round(avg(failed_percent), 2)
FROM tables
GROUP BY pipeline_name, update_id, layer"""


def monitoring_views(
    contracts: Sequence[Contract], event_logs: Sequence[str], checks: str = CHECKS_TABLE
) -> Mapping[str, str]:
    """Name and query of every view, in the order they are made.

    `pipeline_runs` has a row for each update; `dq_metrics` for each rule and update; `dq_scores` for each table and
    update, and for each layer, where `dataset` is NULL. `checks` is the table that the gates add to.
    """
    metrics = dq_metrics_query(contracts, event_logs, checks)
    return {
        "pipeline_runs": pipeline_runs_query(event_logs),
        "dq_metrics": metrics,
        "dq_scores": dq_scores_query(f"(\n{metrics}\n)"),
    }


def pipeline_runs_query(event_logs: Sequence[str]) -> str:
    """The query of `pipeline_runs` over these tables."""
    return _RUNS.format(events=_union(event_logs))


def dq_metrics_query(contracts: Sequence[Contract], event_logs: Sequence[str], checks: str = CHECKS_TABLE) -> str:
    """The query of `dq_metrics`: what updates counted by rule, and what gates found by rule.

    `rate` is the share of rows that hold, of a rule of the whole table 1 or 0. Counting expectations such as
    `row_is_valid` have no severity.
    """
    return _METRICS.format(
        named_events=_union(event_logs, _NAMED),
        type=EXPECTATIONS_TYPE,
        rules=_known_rules(contracts),
        checks=checks,
        counting=", ".join(literal(name) for name in COUNTING_RULES),
    )


def dq_scores_query(metrics: str) -> str:
    """The query of `dq_scores`: 100 times the mean rate of a table's rules, weighted by severity.

    A minor rule weighs 1, a major 3, a critical 10; a layer's score is the mean of its tables' scores.
    """
    cases = " ".join(f"WHEN {literal(name)} THEN {weight}" for name, weight in SEVERITY_WEIGHTS.items())
    return _WITH_LAYERS.format(tables=_SCORES.format(weight=f"CASE severity {cases} END", metrics=metrics))


def _known_rules(contracts: Sequence[Contract]) -> str:
    """What contracts say of the rules that updates count."""
    rows = [
        f"({', '.join(literal(value) for value in (contract.counted_in.lower(), *facts))})"
        for contract in contracts
        if contract.source is not None
        for facts in _facts(contract)
    ]
    columns = ", ".join(_RULE_COLUMNS)
    if not rows:
        absent = ", ".join(f"CAST(NULL AS STRING) AS {name}" for name in _RULE_COLUMNS)
        return f"SELECT {absent} WHERE false"
    listed = ",\n    ".join(rows)
    return f"\n    SELECT * FROM VALUES\n    {listed}\n    AS rules({columns})\n"


def _facts(contract: Contract) -> list[tuple[str, str, str, str, str]]:
    about = (contract.layer, contract.name)
    counting = [(name, *about, "validity", "major") for name in COUNTING_RULES]
    return [*((rule.name, *about, rule.dimension, rule.severity) for rule in contract.rules), *counting]


def _union(event_logs: Sequence[str], columns: str = _COLUMNS) -> str:
    return " UNION ALL\n".join(f"        SELECT {columns} FROM {log}" for log in event_logs)
