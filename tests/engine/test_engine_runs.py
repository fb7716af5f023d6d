"""A run as a user meets it: increments, expectations, failures, restarts, full refreshes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import EnvironmentProblem, MedallionError, UsageError

PAID = """CREATE OR REFRESH STREAMING TABLE ${silver}.paid (
    CONSTRAINT amount_known EXPECT (amount IS NOT NULL),
    CONSTRAINT amount_is_number EXPECT (try_cast(amount AS DOUBLE) > 0) ON VIOLATION DROP ROW
) AS SELECT order_id, amount FROM STREAM(${bronze}.orders);
"""
TOTALS = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals
AS SELECT count(*) AS orders, sum(try_cast(amount AS DECIMAL(12, 2))) AS amount FROM ${silver}.paid;
"""
FILES = {"sql/bronze/orders.sql": ORDERS, "sql/silver/paid.sql": PAID, "sql/gold/totals.sql": TOTALS}


@pytest.fixture
def shop(tmp_path: Path, session_source: SessionOnDemand) -> LocalProject:
    return LocalProject(tmp_path, session_source, FILES)


def orders(*numbers: int, amount: str | None = "5") -> list[dict[str, object]]:
    return [{"order_id": f"O-{number}", "amount": amount} for number in numbers]


@pytest.mark.fidelity(
    "A triggered update of a streaming table reads only what is new; a materialized view has all rows",
    source="ldp/concepts/flows",
    verdict="same",
)
def test_the_second_run_processes_only_new_rows(shop: LocalProject) -> None:
    shop.deliver("day1", orders(1, 2))
    first = shop.results()
    assert {name: one.counts.written for name, one in first.items()} == {
        "bronze.orders": 2,
        "silver.paid": 2,
        "gold.totals": 1,
    }
    shop.deliver("day2", orders(3))
    second = shop.results()
    assert (second["bronze.orders"].counts.rows_in, second["silver.paid"].counts.rows_in) == (1, 1)
    assert [str(row) for row in shop.rows("gold.totals")] == ["(3, Decimal('15.00'))"]
    third = shop.results()
    assert third["bronze.orders"].counts.rows_in == 0
    assert shop.rows("silver.paid", "order_id") == [("O-1",), ("O-2",), ("O-3",)]


@pytest.mark.fidelity(
    "An expectation without an action keeps every row and counts those that break it",
    source="ldp/expectations",
    verdict="same",
)
@pytest.mark.fidelity(
    "ON VIOLATION DROP ROW leaves the row out and counts it as dropped",
    source="ldp/expectations",
    verdict="same",
)
@pytest.mark.fidelity(
    "Counts of expectations stand in the event log under details:flow_progress.data_quality",
    source="ldp/monitor-event-logs",
    verdict="same",
)
def test_expectations_are_counted_in_the_same_pass_and_null_is_a_violation(shop: LocalProject) -> None:
    shop.deliver("day1", [*orders(1, 2), *orders(3, amount=None), *orders(4, amount="no"), *orders(5, amount="-1")])
    counts = shop.results()["silver.paid"].counts
    assert (counts.rows_in, counts.written, counts.dropped) == (5, 2, 3)
    assert [(rule.name, rule.passed, rule.failed) for rule in counts.expectations] == [
        ("amount_known", 4, 1),
        ("amount_is_number", 2, 3),
    ]
    events = [json.loads(line) for line in (shop.root / ".medallion/events/ingest.jsonl").read_text().splitlines()]
    done = [
        json.loads(event["details"])["flow_progress"]
        for event in events
        if event["event_type"] == "flow_progress" and event["origin"]["dataset_name"] == "shop.silver.paid"
    ]
    quality = done[-1]["data_quality"]
    assert (done[-1]["status"], quality["dropped_records"]) == ("COMPLETED", 3)
    assert quality["expectations"][0] == {
        "name": "amount_known",
        "dataset": "shop.silver.paid",
        "passed_records": 4,
        "failed_records": 1,
    }


