"""Reads of tables: options, changed rows upstream, change feeds, past versions, old and new names."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from local_project import LocalProject
from small_project import DATABRICKS

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.table_reads import check_readable, table_options
from medallion_toolkit.engine.update import DatasetResult
from medallion_toolkit.errors import PipelineError, Place, UnsupportedError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import Dataset, DatasetKind, Flow, FlowKind

HERE = Place("a.sql", 1, 1)
ORDERS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')
AS SELECT * FROM STREAM read_files('${landing}/orders', format => 'json', schema => 'id INT, amount INT');
"""
READERS = """
CREATE OR REFRESH STREAMING TABLE ${silver}.appended AS SELECT * FROM STREAM(${bronze}.orders);
CREATE OR REFRESH STREAMING TABLE ${silver}.tolerant AS SELECT * FROM STREAM ${bronze}.orders WITH (SKIPCHANGECOMMITS);
CREATE OR REFRESH STREAMING TABLE ${silver}.by_function
AS SELECT * FROM read_stream("${bronze}.orders", skipChangeCommits => true);
CREATE OR REFRESH STREAMING TABLE ${silver}.changed_stream
AS SELECT id, amount, _change_type, _commit_version
FROM STREAM(${bronze}.orders) WITH ('readChangeFeed' = 'true', STARTINGVERSION = 0);
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.changed
AS SELECT id, amount, _change_type FROM table_changes('${bronze}.orders', 2);
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.as_of AS SELECT * FROM ${bronze}.orders VERSION AS OF 1;
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.large
AS SELECT count(*) AS orders FROM IDENTIFIER(:layer || '.orders') WHERE amount >= :least;
CREATE OR REFRESH STREAMING TABLE ${silver}.streamed_function AS SELECT * FROM STREAM table_changes('orders', 0);
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.old_names AS SELECT count(*) AS orders FROM LIVE.tolerant;
"""
PYTHON = """
import dlt
from pyspark import pipelines as dp

bronze = spark.conf.get("bronze")

@dp.table
def python_tolerant():
    return spark.readStream.option("skipChangeCommits", "true").table(f"{bronze}.orders")

@dp.table
def later():
    return spark.readStream.option("startingVersion", 3).option("maxFilesPerTrigger", 1).table(f"{bronze}.orders")

@dp.materialized_view
def python_changed():
    feed = spark.read.option("readChangeFeed", "true").option("startingVersion", 2).table("${bronze}.orders".replace(
        "${bronze}", bronze))
    return feed.select("id", "_change_type")

@dlt.table
def old_batch():
    return dlt.read("tolerant")

@dlt.table
def old_stream():
    return dlt.read_stream("tolerant")

@dp.materialized_view
def from_text():
    return spark.sql("SELECT count(*) AS orders FROM ${bronze}.orders")
"""
WITH_PARAMETERS = DATABRICKS.replace(
    "      configuration:\n        bronze:",
    "      parameters: {layer: bronze, least: 20}\n      configuration:\n        bronze:",
    1,
)


def rows(*pairs: tuple[int, int]) -> list[dict[str, object]]:
    return [{"id": key, "amount": amount} for key, amount in pairs]


@dataclass(frozen=True)
class Readers:
    """The project after its second run, and the results of that run."""

    project: LocalProject
    results: dict[str, DatasetResult]

    def rows(self, name: str) -> list[tuple[object, ...]]:
        result = self.results[f"silver.{name}"]
        assert result.error is None, result.error
        return self.project.rows(name)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> Readers:
    """Two deliveries; between them a job deletes one order: versions 1 and 3 append, version 2 deletes."""
    files = {"sql/bronze/orders.sql": ORDERS, "sql/silver/readers.sql": READERS, "python/readers.py": PYTHON}
    root = tmp_path_factory.mktemp("reads")
    project = LocalProject(root, session_source, {**files, "databricks.yml": WITH_PARAMETERS})
    project.deliver("day1", rows((1, 10), (2, 20)))
    project.run(select=("bronze.orders", "appended", "tolerant", "python_tolerant", "by_function"))
    table = Store.open(project.root / ".medallion").table("shop.bronze.orders")
    session_source.spark().sql(f"DELETE FROM delta.`{table}` WHERE id = 1")
    project.deliver("day2", rows((3, 30)))
    return Readers(project, project.results())


