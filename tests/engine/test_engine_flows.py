"""Flows: several into one table, backfills beside streams, inline flows, managed tables, REPLACE WHERE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import DATABRICKS, make_project

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.spark_settings import use_settings
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.table_properties import honoured_properties
from medallion_toolkit.engine.update import DatasetResult
from medallion_toolkit.errors import MedallionError, Place, UnsupportedError
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.model import Dataset

WEB = """CREATE OR REFRESH STREAMING TABLE ${bronze}.web AS
SELECT * FROM STREAM read_files('${landing}/web', format => 'json', schema => 'id INT, amount INT');
CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.archive AS
SELECT * FROM read_files('${landing}/archive', format => 'json', schema => 'id INT, amount INT');
CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.clock
AS SELECT hour(TIMESTAMP'2026-01-01T00:00:00Z') AS hour, CAST('x' AS INT) AS number;
CREATE OR REFRESH STREAMING TABLE ${bronze}.sales AS
SELECT * FROM STREAM read_files('${landing}/sales', format => 'json', schema => 'day DATE, amount INT');
"""
FLOWS = """CREATE OR REFRESH STREAMING TABLE ${silver}.orders;
CREATE FLOW web COMMENT 'the shop' AS INSERT INTO ${silver}.orders BY NAME
SELECT id, amount, 'web' AS channel FROM STREAM(${bronze}.web);
CREATE FLOW large AS INSERT INTO ${silver}.orders BY NAME
SELECT 'large' AS channel, amount, id, 'why' AS note FROM STREAM(${bronze}.web) WHERE amount >= 100;
CREATE FLOW archived AS INSERT INTO ONCE ${silver}.orders BY NAME
SELECT 'archive' AS channel, amount, id FROM ${bronze}.archive;
CREATE FLOW archived_again AS INSERT ONCE INTO ${silver}.orders BY NAME
SELECT id, amount, 'again' AS channel FROM ${bronze}.archive;

CREATE OR REFRESH STREAMING TABLE ${silver}.inline_stream (
    CONSTRAINT not_small EXPECT (amount > 5) ON VIOLATION DROP ROW
) FLOW INSERT BY NAME SELECT id, amount FROM STREAM(${bronze}.web);
CREATE OR REFRESH STREAMING TABLE ${silver}.inline_once FLOW INSERT ONCE BY NAME SELECT id FROM ${bronze}.archive;
CREATE OR REFRESH STREAMING TABLE ${silver}.streamed_once FLOW INSERT ONCE BY NAME SELECT id FROM STREAM(${bronze}.web);
CREATE OR REFRESH STREAMING TABLE ${silver}.streamed_slice
FLOW REPLACE WHERE amount > 0 BY NAME SELECT * FROM STREAM(${bronze}.sales);
CREATE OR REFRESH STREAMING TABLE ${silver}.spaced TBLPROPERTIES ('delta.columnMapping.mode' = 'name')
AS SELECT id AS `order id` FROM STREAM(${bronze}.web);
CREATE TABLE ${silver}.managed (amount INT, id INT) FLOW INSERT BY NAME SELECT id, amount FROM STREAM(${bronze}.web);
"""
REPLACED = """CREATE OR REFRESH STREAMING TABLE ${silver}.daily
FLOW REPLACE WHERE day >= DATE'2026-03-01' BY NAME SELECT day, sum(amount) AS amount FROM ${bronze}.sales GROUP BY day;
CREATE OR REFRESH STREAMING TABLE ${silver}.weekly;
CREATE FLOW weekly AS INSERT INTO ${silver}.weekly BY NAME REPLACE WHERE day >= date_add(current_date(), -7)
SELECT * FROM ${bronze}.sales;
"""
PYTHON = """
from pyspark import pipelines as dp
from pyspark.sql import functions as F

@dp.table(replace_where=F.col("day") >= F.lit("2026-03-02"))
def from_python():
    return spark.read.table("bronze.sales")

@dp.materialized_view(spark_conf={"spark.sql.shuffle.partitions": "8", "spark.sql.caseSensitive": "true"})
def own_setting():
    return spark.range(1)
