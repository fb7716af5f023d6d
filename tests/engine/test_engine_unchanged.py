"""What need not run is not run: code, inputs and own rows decide, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.lock import hold_lock
from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.engine.session import SessionOnDemand

PAID = """-- Paid orders.
CREATE OR REFRESH STREAMING TABLE ${silver}.paid
AS SELECT order_id, CAST(amount AS INT) AS amount FROM STREAM(${bronze}.orders);
"""
TOTAL = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.total AS SELECT sum(amount) AS amount FROM ${silver}.paid;\n"
CLOCKED = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.clocked AS SELECT current_timestamp() AS at;\n"
BY_PYTHON = """
from pyspark import pipelines as dp
from pyspark.sql import SparkSession
from prices import FACTOR

@dp.materialized_view(name="shop.silver.doubled")
def doubled():
    spark = SparkSession.getActiveSession()
    return spark.read.table("shop.silver.paid").selectExpr(f"amount * {FACTOR} AS amount")
"""
FILES = {
    "sql/bronze/orders.sql": ORDERS,
    "sql/silver/paid.sql": PAID,
    "sql/gold/total.sql": TOTAL,
    "python/doubled.py": BY_PYTHON,
    "prices.py": "FACTOR = 2\n",
}


def outcomes(project: LocalProject, **options: object) -> dict[str, str]:
    return {name: result.outcome for name, result in project.results(**options).items()}


@pytest.fixture
def project(tmp_path: Path, session_source: SessionOnDemand) -> LocalProject:
    found = LocalProject(tmp_path, session_source, FILES)
    found.deliver("1", [{"order_id": "A", "amount": "5"}, {"order_id": "B", "amount": "7"}])
    assert set(outcomes(found).values()) == {"ok"}
    return found


def test_each_change_runs_what_it_touches_and_nothing_else(project: LocalProject) -> None:
    nothing = dict.fromkeys(("bronze.orders", "silver.paid", "silver.doubled", "gold.total"), "unchanged")
    assert outcomes(project) == nothing

    project.write(
        {"sql/silver/paid.sql": "-- Another comment.\n" + PAID.replace("AS SELECT order_id", "AS\nSELECT  order_id")}
    )
    assert outcomes(project) == nothing

    project.write({"sql/gold/total.sql": TOTAL.replace("sum(amount)", "2 * sum(amount)")})
    assert outcomes(project) == {**nothing, "gold.total": "ok"}
    assert project.rows("gold.total") == [(24,)]

    project.write({"prices.py": "FACTOR = 3\n"})
    assert outcomes(project) == {**nothing, "silver.doubled": "ok"}
    assert project.rows("silver.doubled") == [(15,), (21,)]

    project.deliver("2", [{"order_id": "C", "amount": "1"}])
    assert set(outcomes(project).values()) == {"ok"}
    assert project.rows("gold.total") == [(26,)]
    assert outcomes(project, everything=True) == dict.fromkeys(nothing, "ok")


def test_a_table_that_somebody_else_changed_is_made_again(project: LocalProject) -> None:
    run = project.open()
    run.store.drop("shop.gold.total")
    assert outcomes(project)["gold.total"] == "ok"
    spark = project.source.spark()
    spark.sql(f"DELETE FROM delta.`{run.store.table('shop.gold.total')}`")
    assert outcomes(project)["gold.total"] == "ok"
    assert project.rows("gold.total") == [(12,)]


def test_a_view_that_asks_the_clock_always_runs(project: LocalProject) -> None:
    project.write({"sql/gold/clocked.sql": CLOCKED})
    outcomes(project)
    assert outcomes(project)["gold.clocked"] == "ok"


def test_after_a_failure_the_dataset_runs_again_until_it_is_good(project: LocalProject) -> None:
    project.write({"sql/gold/total.sql": TOTAL.replace("sum(amount)", "sum(amount) / (count(*) - 2)")})
    assert outcomes(project)["gold.total"] == "failed"
    assert outcomes(project)["gold.total"] == "failed"
    project.write({"sql/gold/total.sql": TOTAL})
    assert outcomes(project)["gold.total"] == "unchanged"
    assert project.rows("gold.total") == [(12,)]


def test_no_session_starts_while_nothing_has_changed(project: LocalProject, tmp_path: Path) -> None:
    from local_project import Heard

    class NoSession:
        def spark(self) -> object:
            raise AssertionError("a session was asked for")

    run = LocalRun.open(project.root, None, NoSession())
    result = run_project(run, RunOptions(), Heard())
    assert result.ok
    assert result.is_unchanged


def test_counts_of_a_killed_update_are_written_down_by_the_next(project: LocalProject) -> None:
    """Rows and counts are in one commit; here the event log and the book lose what followed it."""
    run = project.open()
    log, book = run.store.events("ingest"), run.store.book("shop.bronze.orders")
    lines, kept = log.read_text(encoding="utf-8"), book.read_text(encoding="utf-8")
    project.deliver("2", [{"order_id": "C", "amount": "1"}])
    project.run()
    after = [line for line in log.read_text(encoding="utf-8").splitlines() if line not in lines]
    lost = [line for line in after if '"bronze.orders"' not in line and "update_progress" not in line]
    log.write_text(lines + lost[0] + "\n" + '{"id": "half an ev', encoding="utf-8")
    book.write_text(kept, encoding="utf-8")
    (run.store.root / "lock.json").write_text("{}", encoding="utf-8")
    with hold_lock(run.store.root):
        project.run()
    spark = project.source.spark()
    events = spark.read.json(str(log)).where("event_type = 'flow_progress'")
    metric = "get_json_object(details, '$.flow_progress.metrics.num_output_rows')"
    written = events.where("origin.dataset_name = 'shop.bronze.orders'").selectExpr(f"sum({metric}) AS n").first()
    assert written is not None
    assert written["n"] == 3
    states = spark.read.json(str(log)).where("details LIKE '%CANCELED%'").count()
    assert states == 1