@pytest.mark.fidelity(
    "A stream stops at a commit that changes or deletes rows of its source",
    source="ldp-sql-ref-create-flow",
    verdict="same",
)
@pytest.mark.fidelity(
    "Adding SKIPCHANGECOMMITS to a stopped stream lets it go on behind the change, without a full refresh",
    source="ldp/cdc-advanced",
    verdict="same",
)
def test_a_deleted_row_upstream_stops_a_stream_until_it_skips_changes(readers: Readers) -> None:
    error = readers.results["silver.appended"].error
    assert error is not None
    assert (error.code, error.place.path if error.place else "") == ("MED415", "sql/silver/readers.sql")
    assert "SKIPCHANGECOMMITS" in (error.help or "")
    project = readers.project
    assert project.rows("appended") == [(1, 10), (2, 20)]
    cured = READERS.replace("STREAM(${bronze}.orders);", "STREAM(${bronze}.orders) WITH (SKIPCHANGECOMMITS = TRUE);")
    project.write({"sql/silver/readers.sql": cured})
    assert project.results(select=("appended",))["silver.appended"].counts.written == 1
    assert project.rows("appended") == [(1, 10), (2, 20), (3, 30)]


@pytest.mark.fidelity(
    "STREAM t WITH (SKIPCHANGECOMMITS) passes over commits that change or delete rows",
    source="platform.md §2.1 stream reads",
    verdict="same",
)
@pytest.mark.fidelity(
    "read_stream('t', skipChangeCommits => true) is the function form of the same read",
    source="platform.md §2.1 stream reads",
    verdict="same",
)
@pytest.mark.fidelity(
    "spark.readStream.option('skipChangeCommits', 'true') passes over commits that change or delete rows",
    source="ldp/cdc-advanced",
    verdict="same",
)
@pytest.mark.parametrize("name", ["tolerant", "by_function", "python_tolerant"])
def test_skipping_changes_keeps_what_was_read(readers: Readers, name: str) -> None:
    assert readers.rows(name) == [(1, 10), (2, 20), (3, 30)]


@pytest.mark.fidelity(
    "startingVersion begins a new stream at that version of its source",
    source="structured-streaming/delta-lake",
    verdict="same",
)
@pytest.mark.fidelity(
    "maxFilesPerTrigger bounds a micro-batch and not the update: all available files are read",
    source="structured-streaming/batch-size",
    verdict="same",
)
def test_a_stream_may_start_at_a_version(readers: Readers) -> None:
    assert readers.rows("later") == [(3, 30)]


@pytest.mark.fidelity(
    "A streaming table with delta.enableChangeDataFeed gives its change feed as a stream",
    source="delta/delta-change-data-feed",
    verdict="same",
)
@pytest.mark.fidelity(
    "table_changes('t', first) gives inserts, updates and deletes since a version as a batch",
    source="sql/language-manual/functions/table_changes",
    verdict="same",
)
@pytest.mark.fidelity(
    "spark.read.option('readChangeFeed', 'true') gives the change feed from startingVersion on",
    source="delta/delta-change-data-feed",
    verdict="same",
)
def test_change_feeds(readers: Readers) -> None:
    changes = [(1, 10, "insert", 1), (2, 20, "insert", 1), (1, 10, "delete", 2), (3, 30, "insert", 3)]
    assert readers.rows("changed_stream") == sorted(changes, key=str)
    assert readers.rows("changed") == [(1, 10, "delete"), (3, 30, "insert")]
    assert readers.rows("python_changed") == [(1, "delete"), (3, "insert")]


@pytest.mark.fidelity(
    "table_changes is a function of batch queries; STREAM before it is not documented",
    source="sql/language-manual/functions/table_changes",
    verdict="refused",
    code="MED402",
)
def test_a_stream_of_table_changes_is_refused(readers: Readers) -> None:
    error = readers.results["silver.streamed_function"].error
    assert error is not None
    assert (error.code, error.place.line if error.place else 0) == ("MED402", 14)


@pytest.mark.fidelity(
    "VERSION AS OF reads a past version of a streaming table",
    source="platform.md §2.2 limitations",
    verdict="same",
)
def test_a_streaming_table_has_past_versions(readers: Readers) -> None:
    assert readers.rows("as_of") == [(1, 10), (2, 20)]


@pytest.mark.fidelity(
    "Pipeline parameters stand in SQL as :name, their values are strings",
    source="ldp/parameters",
    verdict="same",
)
@pytest.mark.fidelity(
    "IDENTIFIER(:parameter || '.table') names a table in pipeline SQL, and lineage knows it",
    source="ldp/parameters",
    verdict="same",
)
def test_parameters_name_tables_and_values(readers: Readers) -> None:
    assert readers.rows("large") == [(2,)]
    graph = readers.project.open().project.graph
    assert [read.name for read in graph.nodes["shop.silver.large"].reads or ()] == ["shop.bronze.orders"]