"""
CONFIGURED = DATABRICKS.replace(
    "      configuration:\n        bronze:",
    "      configuration:\n        spark.sql.session.timeZone: Asia/Tokyo\n        spark.sql.ansi.enabled: false\n"
    "        bronze:",
    1,
)


def sale(day: str | None, amount: int) -> dict[str, object]:
    return {"day": day, "amount": amount}


@dataclass(frozen=True)
class Runs:
    """A project after two runs; in the second the slice of `daily` begins a day later and has a column more."""

    project: LocalProject
    first: Mapping[str, DatasetResult]
    second: Mapping[str, DatasetResult]
    daily: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> Iterator[Runs]:
    files = {"sql/bronze/web.sql": WEB, "sql/silver/flows.sql": FLOWS, "sql/silver/replaced.sql": REPLACED}
    more = {"python/replaced.py": PYTHON, "databricks.yml": CONFIGURED}
    project = LocalProject(tmp_path_factory.mktemp("flows"), session_source, {**files, **more})
    project.deliver("day1", [{"id": 1, "amount": 10}, {"id": 2, "amount": 200}], "web")
    project.deliver("old", [{"id": 9, "amount": 90}], "archive")
    early = [sale("2026-02-28", 1), sale("2026-03-01", 2), sale("2026-03-02", 4), sale("2099-01-01", 8), sale(None, 16)]
    project.deliver("day1", early, "sales")
    first = project.results()
    daily = project.rows("daily")
    project.deliver("day2", [{"id": 3, "amount": 3}], "web")
    project.deliver("older", [{"id": 8, "amount": 80}], "archive")
    project.deliver("day2", [sale("2026-03-01", 32), sale("2026-03-02", 64)], "sales")
    append_only = "${bronze}.sales TBLPROPERTIES ('delta.appendOnly' = 'true') AS"
    project.write({"sql/bronze/web.sql": WEB.replace("${bronze}.sales AS", append_only)})
    later = REPLACED.replace("DATE'2026-03-01'", "DATE'2026-03-02'")
    project.write({"sql/silver/replaced.sql": later.replace("AS amount FROM", "AS amount, count(*) AS sales FROM")})
    second = project.results()
    for results in (first, second):
        failed = {name for name, one in results.items() if one.outcome in ("failed", "skipped")}
        assert failed == {"silver.own_setting", "silver.streamed_once", "silver.streamed_slice"}
    yield Runs(project, first, second, daily)
    use_settings(session_source.spark(), {})


@pytest.mark.fidelity(
    "Several append flows write into one streaming table, each with its own progress",
    source="ldp/flows",
    verdict="same",
)
@pytest.mark.fidelity(
    "BY NAME matches columns by name whatever their order; a column a flow does not give is NULL",
    source="ldp-sql-ref-create-flow",
    verdict="same",
)
@pytest.mark.fidelity(
    "A ONCE flow beside a streaming flow runs once and not again in later updates",
    source="ldp-sql-ref-create-flow",
    verdict="same",
)
@pytest.mark.fidelity(
    "INSERT INTO ONCE and INSERT ONCE INTO both define a backfill",
    source="ldp-sql-ref-create-flow",
    verdict="same",
)
def test_flows_share_a_table(runs: Runs) -> None:
    backfilled = [(9, 90, "archive", None), (9, 90, "again", None)]
    streamed = [(1, 10, "web", None), (2, 200, "web", None), (3, 3, "web", None), (2, 200, "large", "why")]
    assert runs.project.rows("orders", "id", "amount", "channel", "note") == sorted([*backfilled, *streamed], key=str)
    assert (runs.first["silver.orders"].counts.written, runs.second["silver.orders"].counts.written) == (5, 1)


@pytest.mark.fidelity(
    "A full refresh runs ONCE flows again, over their inputs as they are then",
    source="ldp-sql-ref-create-flow",
    verdict="same",
)
def test_a_full_refresh_runs_backfills_again(runs: Runs) -> None:
    runs.project.run(select=("orders",), full_refresh=("orders",))
    channels = [row[0] for row in runs.project.rows("orders", "channel")]
    assert channels == ["again"] * 2 + ["archive"] * 2 + ["large"] + ["web"] * 3


@pytest.mark.fidelity(
    "FLOW INSERT BY NAME inside CREATE STREAMING TABLE is the table's own query",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "FLOW INSERT ONCE BY NAME fills a streaming table once from a batch query",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "CREATE TABLE … FLOW INSERT fills a managed table from a stream",
    source="platform.md §2.4",
    verdict="same",
)
def test_inline_flows(runs: Runs) -> None:
    assert runs.project.rows("inline_stream") == [(1, 10), (2, 200)]
    assert runs.second["silver.inline_stream"].counts.dropped == 1
    assert runs.project.rows("inline_once") == [(9,)]
    assert runs.project.rows("managed", "id", "amount") == [(1, 10), (2, 200), (3, 3)]


@pytest.mark.fidelity(
    "REPLACE WHERE replaces the rows its predicate holds for and leaves all others untouched",
    source="ldp/flows-replace-where",
    verdict="same",
)
@pytest.mark.fidelity(
    "The predicate of REPLACE WHERE applies to the source query by itself",
    source="ldp/flows-replace-where",
    verdict="same",
)
@pytest.mark.fidelity(
    "The query of a REPLACE WHERE flow may change and gain columns without recomputing the history",
    source="ldp/flows-replace-where",
    verdict="same",
)
def test_replace_where_recomputes_a_slice(runs: Runs) -> None:
    first = [(str(day), amount) for day, amount in runs.daily]
    assert first == [("2026-03-01", 2), ("2026-03-02", 4), ("2099-01-01", 8)]
    second = [(str(day), amount, sales) for day, amount, sales in runs.project.rows("daily", "day", "amount", "sales")]
    assert second == [("2026-03-01", 2, None), ("2026-03-02", 68, 2), ("2099-01-01", 8, 1)]


@pytest.mark.fidelity(
    "INSERT INTO t BY NAME REPLACE WHERE … is the long form of the flow; its predicate may follow the clock",
    source="ldp/flows-replace-where",
    verdict="same",
)
@pytest.mark.fidelity(
    "@dp.table(replace_where=…) defines the same flow in Python",
    source="ldp/flows-replace-where",
    verdict="same",
)
def test_replace_where_in_its_other_forms(runs: Runs) -> None:
    assert [amount for _, amount in runs.project.rows("weekly")] == [8]
    assert sorted(amount for _, amount in runs.project.rows("from_python")) == [4, 8, 64]


@pytest.mark.fidelity(
    "Spark SQL settings under configuration: are in force for the pipeline's queries",
    source="ldp/properties",
    verdict="same",
)
def test_the_pipelines_spark_settings_are_in_force(runs: Runs) -> None:
    assert runs.project.rows("clock") == [(9, None)]


@pytest.mark.fidelity(
    "A Spark SQL setting of one flow that may change its rows (spark_conf)",
    source="ldp-python-ref-append-flow",
    verdict="refused",
    code="MED402",
)
def test_a_setting_of_one_flow_that_may_change_rows_is_refused(runs: Runs) -> None:
    error = runs.first["silver.own_setting"].error
    assert error is not None
    assert (error.code, error.found) == ("MED402", "spark.sql.caseSensitive = true")


def problem(root: Path, sql: str, python: str = "") -> MedallionError:
    """The one error of a project with this SQL or Python."""
    source = "CREATE OR REFRESH STREAMING TABLE raw AS SELECT * FROM STREAM read_files('${landing}/x');\n"
    files = {"sql/silver/flows.sql": source + sql, **({"python/flows.py": python} if python else {})}
    with pytest.raises(MedallionError) as caught:
        load_project(make_project(root, files), None, None, lambda _: True)
    return caught.value


FLOW = "CREATE FLOW f AS INSERT INTO t BY NAME SELECT * FROM STREAM(raw);"
TARGET = "CREATE OR REFRESH STREAMING TABLE t;\n"


@pytest.mark.fidelity(
    "Flow names are unique in a pipeline",
    source="ldp-sql-ref-create-flow",
    verdict="refused",
    code="MED282",
)
@pytest.mark.fidelity(
    "An append flow cannot feed a materialized view",
    source="ldp-python-ref-append-flow",
    verdict="refused",
    code="MED284",
)
@pytest.mark.fidelity(
    "A table that AUTO CDC maintains takes no append flows",
    source="ldp/flows",
    verdict="refused",
    code="MED284",
)
@pytest.mark.fidelity(
    "A managed table of CREATE TABLE … FLOW takes no AUTO CDC",
    source="platform.md §2.4",
    verdict="refused",
    code="MED284",
)
@pytest.mark.fidelity(
    "CREATE FLOW … AS INSERT INTO needs BY NAME",
    source="ldp-sql-ref-create-flow",
    verdict="refused",
    code="MED286",
)
@pytest.mark.fidelity(
    "SET of a Spark SQL setting that may change rows holds for the rest of its file",
    source="platform.md §12",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "FLOW REPLACE USING (Beta): which of several rows of one sequence stays is not documented",
    source="platform.md §2.1",
    verdict="refused",
    code="MED402",
)
@pytest.mark.parametrize(
    ("sql", "code", "line"),
    [
        (f"{TARGET}{FLOW}\n{FLOW.replace('FLOW f', 'FLOW F')}", "MED282", 4),
        (f"CREATE OR REFRESH MATERIALIZED VIEW t AS SELECT 1 AS x;\n{FLOW}", "MED284", 3),
        (f"{TARGET}CREATE FLOW c AS AUTO CDC INTO t FROM STREAM(raw) KEYS (id) SEQUENCE BY ts;\n{FLOW}", "MED284", 4),
        ("CREATE TABLE t FLOW AUTO CDC FROM STREAM(raw) KEYS (id) SEQUENCE BY ts;", "MED284", 2),
        (f"{TARGET}{FLOW.replace('BY NAME ', '')}", "MED286", 3),
        ("SET spark.sql.shuffle.partitions = 4;\nSET spark.sql.ansi.enabled = false;", "MED402", 3),
        ("CREATE STREAMING TABLE t FLOW REPLACE USING (id) SEQUENCE BY ts BY NAME SELECT * FROM raw;", "MED402", 2),
    ],
)
def test_flows_that_the_workspace_refuses(tmp_path: Path, sql: str, code: str, line: int) -> None:
    error = problem(tmp_path, sql)
    assert (error.code, error.place.line if error.place else 0) == (code, line)


@pytest.mark.fidelity(
    "Expectations stand on the target, not on an append flow",
    source="ldp-python-ref-append-flow",
    verdict="refused",
    code="MED285",
)
def test_a_flow_has_no_expectations_of_its_own(tmp_path: Path) -> None:
    python = """
