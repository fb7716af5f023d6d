"""Views over all event logs: `pipeline_runs` has a row for each update, `dq_metrics` for each rule and update.

The queries use only functions that open-source Spark has too, so a local run shows the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from .gates import EXPECTATIONS_TYPE

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
SELECT pipeline_name, update_id, max(timestamp) AS measured_at,
    element_at(split(replace(one.dataset, '`', ''), '[.]'), -1) AS dataset,
    one.name AS rule,
    sum(one.passed_records) AS passed_records,
    sum(one.failed_records) AS failed_records,
    round(try_divide(100.0 * sum(one.failed_records), sum(one.passed_records) + sum(one.failed_records)), 2)
        AS failed_percent
FROM (
    SELECT origin.pipeline_name AS pipeline_name, origin.update_id AS update_id, timestamp,
        explode(from_json(get_json_object(details, '$.flow_progress.data_quality.expectations'),
            '{type}')) AS one
    FROM (
{events}
    )
    WHERE event_type = 'flow_progress'
)
GROUP BY ALL"""


def pipeline_runs_query(event_logs: Sequence[str]) -> str:
    """The query of `pipeline_runs` over these tables."""
    return _RUNS.format(events=_union(event_logs))


def dq_metrics_query(event_logs: Sequence[str]) -> str:
    """The query of `dq_metrics` over these tables."""
    return _METRICS.format(events=_union(event_logs), type=EXPECTATIONS_TYPE)


def _union(event_logs: Sequence[str]) -> str:
    columns = "origin, timestamp, message, level, details, event_type"
    return " UNION ALL\n".join(f"        SELECT {columns} FROM {log}" for log in event_logs)