@pytest.mark.fidelity(
    "FAIL UPDATE stops its flow and what reads it; the table keeps its rows and other flows finish",
    source="platform.md §2.6",
    verdict="same",
)
def test_a_failing_expectation_keeps_old_rows_and_skips_only_descendants(shop: LocalProject) -> None:
    other = "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.order_ids AS SELECT order_id FROM ${bronze}.orders;"
    shop.write(
        {
            "sql/silver/order_ids.sql": other,
            "sql/silver/paid.sql": PAID.replace("ON VIOLATION DROP ROW", "ON VIOLATION FAIL UPDATE"),
        }
    )
    shop.deliver("day1", orders(1))
    shop.run()
    shop.deliver("day2", [*orders(2), *orders(3, amount="-7")])
    result = shop.run()
    found = {one.key: one for one in result.updates[0].datasets}
    failed = found["shop.silver.paid"]
    assert (failed.outcome, failed.error.code if failed.error else "") == ("failed", "MED410")
    assert "amount_is_number" in str(failed.error)
    assert found["shop.silver.order_ids"].outcome == "ok"
    assert result.stopped == {"marts": "pipeline ingest failed"}
    assert shop.rows("silver.paid", "order_id") == [("O-1",)]
    shop.write({"sql/silver/paid.sql": PAID})
    assert shop.results()["silver.paid"].counts.written == 1
    assert shop.rows("silver.paid", "order_id") == [("O-1",), ("O-2",)]


def test_a_failing_materialized_view_keeps_its_old_rows(shop: LocalProject) -> None:
    shop.deliver("day1", orders(1))
    shop.run()
    shop.write({"sql/gold/totals.sql": TOTALS.replace("try_cast", "cast")})
    shop.deliver("day2", orders(2, amount="5 "))
    shop.write({"sql/silver/paid.sql": PAID, "sql/gold/totals.sql": TOTALS.replace("count(*)", "1 / (count(*) - 2)")})
    result = shop.results()
    assert result["gold.totals"].outcome == "failed"
    assert "DIVIDE_BY_ZERO" in str(result["gold.totals"].error)
    assert [row[0] for row in shop.rows("gold.totals")] == [1]


def test_a_first_write_that_fails_leaves_no_table_behind(shop: LocalProject) -> None:
    shop.write({"sql/silver/paid.sql": PAID.replace("order_id, amount FROM", "order_id, cast(amount AS INT) FROM")})
    shop.deliver("day1", [*orders(1, amount="much"), *orders(2)])
    assert shop.results()["silver.paid"].outcome == "failed"
    shop.write({"sql/silver/paid.sql": PAID})
    assert shop.results()["silver.paid"].outcome == "ok"
    assert shop.rows("silver.paid", "order_id") == [("O-2",)]


def test_a_batch_that_was_committed_before_a_crash_is_not_written_twice(shop: LocalProject) -> None:
    shop.deliver("day1", orders(1, 2))
    shop.run()
    for commits in (shop.root / ".medallion/checkpoints").rglob("commits"):
        for file in commits.iterdir():
            file.unlink()
    shop.run()
    assert shop.rows("bronze.orders", "order_id") == [("O-1",), ("O-2",)]
    assert shop.rows("silver.paid", "order_id") == [("O-1",), ("O-2",)]


def test_a_file_with_an_old_date_is_read_when_it_arrives_late(shop: LocalProject) -> None:
    shop.deliver("day2", orders(2))
    shop.run()
    shop.deliver("day1", orders(1))
    os.utime(shop.root / "landing/orders/day1.json", (0, 0))
    assert shop.results(select=("bronze.orders",))["bronze.orders"].counts.written == 1


def test_a_lost_table_is_made_again_from_the_start(shop: LocalProject) -> None:
    shop.deliver("day1", orders(1, 2))
    shop.run()
    shutil.rmtree(shop.root / ".medallion/tables/shop/silver/paid")
    assert shop.results()["silver.paid"].counts.written == 2


def test_full_refresh_makes_a_table_anew_unless_it_is_protected(shop: LocalProject) -> None:
    protected = ORDERS.replace("AS SELECT", "TBLPROPERTIES ('pipelines.reset.allowed' = 'false')\nAS SELECT")
    shop.write({"sql/bronze/orders.sql": protected})
    shop.deliver("day1", orders(1, 2))
    shop.run()
    refreshed = shop.results(full_refresh=("silver.paid",))
    assert (refreshed["bronze.orders"].counts.rows_in, refreshed["silver.paid"].counts.rows_in) == (0, 2)
    assert len(shop.rows("silver.paid")) == 2
    with pytest.raises(UsageError, match="does not allow a full refresh"):
        shop.run(full_refresh=("bronze.orders",))
    assert shop.run(full_refresh=("*",)).kept == ("bronze.orders",)