from pyspark import pipelines as dp

dp.create_streaming_table("t")

@dp.append_flow(target="t")
@dp.expect("known", "id IS NOT NULL")
def f():
    return spark.readStream.table("raw")
"""
    error = problem(tmp_path, "", python)
    assert (error.code, "create_streaming_table" in (error.help or "")) == ("MED285", True)


@pytest.mark.fidelity(
    "A ONCE flow reads its inputs as batch, not as a stream",
    source="ldp-python-ref-append-flow",
    verdict="refused",
    code="MED283",
)
@pytest.mark.fidelity(
    "A REPLACE WHERE flow reads its inputs as batch",
    source="ldp/flows-replace-where",
    verdict="refused",
    code="MED283",
)
def test_batch_flows_refuse_streams(runs: Runs) -> None:
    errors = [runs.first[name].error for name in ("silver.streamed_once", "silver.streamed_slice")]
    assert [error.code if error else "" for error in errors] == ["MED283", "MED283"]


@pytest.mark.fidelity(
    "delta.columnMapping.mode = name lets a table have column names with blanks",
    source="ldp/properties",
    verdict="same",
)
@pytest.mark.fidelity(
    "A table property that is added later takes effect with the next update: delta.appendOnly forbids changing rows",
    source="ldp/properties",
    verdict="same",
)
def test_properties_have_their_effect(runs: Runs, session_source: SessionOnDemand) -> None:
    from pyspark.errors import PySparkException

    assert runs.project.rows("spaced", "order id") == [(1,), (2,), (3,)]
    table = Store.open(runs.project.root / ".medallion").table("shop.bronze.sales")
    with pytest.raises(PySparkException, match="DELTA_CANNOT_MODIFY_APPEND_ONLY"):
        session_source.spark().sql(f"DELETE FROM delta.`{table}` WHERE amount > 0")


@pytest.mark.fidelity(
    "Layout and maintenance properties (retention, statistics, optimize, row tracking) decide no rows",
    source="ldp/properties",
    verdict="not shown",
)
@pytest.mark.fidelity(
    "An unknown delta. or pipelines. table property",
    source="ldp/properties",
    verdict="refused",
    code="MED402",
)
def test_properties_are_honoured_or_refused_by_name() -> None:
    def table(**properties: str) -> Dataset:
        named = {name.replace("__", "."): value for name, value in properties.items()}
        return Dataset("shop.silver.t", "streaming_table", "p", Place("a.sql", 3), properties=named)

    passed = table(quality="silver", pipelines__reset__allowed="false", delta__enableRowTracking="true")
    assert honoured_properties(passed) == {}
    assert honoured_properties(table(delta__enablechangedatafeed="true")) == {"delta.enableChangeDataFeed": "true"}
    with pytest.raises(UnsupportedError) as caught:
        honoured_properties(table(delta__enableChangeDataFed="true"))
    assert (caught.value.code, caught.value.help) == ("MED402", "did you mean delta.enableChangeDataFeed?")
