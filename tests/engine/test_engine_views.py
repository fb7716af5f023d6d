"""Views in a run: expectations enforced where they are read and counted once, column lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.report.as_json import run_as_json
from medallion_toolkit.report.console import summary

JUDGED = """CREATE TEMPORARY VIEW judged (
    CONSTRAINT amount_known EXPECT (amount > 0),
    CONSTRAINT id_given EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW
) AS SELECT order_id, try_cast(amount AS INT) AS amount FROM STREAM(${bronze}.orders);
"""
READERS = """CREATE OR REFRESH STREAMING TABLE ${silver}.first_reader AS SELECT order_id FROM STREAM(judged);
CREATE OR REFRESH STREAMING TABLE ${silver}.second_reader AS SELECT amount FROM STREAM(judged);
CREATE TEMPORARY VIEW unread (CONSTRAINT never EXPECT (1 = 0)) AS SELECT 1 AS one;
"""
BATCH = """from pyspark import pipelines as dp

@dp.temporary_view
@dp.expect_all_or_drop({"id_given": "order_id IS NOT NULL", "id_short": "length(order_id) < 5"})
@dp.expect("amount_small", "amount < 100")
def kept_orders():
    return spark.read.table("silver.amounts")

@dp.temporary_view
@dp.expect_or_fail("amount_positive", "amount > 0")
def strict_orders():
    return spark.read.table("silver.amounts")

@dp.materialized_view(name="silver.kept")
def kept():
    return spark.read.table("kept_orders")

@dp.materialized_view(name="silver.strict")
def strict():
    return spark.read.table("strict_orders").where("amount > 5")
