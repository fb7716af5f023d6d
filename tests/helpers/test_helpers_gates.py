"""Gates judge the newest update of their pipeline since the job began, say what they saw, and stop the job."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from contract_samples import DAILY_SALES, LINES, ORDERS, contract, with_values

from medallion.gates import gate_sql
from medallion.monitoring import dq_metrics_query, pipeline_runs_query
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.expectations import Counts, Outcome
from medallion_toolkit.engine.tables import read_events
from medallion_toolkit.sql.splitting import split_statements

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

CONTRACTS = [contract(ORDERS), contract(LINES), contract(DAILY_SALES)]
LONG_AGO = "2020-01-01T00:00:00Z"
VIEWS = ("event_log", "event_log_gold", "orders_checked", "order_lines", "daily_sales")


def update(log: EventLog, judged: Mapping[str, tuple[int, int]], state: str | None = "COMPLETED") -> None:
    """One update: valid and failed rows by table, in two events each, as streams report them."""
    log.create_update(full_refresh=False)
    log.update_progress("RUNNING")
    for table, (passed, failed) in judged.items():
        for good, bad in ((passed - passed // 2, failed), (passed // 2, 0)):
            outcomes = (Outcome("row_is_valid", "warn", good, bad), Outcome("other", "warn", 0, 7))
            counts = Counts(written=good + bad, expectations=outcomes)
            log.flow_progress(f"`main`.`silver`.`{table}`", f"{table}_from_source", "RUNNING", counts)
    if state:
        log.update_progress(state)


@pytest.fixture
def log(spark: SparkSession, tmp_path: Path) -> Iterator[EventLog]:
    """The log of a pipeline; the view event_log shows what stands in it whenever it is read."""
    path = tmp_path / "ingest.jsonl"
    log = EventLog(path, "p-1", "shop ingest")
    path.touch()
    read_events(spark, path).createOrReplaceTempView("event_log")
    now = "current_timestamp()"
    spark.sql(f"SELECT {now} - INTERVAL 1 HOUR AS _ingestion_timestamp").createOrReplaceTempView("orders_checked")
    spark.sql("SELECT explode(sequence(1, 3)) AS line_id").createOrReplaceTempView("order_lines")
    yield log
    for view in VIEWS:
        spark.catalog.dropTempView(view)


def statements(layer: str) -> list[str]:
    return [one.text for one in split_statements(gate_sql(CONTRACTS, layer)) if not one.text.startswith("USE")]


def checks(spark: SparkSession, layer: str, started: str = LONG_AGO) -> dict[tuple[str, str], tuple[str, str, bool]]:
    spark.catalog.refreshTable("event_log")
    arguments = {"event_log": "event_log", "job_started_at": started}
    frame = spark.sql(with_values(statements(layer)[0], arguments))
    assert frame.columns == ["dataset", "check_name", "observed", "limit_value", "ok"]
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in frame.collect()}


def verdict(spark: SparkSession, layer: str) -> str:
    spark.catalog.refreshTable("event_log")
    arguments = {"event_log": "event_log", "job_started_at": LONG_AGO}
    return str(spark.sql(with_values(statements(layer)[1], arguments)).collect()[0][0])


def test_a_good_update_passes_every_check(spark: SparkSession, log: EventLog) -> None:
    update(log, {"orders_checked": (389, 23), "order_lines_checked": (1000, 25)})
    found = checks(spark, "silver")
    assert found["update", "is_completed"] == ("COMPLETED", "COMPLETED", True)
    assert found["orders", "quarantined"] == ("5.6 % (23 of 412)", "10 %", True)
    assert found["order_lines", "quarantined"] == ("2.4 % (25 of 1025)", "2.5 %", True)
    assert found["order_lines", "rows"] == ("3", "at least 1, at most 1000", True)
    assert found["orders", "freshness"][1:] == ("at most 24 hours old", True)
    assert verdict(spark, "silver") == "5 checks hold"


def test_a_missed_limit_stops_the_job_and_says_which(spark: SparkSession, log: EventLog) -> None:
    update(log, {"orders_checked": (80, 20)})
    assert checks(spark, "silver")["orders", "quarantined"] == ("20.0 % (20 of 100)", "10 %", False)
    with pytest.raises(Exception, match=r"gate_silver missed: orders quarantined: 20\.0 % \(20 of 100\), limit 10 %"):
        verdict(spark, "silver")


def test_only_the_newest_update_counts(spark: SparkSession, log: EventLog) -> None:
    update(log, {"orders_checked": (0, 100)})
    time.sleep(0.002)
    update(EventLog(log.path, "p-1", "shop ingest"), {"orders_checked": (100, 0)})
    assert checks(spark, "silver")["orders", "quarantined"] == ("0.0 % (0 of 100)", "10 %", True)


def test_an_update_without_new_rows_passes(spark: SparkSession, log: EventLog) -> None:
    update(log, {})
    assert checks(spark, "silver")["orders", "quarantined"] == ("0.0 % (0 of 0)", "10 %", True)


@pytest.mark.parametrize(
    ("state", "observed"), [(None, "no final event yet"), ("FAILED", "FAILED"), ("CANCELED", "CANCELED")]
)
def test_an_update_that_is_not_completed_is_not_good(
    spark: SparkSession, log: EventLog, state: str | None, observed: str
) -> None:
    update(log, {"orders_checked": (100, 0)}, state)
    assert checks(spark, "silver")["update", "is_completed"] == (observed, "COMPLETED", False)


def test_an_update_from_before_the_job_is_not_judged(spark: SparkSession, log: EventLog) -> None:
    update(log, {"orders_checked": (100, 0)})
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert checks(spark, "silver", later)["update", "is_completed"] == (
        "no update since the job began",
        "COMPLETED",
        False,
    )
    assert checks(spark, "silver", "not a time")["update", "is_completed"][2] is False


def test_old_rows_and_empty_tables_are_not_fresh(spark: SparkSession, log: EventLog) -> None:
    update(log, {})
    spark.sql("SELECT TIMESTAMP '2020-01-01' AS _ingestion_timestamp").createOrReplaceTempView("orders_checked")
    assert checks(spark, "silver")["orders", "freshness"] == (
        "newest 2020-01-01 00:00:00",
        "at most 24 hours old",
        False,
    )
    spark.sql("SELECT now() AS _ingestion_timestamp WHERE false").createOrReplaceTempView("orders_checked")
    assert checks(spark, "silver")["orders", "freshness"] == ("no rows", "at most 24 hours old", False)


def test_freshness_of_a_column_that_is_not_stored_is_read_where_it_is() -> None:
    text = ORDERS.replace("freshness: 24h", "freshness: {within: 2h, column: changed_at}")
    assert "FROM orders;" in gate_sql([contract(text)], "silver").split("'freshness'")[1]
    dropped = text.replace("not_stored: [change_type, event_id]", "not_stored: [change_type, changed_at]")
    assert "FROM orders_checked;" in gate_sql([contract(dropped)], "silver").split("'freshness'")[1]


def test_rules_of_gold_are_counted_in_the_table_itself(spark: SparkSession, log: EventLog) -> None:
    update(log, {})
    spark.sql(
        "SELECT * FROM VALUES (current_date(), 2L, 5.0BD), (current_date(), 0L, -1.0BD), (NULL, NULL, NULL)"
        " AS t(sold_on, orders, revenue)"
    ).createOrReplaceTempView("daily_sales")
    found = checks(spark, "gold")
    assert found["daily_sales", "sold_on_present"] == ("1 rows", "0 rows", False)
    assert found["daily_sales", "orders_in_range"] == ("1 rows", "0 rows", False)
    assert found["daily_sales", "revenue_in_range"] == ("1 rows", "warn only", True)
    assert found["daily_sales", "keys_unique"] == ("1 keys twice", "0 keys twice", False)
    assert found["daily_sales", "rows"] == ("3", "at least 1", True)
    assert found["daily_sales", "freshness"][1:] == ("at most 2 days old", True)


def test_a_project_without_contracts_still_asks_for_a_completed_update(spark: SparkSession, log: EventLog) -> None:
    update(log, {})
    spark.catalog.refreshTable("event_log")
    query = next(one.text for one in split_statements(gate_sql([], "gold")) if not one.text.startswith("USE"))
    rows = spark.sql(with_values(query, {"event_log": "event_log", "job_started_at": LONG_AGO})).collect()
    assert [tuple(row) for row in rows] == [("update", "is_completed", "COMPLETED", "COMPLETED", True)]


def test_monitoring_shows_runs_and_rules_of_all_event_logs(spark: SparkSession, log: EventLog, tmp_path: Path) -> None:
    update(log, {"orders_checked": (90, 10)})
    other = EventLog(tmp_path / "gold.jsonl", "p-2", "shop gold")
    other.create_update(full_refresh=False)
    other.flow_progress("main.gold.daily_sales", "daily_sales", "FAILED", error="boom")
    other.update_progress("FAILED")
    read_events(spark, other.path).createOrReplaceTempView("event_log_gold")
    spark.catalog.refreshTable("event_log")
    logs = ["event_log", "event_log_gold"]
    runs = {row["pipeline_name"]: row for row in spark.sql(pipeline_runs_query(logs)).collect()}
    assert [runs[name]["state"] for name in ("shop ingest", "shop gold")] == ["COMPLETED", "FAILED"]
    assert (runs["shop ingest"]["rows_written"], runs["shop gold"]["failed_datasets"]) == (100, 1)
    assert runs["shop gold"]["ended_at"] >= runs["shop gold"]["started_at"]
    metrics = {row["rule"]: row for row in spark.sql(dq_metrics_query(logs)).collect()}
    valid = metrics["row_is_valid"]
    assert (valid["dataset"], valid["passed_records"], valid["failed_records"]) == ("orders_checked", 90, 10)
    assert float(valid["failed_percent"]) == 10.0
