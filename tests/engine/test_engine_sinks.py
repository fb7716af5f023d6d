"""Sinks: Delta, files, recorded ones and foreach-batch functions; increments, repeated batches, full refreshes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import make_project

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.store import Store
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.graph.project import load_project

ORDERS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders AS
SELECT * FROM STREAM read_files('${landing}/orders', format => 'json', schema => 'id INT, amount INT');
CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.names AS SELECT 1 AS id, 'one' AS name;
"""
SINKS = '''
from delta.tables import DeltaTable
from pyspark import pipelines as dp

landing, bronze = spark.conf.get("landing"), spark.conf.get("bronze")

dp.create_sink("lake", "delta", {"path": f"{landing}/out/lake"})
dp.create_sink("export", format="delta", options={"tableName": "shop.export.orders"})
dp.create_sink("lines", "json", {"path": f"{landing}/out/lines"})
dp.create_sink("topic", "kafka", {"kafka.bootstrap.servers": "broker:9092", "topic": "orders"})

@dp.foreach_batch_sink(name="handled")
def handle(rows, batch_id):
    names = spark.read.table(f"{bronze}.names")
    named = rows.join(names, "id", "left").selectExpr("id", "name", f"{batch_id} AS batch")
    named.write.format("delta").mode("append").saveAsTable("shop.export.handled")
    rows.write.mode("append").csv(f"{landing}/out/csv")

@dp.foreach_batch_sink
def latest(rows, batch_id):
    session = rows.sparkSession
    session.sql("CREATE TABLE IF NOT EXISTS shop.export.latest (id INT, amount INT) USING delta")
    rows.createOrReplaceTempView("updates")
    session.sql("""
        MERGE INTO shop.export.latest USING (SELECT id % 2 AS id, max(amount) AS amount FROM updates GROUP BY 1) AS u
        ON latest.id = u.id
        WHEN MATCHED THEN UPDATE SET amount = latest.amount + u.amount
        WHEN NOT MATCHED THEN INSERT *
    """)
    if batch_id == 0:
        session.sql("INSERT INTO shop.export.latest SELECT id - 1, -1 FROM bronze.names")
        session.sql("UPDATE shop.export.latest SET amount = amount - 100 WHERE amount = -1")
        session.sql("DELETE FROM shop.export.latest WHERE latest.amount = 0 - 101")
    DeltaTable.forName(session, "shop.export.latest").delete("amount < 0")
    assert session.table("shop.export.latest").count() == session.sql("SELECT * FROM shop.export.latest").count()

for sink in ("lake", "export", "lines", "handled", "latest"):
    @dp.append_flow(target=sink, name=f"into_{sink}")
    def orders():
        return spark.readStream.table(f"{bronze}.orders")

@dp.append_flow(target="topic")
def messages():
    orders = spark.readStream.table(f"{bronze}.orders")
    return orders.selectExpr("CAST(id AS STRING) AS key", "to_json(struct(*)) AS value")

@dp.append_flow(target="topic", once=True)
def backfilled():
    return spark.sql("SELECT 'b' AS key, name AS value FROM ${bronze}.names")
'''
FILES = {"sql/bronze/orders.sql": ORDERS, "python/sinks.py": SINKS}


class Outputs:
    """What stands where the sinks write."""

    def __init__(self, project: LocalProject) -> None:
        self.project = project
        self.store = Store.open(project.root / ".medallion")

    def delta(self, path: Path) -> list[tuple[object, ...]]:
        return sorted(tuple(row) for row in self.project.source.spark().read.format("delta").load(str(path)).collect())

    def json(self, folder: Path) -> list[dict[str, object]]:
        lines = [line for file in sorted(folder.iterdir()) for line in file.read_text("utf-8").splitlines()]
        return sorted((json.loads(line) for line in lines), key=str)

    def all(self) -> dict[str, list[object]]:
        out = self.project.root / "landing" / "out"
        return {
            "lake": [*self.delta(out / "lake")],
            "export": [*self.delta(self.store.table("shop.export.orders"))],
            "lines": [row["id"] for row in self.json(out / "lines")],
            "topic": [(row["key"], row["value"]) for row in self.json(self.store.root / "sinks" / "topic")],
            "handled": [*self.delta(self.store.table("shop.export.handled"))],
            "latest": [*self.delta(self.store.table("shop.export.latest"))],
        }


EXPECTED = {
    "lake": [(1, 10), (2, 20), (3, 30)],
    "export": [(1, 10), (2, 20), (3, 30)],
    "lines": [1, 2, 3],
    "latest": [(0, 20), (1, 40)],
    "topic": [
        ("1", '{"id":1,"amount":10}'),
        ("2", '{"id":2,"amount":20}'),
        ("3", '{"id":3,"amount":30}'),
        ("b", "one"),
    ],
}