"""
AMOUNTS = """CREATE TEMPORARY VIEW numbered (order_id COMMENT 'the key', amount)
AS SELECT o.order_id AS key, try_cast(o.amount AS INT) AS value FROM ${bronze}.orders AS o;
CREATE OR REFRESH PRIVATE MATERIALIZED VIEW ${silver}.amounts AS SELECT order_id, amount FROM numbered;
CREATE VIEW ${silver}.seen (id, paid) COMMENT 'two columns' AS SELECT order_id, amount FROM ${silver}.amounts;
"""


def orders(*amounts: str | None) -> list[dict[str, object]]:
    return [{"order_id": f"O-{number}", "amount": amount} for number, amount in enumerate(amounts, start=1)]


@pytest.mark.fidelity(
    "A temporary view may carry expectations; rows that drop ones reject reach no reader",
    source="ldp-sql-ref-create-temporary-view",
    verdict="same",
)
@pytest.mark.fidelity(
    "Expectations of a view are counted with its rows; locally once for all its readers",
    source="local-spark.md §4",
    verdict="same",
)
@pytest.mark.fidelity(
    "A view that nothing reads is not evaluated", source="ldp/developer/ldp-python-ref-view", verdict="same"
)
@pytest.mark.fidelity(
    "A row whose condition is NULL violates the expectation, and the run says how many were NULL",
    source="platform.md §2.6",
    verdict="same",
)
def test_expectations_of_a_streaming_view_count_once_for_all_its_readers(
    tmp_path: Path, session_source: SessionOnDemand
) -> None:
    files = {"sql/bronze/orders.sql": ORDERS, "sql/silver/judged.sql": JUDGED, "sql/silver/readers.sql": READERS}
    shop = LocalProject(tmp_path, session_source, files)
    shop.deliver("day1", [*orders("5", "-1", None, "no"), {"order_id": None, "amount": "7"}])
    first = shop.results()
    counts = first["ingest:judged"].counts
    assert (counts.rows_in, counts.written, counts.dropped) == (5, 4, 1)
    assert [(rule.name, rule.passed, rule.failed, rule.unknown) for rule in counts.expectations] == [
        ("amount_known", 2, 3, 2),
        ("id_given", 4, 1, 0),
    ]
    assert [first[name].counts.rows_in for name in ("silver.first_reader", "silver.second_reader")] == [4, 4]
    assert [rule.failed for rule in first["ingest:unread"].counts.expectations] == []
    shop.deliver("day2", orders("9", None))
    assert shop.results(select=("bronze.orders",)).keys() == {"bronze.orders"}
    result = shop.run(select=("silver.first_reader",))
    second = {one.key: one for one in result.updates[0].datasets}
    assert (second["ingest:judged"].counts.rows_in, second["shop.silver.first_reader"].counts.rows_in) == (2, 2)
    assert "judged                   amount_known: 1 row failed, 1 of them NULL" in summary(
        shop.open().project, result, "report.html"
    )
    third = shop.results()
    assert (third["ingest:judged"].outcome, third["silver.second_reader"].counts.rows_in) == ("unchanged", 2)
    assert shop.results(full_refresh=("*",))["ingest:judged"].counts.rows_in == 7
    assert run_as_json(shop.open().project, result)["datasets"][0]["expectations"][0]["unknown"] == 1
    events = [json.loads(line) for line in (shop.root / ".medallion/events/ingest.jsonl").read_text().splitlines()]
    told = [event for event in events if event["origin"]["dataset_name"] == "judged"]
    quality = json.loads(told[1]["details"])["flow_progress"]["data_quality"]
    assert [(one["dataset"], one["failed_records"]) for one in quality["expectations"]] == [
        ("judged", 3),
        ("judged", 1),
    ]


@pytest.mark.fidelity(
    "A stream behind a view's fail expectation goes on where it stopped, once the rows or the rule allow it",
    source="platform.md §2.6",
    verdict="same",
)
def test_a_fail_expectation_of_a_streaming_view_holds_its_readers_back(
    tmp_path: Path, session_source: SessionOnDemand
) -> None:
    strict = JUDGED.replace("(amount > 0)", "(amount > 0) ON VIOLATION FAIL UPDATE")
    readers = READERS[: READERS.index("CREATE OR REFRESH STREAMING TABLE ${silver}.second")]
    files = {"sql/bronze/orders.sql": ORDERS, "sql/silver/judged.sql": strict, "sql/silver/readers.sql": readers}
    shop = LocalProject(tmp_path, session_source, files)
    shop.deliver("day1", orders("5", "-1"))
    for _ in range(2):
        found = shop.results()
        error = found["ingest:judged"].error
        assert (error.code, error.found) == ("MED410", "1 of 2 rows of the view") if error else False
        assert found["silver.first_reader"].outcome == "skipped"
    shop.write({"sql/silver/judged.sql": JUDGED})
    found = shop.results()
    assert [found[name].counts.rows_in for name in ("ingest:judged", "silver.first_reader")] == [2, 2]


@pytest.mark.fidelity(
    "expect_all_or_drop and expect_or_fail stand on temporary views of Python",
    source="ldp/developer/ldp-python-ref-expectations",
    verdict="same",
)
@pytest.mark.fidelity(
    "A fail expectation of a view stops what reads the view and nothing else",
    source="ldp/expectations",
    verdict="same",
)
@pytest.mark.fidelity(
    "The column list of a view names the columns of its query in order",
    source="ldp-sql-ref-create-view",
    verdict="same",
)
def test_views_of_batch_queries(tmp_path: Path, session_source: SessionOnDemand) -> None:
    files = {"sql/bronze/orders.sql": ORDERS, "sql/silver/amounts.sql": AMOUNTS, "python/views.py": BATCH}
    shop = LocalProject(tmp_path, session_source, files)
    shop.deliver("day1", [*orders("5", "-1", "200"), {"order_id": "O-1234", "amount": "9"}])
    found = shop.results()
    assert [(rule.name, rule.failed) for rule in found["ingest:kept_orders"].counts.expectations] == [
        ("id_given", 0),
        ("id_short", 1),
        ("amount_small", 1),
    ]
    assert shop.rows("silver.kept") == [("O-1", 5), ("O-2", -1), ("O-3", 200)]
    failed = found["ingest:strict_orders"]
    assert (failed.outcome, failed.error.code if failed.error else "") == ("failed", "MED410")
    assert (found["silver.strict"].outcome, found["silver.strict"].skipped_for) == ("skipped", "ingest:strict_orders")
    assert shop.rows("kept_orders") == shop.rows("silver.kept")
    assert shop.rows("silver.seen", "id", "paid") == shop.rows("numbered", "order_id", "amount")
    shop.write({"sql/silver/amounts.sql": AMOUNTS.replace("(id, paid)", "(id)")})
    with pytest.raises(Exception, match="MED224"):
        shop.rows("silver.seen")
