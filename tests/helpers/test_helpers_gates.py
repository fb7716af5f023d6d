"""Gates judge the newest update of their pipeline since the job began, say what they saw, and stop the job."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from contract_samples import DAILY_SALES, LINES, ORDERS, contract, with_values

from medallion.jobs.gate_checks import contract_checks
from medallion.jobs.gates import RECORDED, gate_sql
from medallion.jobs.monitoring import monitoring_views, pipeline_runs_query
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.expectations import Counts, Outcome
from medallion_toolkit.engine.tables import read_events
from medallion_toolkit.sql.splitting import split_statements

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession

pytestmark = pytest.mark.spark

CONTRACTS = [contract(ORDERS), contract(LINES), contract(DAILY_SALES)]
LONG_AGO = "2020-01-01T00:00:00Z"
VIEWS = ("event_log", "event_log_gold", "orders_checked", "order_lines", "daily_sales", "recorded")
INSERT = "INSERT INTO IDENTIFIER(:gold || '.dq_table_checks') BY NAME"
TABLE = "IDENTIFIER(:gold || '.dq_table_checks')"


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


def recorded(spark: SparkSession, text: str, started: str = LONG_AGO, target: str = "dev") -> list[str]:
    """Ask what the gate asks, once; the view `recorded` has its rows. The two SELECTs that read them."""
    spark.catalog.refreshTable("event_log")
    made, insert, shown, raising = (one.text for one in split_statements(text) if not one.text.startswith("USE"))
    assert made.startswith(f"CREATE TABLE IF NOT EXISTS {TABLE} (judged_at TIMESTAMP, layer STRING,")
    assert insert.startswith(INSERT)
    arguments = {"event_log": "event_log", "job_started_at": started, "target": target, "bronze": "b", "silver": "s"}
    frame = spark.sql(with_values(insert.removeprefix(INSERT), arguments))
    assert [(field.name, field.dataType.simpleString().upper()) for field in frame.schema] == list(RECORDED)
    frame.localCheckpoint().createOrReplaceTempView("recorded")
    return [one.replace(TABLE, "recorded") for one in (shown, raising)]


def judged(spark: SparkSession, text: str, started: str = LONG_AGO, target: str = "dev") -> dict[tuple[str, str], Row]:
    shown, _ = recorded(spark, text, started, target)
    rows = spark.sql(shown).collect()
    assert rows[0].asDict().keys() >= {"dataset", "check_name", "observed", "limit_value", "ok", "severity"}
    return {(row["dataset"], row["check_name"]): row for row in rows}


def checks(spark: SparkSession, layer: str, started: str = LONG_AGO) -> dict[tuple[str, str], tuple[str, str, bool]]:
    found = judged(spark, gate_sql(CONTRACTS, layer), started)
    return {name: (row["observed"], row["limit_value"], row["ok"]) for name, row in found.items()}


def verdict(spark: SparkSession, layer: str) -> str:
    _, raising = recorded(spark, gate_sql(CONTRACTS, layer))
    return str(spark.sql(raising).collect()[0][0])


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
    assert freshness_reads(text) == "orders"
    dropped = text.replace("not_stored: [change_type, event_id]", "not_stored: [change_type, changed_at]")
    assert freshness_reads(dropped) == "orders_checked"


def freshness_reads(text: str) -> str:
    query = next(check.query for check in contract_checks(contract(text), "silver") if check.name == "freshness")
    return str(query).rpartition("FROM ")[2]


def test_rules_of_gold_are_counted_in_the_table_itself(spark: SparkSession, log: EventLog) -> None:
    update(log, {})
    spark.sql(
        "SELECT * FROM VALUES (current_date(), 2L, 5.0BD), (current_date(), 0L, -1.0BD), (NULL, NULL, NULL)"
        " AS t(sold_on, orders, revenue)"
    ).createOrReplaceTempView("daily_sales")
    found = checks(spark, "gold")
    assert found["daily_sales", "sold_on_present"] == ("1 rows", "0 rows", False)
    assert found["daily_sales", "orders_in_range"] == ("1 rows", "0 rows", False)
    assert found["daily_sales", "revenue_in_range"] == ("1 rows", "0 rows", True)
    assert found["daily_sales", "keys_unique"] == ("1 keys twice", "0 keys twice", False)
    assert found["daily_sales", "rows"] == ("3", "at least 1", True)
    assert found["daily_sales", "freshness"][1:] == ("at most 2 days old", True)


def test_a_project_without_contracts_still_asks_for_a_completed_update(spark: SparkSession, log: EventLog) -> None:
    update(log, {})
    rows = judged(spark, gate_sql([], "gold")).values()
    assert [tuple(row)[:7] for row in rows] == [
        ("update", "is_completed", "COMPLETED", "COMPLETED", True, "holds", "critical")
    ]


LIMITED = """
table: silver.orders
from: orders_conformed
columns:
  order_id: {type: string, rules: [not_null: {limit: 10 %, severity: critical}, regex: {pattern: '^O', limit: 5 rows}]}
  amount:   {type: int, rules: [range: {min: 0, on_fail: warn}, mean_bounds: {max: 10, on_fail: warn}]}