def test_several_flows_feed_one_table(shop: LocalProject) -> None:
    more = """CREATE OR REFRESH STREAMING TABLE ${silver}.events;
CREATE FLOW from_orders AS INSERT INTO ${silver}.events BY NAME SELECT order_id AS id FROM STREAM(${bronze}.orders);
CREATE FLOW from_paid AS INSERT INTO ${silver}.events BY NAME SELECT amount AS id FROM STREAM(${silver}.paid);
"""
    shop.write({"sql/silver/events.sql": more})
    shop.deliver("day1", orders(1, 2))
    shop.run()
    shop.deliver("day2", orders(3))
    shop.run()
    assert [row[0] for row in shop.rows("silver.events", "id")] == ["5", "5", "5", "O-1", "O-2", "O-3"]


def test_selection_runs_what_it_names(shop: LocalProject) -> None:
    shop.deliver("day1", orders(1))
    assert set(shop.results(select=("+silver.paid",))) == {"bronze.orders", "silver.paid"}
    assert set(shop.results(select=("silver.paid+",))) == {"silver.paid", "gold.totals"}
    with pytest.raises(UsageError, match=r"no dataset silver\.payd") as caught:
        shop.run(select=("silver.payd",))
    assert caught.value.help == "did you mean silver.paid?"


def test_python_datasets_with_unknown_reads_wait_for_their_inputs(shop: LocalProject) -> None:
    python = """from pyspark import pipelines as dp
from pyspark.sql import functions as F

@dp.materialized_view(name="by_amount")
def by_amount():
    rows = spark.read.table("paid").groupBy("amount").agg(F.count("*").alias("orders"))
    return rows.where(F.col("orders") > F.lit(0))
"""
    shop.write({"python/by_amount.py": python})
    shop.deliver("day1", orders(1, 2))
    results = shop.results()
    assert results["silver.by_amount"].outcome == "ok", results["silver.by_amount"].error
    assert shop.rows("silver.by_amount") == [("5", 2)]


@pytest.mark.fidelity(
    "An expectation that names a column the query does not give fails before rows are written",
    source="ldp/expectations",
    verdict="refused",
    code="MED223",
)
def test_an_expectation_on_a_missing_column_names_the_place(shop: LocalProject) -> None:
    shop.write({"sql/silver/paid.sql": PAID.replace("(amount IS NOT NULL)", "(amont IS NOT NULL)")})
    shop.deliver("day1", orders(1))
    error = shop.results()["silver.paid"].error
    assert isinstance(error, MedallionError)
    assert error.place is not None
    assert (error.code, error.place.path, error.place.line) == ("MED223", "sql/silver/paid.sql", 2)
    assert "amont" in error.message
    assert error.help == "did you mean amount?"


def test_a_corrupt_parquet_file_is_named(shop: LocalProject) -> None:
    shop.write(
        {
            "landing/items/broken.parquet": "PAR1 not really",
            "sql/bronze/items.sql": "CREATE OR REFRESH STREAMING TABLE ${bronze}.items AS SELECT * FROM STREAM "
            "read_files('${landing}/items', format => 'parquet', schema => 'item_id STRING');\n",
        }
    )
    result = shop.results(select=("bronze.items",))["bronze.items"]
    assert result.outcome == "failed"
    assert "broken.parquet" in str(result.error)


def test_state_of_another_layout_or_folder_is_refused(shop: LocalProject) -> None:
    shop.open()
    (shop.root / ".medallion/format").write_text("layout 99 of elsewhere\n", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="another version"):
        shop.open()


@pytest.mark.fidelity(
    "A column list has exactly the columns of the query, by name",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED224",
)
@pytest.mark.fidelity(
    "A column list has the types of the query's columns",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED225",
)
@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ("order_id STRING NOT NULL, amount STRING", ""),
        ("order_id STRING, amount DOUBLE", "MED225"),
        ("order_id STRING, amont STRING", "MED224"),
        ("order_id STRING", "MED224"),
        ("order_id STRING, amount STRING, twice DOUBLE GENERATED ALWAYS AS (amount * 2)", ""),
        ("order_id STRING, amount STRING NOT NULL", "MED414"),
    ],
)
def test_a_declared_column_list_has_to_fit_the_query(shop: LocalProject, columns: str, code: str) -> None:
    text = f"CREATE OR REFRESH STREAMING TABLE ${{silver}}.paid ({columns})\nAS SELECT order_id, amount "
    shop.write({"sql/silver/paid.sql": text + "FROM STREAM(${bronze}.orders);\n"})
    shop.deliver("day1", [*orders(1), *orders(2, amount=None)])
    error = shop.results(select=("+silver.paid",))["silver.paid"].error
    assert (error.code if error else "") == code