@pytest.mark.fidelity(
    "LIVE.name reads a dataset of the pipeline",
    source="platform.md §11 names",
    verdict="same",
)
@pytest.mark.fidelity(
    "dlt.read and dlt.read_stream read a dataset of the pipeline, as a batch and as a stream",
    source="platform.md §11 names",
    verdict="same",
)
@pytest.mark.fidelity(
    "spark.conf.get and ${name} in spark.sql give values of the pipeline's configuration",
    source="platform.md §5",
    verdict="same",
)
def test_old_names_and_configuration(readers: Readers) -> None:
    assert (readers.rows("old_names"), readers.rows("from_text")) == ([(3,)], [(2,)])
    assert readers.rows("old_batch") == readers.rows("old_stream") == [(1, 10), (2, 20), (3, 30)]


def node(kind: DatasetKind, flow_kind: FlowKind) -> Node:
    return Node(Dataset("shop.silver.t", kind, "p", HERE), (Flow("t", "shop.silver.t", flow_kind, HERE),), ())


@pytest.mark.fidelity(
    "A materialized view has no past versions: VERSION AS OF and TIMESTAMP AS OF are errors",
    source="platform.md §2.2 limitations",
    verdict="refused",
    code="MED281",
)
@pytest.mark.parametrize("written", ["version as of", "timestamp as of"])
def test_a_materialized_view_has_no_past_versions(written: str) -> None:
    options = table_options("batch", {written: "'2026-01-01'"}, HERE)
    with pytest.raises(PipelineError) as caught:
        check_readable(node("materialized_view", "complete"), "silver.t", options, HERE)
    assert caught.value.code == "MED281"


@pytest.mark.fidelity(
    "The change feed of a materialized view depends on which rows a refresh rewrites",
    source="delta/delta-change-data-feed",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "The change feed of an AUTO CDC target holds the target's own merges",
    source="ldp/cdc-advanced",
    verdict="refused",
    code="MED402",
)
@pytest.mark.parametrize(
    ("kind", "flow"),
    [("materialized_view", "complete"), ("streaming_table", "auto_cdc"), ("streaming_table", "replace_where")],
)
def test_change_feeds_that_would_differ_are_refused(kind: DatasetKind, flow: FlowKind) -> None:
    with pytest.raises(UnsupportedError) as caught:
        check_readable(node(kind, flow), "silver.t", table_options("stream", {"readChangeData": "TRUE"}, HERE), HERE)
    assert caught.value.code == "MED402"


def test_options_do_not_reach_through_a_view() -> None:
    with pytest.raises(UnsupportedError, match="skipChangeCommits does not reach through the view"):
        check_readable(node("temporary_view", "complete"), "v", {"skipChangeCommits": "true"}, HERE)


@pytest.mark.fidelity(
    "Options of stream reads are known in any spelling: WITH (…), OPTION(…), Python",
    source="structured-streaming/delta-lake",
    verdict="same",
)
def test_options_are_known_in_any_spelling() -> None:
    written = {
        "SKIPCHANGECOMMITS": "",
        "IgnoreDeletes": "TRUE",
        "startingTimestamp": "'2026-01-01'",
        "ignoreChanges": "1",
    }
    assert table_options("stream", {**written, "withEventTimeOrder": "true", "maxBytesPerTrigger": "10m"}, HERE) == {
        "skipChangeCommits": "true",
        "ignoreDeletes": "true",
        "startingTimestamp": "2026-01-01",
        "ignoreChanges": "1",
        "withEventTimeOrder": "true",
        "maxBytesPerTrigger": "10m",
    }
    assert table_options("batch", {"version": "v4"}, HERE) == {"versionAsOf": "4"}


@pytest.mark.fidelity(
    "Stream options that need the workspace's own bookkeeping (schemaTrackingLocation and others)",
    source="structured-streaming/delta-lake",
    verdict="refused",
    code="MED402",
)
def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnsupportedError) as caught:
        table_options("stream", {"skipChangeCommit": "true"}, HERE)
    assert (caught.value.code, caught.value.help) == ("MED402", "did you mean skipChangeCommits?")
    with pytest.raises(UnsupportedError, match="schemaTrackingLocation is not supported locally"):
        table_options("stream", {"schemaTrackingLocation": "/x"}, HERE)
    with pytest.raises(PipelineError) as other:
        table_options("stream", {"version as of": "1"}, HERE)
    assert other.value.code == "MED280"
    with pytest.raises(UnsupportedError, match="TIMESTAMP AS OF with an expression"):
        table_options("batch", {"timestamp as of": "current_timestamp()"}, HERE)