rules:
  enough: {row_count: {min: 2}, severity: minor}
  known: {reference: {column: order_id, to: gold.known.order_id}, on_fail: fail}
  off: {row_count: 9, disabled: no data in this target}
limits: {quarantined: 3 rows, failed: 2 %}
"""


def test_rules_and_tables_have_limits_in_rows_and_percent(spark: SparkSession, log: EventLog) -> None:
    log.create_update(full_refresh=False)
    outcomes = (
        Outcome("row_is_valid", "warn", 96, 4),
        Outcome("order_id_present", "warn", 90, 10),
        Outcome("order_id_matches", "warn", 94, 6),
        Outcome("amount_typed", "warn", 100, 0),
        Outcome("amount_in_range", "warn", 100, 0),
    )
    log.flow_progress("`m`.`s`.`orders_checked`", "f", "COMPLETED", Counts(written=100, expectations=outcomes))
    log.update_progress("COMPLETED")
    spark.sql("SELECT '1' AS order_id, 20 AS amount").createOrReplaceTempView("orders")
    spark.sql("SELECT '1' AS order_id").createOrReplaceTempView("known")
    text = gate_sql([contract(LIMITED)], "silver").replace("IDENTIFIER(:gold || '.known')", "known")
    try:
        found = judged(spark, text)
    finally:
        spark.catalog.dropTempView("orders")
        spark.catalog.dropTempView("known")
    shown = {name: (row["observed"], row["limit_value"], row["verdict"]) for (_, name), row in found.items()}
    assert shown == {
        "is_completed": ("COMPLETED", "COMPLETED", "holds"),
        "quarantined": ("4.0 % (4 of 100)", "3 rows", "missed"),
        "failed": ("4.0 % (16 of 400)", "2 %", "missed"),
        "order_id_present": ("10.0 % (10 of 100)", "10 %", "holds"),
        "order_id_matches": ("6.0 % (6 of 100)", "5 rows", "missed"),
        "amount_mean_in_bounds": ("20", "at most 10", "warning"),
        "enough": ("1", "at least 2", "missed"),
        "known": ("0 of 1 rows have no partner", "at most 0", "holds"),
        "off": ("not asked", "no data in this target", "not asked"),
    }
    assert {name for (_, name), row in found.items() if not row["ok"]} == {
        "quarantined", "failed", "order_id_matches", "enough",
    }  # fmt: skip
    assert found["orders", "order_id_present"]["severity"] == "critical"
    assert found["orders", "enough"]["severity"] == "minor"
    rows = {
        row["check_name"]: (row["passed"], row["failed"], row["metric"]) for row in spark.table("recorded").collect()
    }
    assert rows["failed"] == (384, 16, 0.04)
    assert rows["amount_mean_in_bounds"] == (None, None, 20.0)


def test_one_text_asks_each_target_what_holds_there(spark: SparkSession, log: EventLog) -> None:
    update(log, {"lines": (80, 20)})
    lines = "table: silver.lines\nfrom: lines_conformed\ncolumns: {a: {type: string}}\nlimits: {quarantined: 10 %}\n"
    strict, lenient = contract(lines), contract(lines.replace("10 %", "30 %"))
    text = gate_sql([strict], "silver", {"dev": [lenient], "staging": [strict], "prod": [strict]})
    assert text.count(":target IN") == 2
    assert "WHERE :target IN ('staging', 'prod')" in text
    update(log, {"lines_checked": (80, 20)})
    found = {target: judged(spark, text, target=target) for target in ("dev", "prod")}
    assert {target: rows["lines", "quarantined"]["ok"] for target, rows in found.items()} == {
        "dev": True,
        "prod": False,
    }
    assert [len(rows) for rows in found.values()] == [2, 2]
    assert ":target" not in gate_sql([strict], "silver", {"dev": [strict], "prod": [strict]})


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


def scores(spark: SparkSession) -> dict[tuple[str, str | None], tuple[int, float, float | None]]:
    views = monitoring_views([contract(LIMITED), contract(DAILY_SALES)], ["event_log", "event_log_gold"], "recorded")
    spark.sql(views["dq_metrics"]).createOrReplaceTempView("dq_metrics")
    rows = spark.sql(views["dq_scores"]).collect()
    return {
        (row["layer"], row["dataset"]): (
            row["rules"],
            row["score"],
            None if row["failed_percent"] is None else float(row["failed_percent"]),
        )
        for row in rows
    }


def test_metrics_join_what_updates_and_gates_found_and_scores_weigh_it(
    spark: SparkSession, log: EventLog, tmp_path: Path
) -> None:
    log.create_update(full_refresh=False)
    outcomes = (
        Outcome("row_is_valid", "warn", 96, 4),
        Outcome("order_id_present", "warn", 90, 10),
        Outcome("amount_in_range", "warn", 100, 0),
        Outcome("said_in_sql", "warn", 50, 50),
    )
    log.flow_progress("`m`.`s`.`orders_checked`", "f", "COMPLETED", Counts(written=100, expectations=outcomes))
    log.update_progress("COMPLETED")
    gold = EventLog(tmp_path / "gold.jsonl", "p-2", "shop gold")
    gold.create_update(full_refresh=False)
    gold.update_progress("COMPLETED")
    read_events(spark, gold.path).createOrReplaceTempView("event_log_gold")
    spark.sql(
        "SELECT * FROM VALUES (current_date(), 2L, 5.0BD), (current_date(), 0L, 1.0BD) AS t(sold_on, orders, revenue)"
    ).createOrReplaceTempView("daily_sales")
    spark.sql("SELECT '1' AS order_id, 20 AS amount").createOrReplaceTempView("orders")
    spark.sql("SELECT '1' AS order_id").createOrReplaceTempView("known")
    try:
        text = gate_sql([contract(LIMITED)], "silver").replace("IDENTIFIER(:gold || '.known')", "known")
        recorded(spark, text)
        silver = spark.table("recorded")
        recorded(spark, gate_sql([contract(DAILY_SALES)], "gold").replace(":event_log", "'event_log_gold'"))
        later = silver.selectExpr(
            "* EXCEPT (judged_at, observed)",
            "judged_at - INTERVAL 1 MINUTE AS judged_at",
            "'an earlier attempt' AS observed",
        )
        silver.unionByName(later).unionByName(spark.table("recorded")).createOrReplaceTempView("recorded")
        found = scores(spark)
        metrics = {(row["dataset"], row["rule"]): row for row in spark.table("dq_metrics").collect()}
    finally:
        for view in ("orders", "known", "dq_metrics"):
            spark.catalog.dropTempView(view)
    valid = metrics["orders", "row_is_valid"]
    assert (valid["layer"], valid["severity"], valid["passed_records"], valid["rate"]) == ("silver", None, 96, 0.96)
    present = metrics["orders", "order_id_present"]
    assert (present["pipeline_name"], present["dimension"], present["severity"], present["failed_records"]) == (
        "shop ingest", "completeness", "critical", 10,
    )  # fmt: skip
    assert metrics["orders_checked", "said_in_sql"]["layer"] is None
    mean = metrics["orders", "amount_mean_in_bounds"]
    assert (mean["ok"], mean["rate"], mean["metric"], mean["observed"]) == (False, 0.0, 20.0, "20")
    in_range = metrics["daily_sales", "orders_in_range"]
    assert (in_range["pipeline_name"], in_range["rate"], in_range["ok"]) == ("shop gold", 0.5, False)
    assert {rule for _, rule in metrics} & {"quarantined", "failed", "off", "is_completed"} == set()
    # 10 * 0.9 present, 3 * 1 in range, 3 * 0 mean, 1 * 0 enough, 3 * 1 known
    assert found["silver", "orders"] == (5, round(100 * (9 + 3 + 3) / 20, 1), 5.0)
    assert found["silver", None] == (5, 75.0, 5.0)
    assert found["gold", None][1] == found["gold", "daily_sales"][1]