@pytest.mark.fidelity(
    "create_sink with format delta appends to a path of a volume",
    source="ldp-python-ref-sink",
    verdict="same",
)
@pytest.mark.fidelity(
    "create_sink with format delta and tableName appends to a table outside of the pipeline",
    source="ldp-python-ref-sink",
    verdict="same",
)
@pytest.mark.fidelity(
    "An append flow hands a sink only the rows that arrived since the last update",
    source="ldp-python-ref-append-flow",
    verdict="same",
)
@pytest.mark.fidelity(
    "A ONCE flow into a sink runs once",
    source="ldp-python-ref-append-flow",
    verdict="same",
)
@pytest.mark.fidelity(
    "Rows for Kafka and for custom sinks leave the workspace; here they are recorded as JSON lines",
    source="ldp-python-ref-sink",
    verdict="not shown",
)
@pytest.mark.fidelity(
    "foreach_batch_sink calls its function with each batch and a number that begins at 0",
    source="ldp-python-ref-foreach-batch-sink",
    verdict="same",
)
@pytest.mark.fidelity(
    "A foreach-batch function merges a batch into a table with SQL of the batch's session",
    source="ldp-python-ref-foreach-batch-sink",
    verdict="same",
)
@pytest.mark.fidelity(
    "A batch that was written before a crash is not written to a sink twice",
    source="structured-streaming/delta-lake",
    verdict="same",
)
@pytest.mark.fidelity(
    "A full refresh of a sink keeps what was written and appends the rows again",
    source="ldp/sinks",
    verdict="same",
)
def test_sinks_over_runs(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = LocalProject(tmp_path, session_source, FILES)
    outputs = Outputs(project)
    for day, orders in enumerate([[(1, 10), (2, 20)], [(3, 30)]]):
        project.deliver(f"day{day}", [{"id": key, "amount": amount} for key, amount in orders])
        results = project.results()
        assert not {name: str(one.error) for name, one in results.items() if one.outcome in ("failed", "skipped")}
    assert (results["ingest:lake"].kind, results["ingest:lake"].counts.written) == ("sink", 1)
    handled = [(1, "one", 0), (2, None, 0), (3, None, 1)]
    assert outputs.all() == {**EXPECTED, "handled": handled}
    csv = (tmp_path / "landing/out/csv").glob("*.csv")
    assert sorted(line for file in csv for line in file.read_text("utf-8").split()) == ["1,10", "2,20", "3,30"]

    for commit in (tmp_path / ".medallion/checkpoints").glob("ingest*/into_l*/commits/1"):
        commit.unlink()
    project.run(select=("lake", "lines"), everything=True)
    assert outputs.all() == {**EXPECTED, "handled": handled}

    project.run(select=("export", "topic"), full_refresh=("export", "topic"))
    again = outputs.all()
    assert again["export"] == sorted(EXPECTED["export"] * 2)
    assert again["topic"] == sorted(EXPECTED["topic"] * 2)


def problem(root: Path, python: str) -> MedallionError:
    with pytest.raises(MedallionError) as caught:
        load_project(make_project(root, {"sql/bronze/orders.sql": ORDERS, "python/sinks.py": python}), None)
    return caught.value


@pytest.mark.fidelity(
    "A sink cannot have expectations",
    source="ldp-python-ref-sink",
    verdict="refused",
    code="MED285",
)
def test_a_sink_has_no_expectations(tmp_path: Path) -> None:
    python = """
from pyspark import pipelines as dp

@dp.expect("known", "id IS NOT NULL")
@dp.foreach_batch_sink
def handled(rows, batch_id):
    pass
"""
    error = problem(tmp_path, python)
    assert (error.code, error.place.line if error.place else 0) == ("MED285", 4)


@pytest.mark.fidelity(
    "A flow into a Kafka sink gives a column value",
    source="ldp-python-ref-sink",
    verdict="refused",
    code="MED288",
)
@pytest.mark.fidelity(
    "A sink writes outside of the pipeline, not into one of its datasets",
    source="ldp/concepts/sinks",
    verdict="refused",
    code="MED284",
)
@pytest.mark.fidelity(
    "A Delta sink names a path or a table",
    source="ldp-python-ref-sink",
    verdict="refused",
    code="MED287",
)
@pytest.mark.fidelity(
    "A sink path that no local folder stands for",
    source="ldp-python-ref-sink",
    verdict="refused",
    code="MED406",
)
def test_sinks_that_cannot_be_written_are_refused(tmp_path: Path, session_source: SessionOnDemand) -> None:
    sinks = {
        "without_value": ("kafka", {}, "MED288"),
        "own_dataset": ("delta", {"tableName": "bronze.orders"}, "MED284"),
        "nowhere": ("delta", {}, "MED287"),
        "unmapped": ("json", {"path": "/Volumes/other/schema/volume"}, "MED406"),
    }
    lines = ["from pyspark import pipelines as dp"]
    for name, (kind, options, _) in sinks.items():
        lines += [
            f"dp.create_sink({name!r}, {kind!r}, {options!r})",
            f"@dp.append_flow(target={name!r}, name='into_{name}')",
            "def flow(): return spark.readStream.table('bronze.orders')",
        ]
    project = LocalProject(
        tmp_path, session_source, {"sql/bronze/orders.sql": ORDERS, "python/sinks.py": "\n".join(lines)}
    )
    project.deliver("day", [{"id": 1, "amount": 1}])
    results = project.results()
    found = {name: one.error.code for name, one in results.items() if one.error is not None}
    assert found == {f"ingest:{name}": code for name, (_, _, code) in sinks.items()}
