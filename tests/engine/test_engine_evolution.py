"""Schemas that are inferred, hinted and grown: what each evolution mode does with a new column or a wider type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from landing import PLACE, Landing
from local_project import LocalProject

from medallion_toolkit.engine.notes import collecting
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import PipelineError, RunError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture
def landing(spark: SparkSession, tmp_path: Path) -> Landing:
    return Landing(spark, tmp_path)


@pytest.mark.fidelity(
    "addNewColumns is the default of an inferred schema: a new column, also inside a struct, is added to the table.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "The stop with UNKNOWN_FIELD_EXCEPTION at a new column and the restart are one run, told by a note.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "addNewColumns does not change the type of a column; values that do not fit are rescued.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_new_columns_are_added_and_told(landing: Landing) -> None:
    landing.put("1.json", '{"id":1,"at":{"x":1}}\n')
    with collecting() as notes:
        landing.stream(format="json")
    assert notes == []
    landing.put("2.json", '{"id":"k","at":{"x":2,"y":3},"color":"red"}\n')
    with collecting() as notes:
        rows = landing.stream(format="json")
    assert rows == sorted(
        [
            {"id": 1, "at": {"x": 1, "y": None}, "color": None, "_rescued_data": None},
            {"id": None, "at": {"x": 2, "y": 3}, "color": "red", "_rescued_data": {"id": "k"}},
        ],
        key=str,
    )
    (note,) = notes
    assert "new columns at.y, color" in note
    assert "UNKNOWN_FIELD_EXCEPTION" in note
    with collecting() as notes:
        landing.frame(is_stream=True, format="json")
    assert notes == []


@pytest.mark.fidelity(
    "Mode rescue keeps the schema and puts new columns into the rescued data column.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "Mode none keeps the schema; without a rescued data column new columns are ignored.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.parametrize(("mode", "rescued"), [("rescue", {"color": "red"}), ("none", None)])
def test_modes_that_keep_the_schema(landing: Landing, mode: str, rescued: dict[str, str] | None) -> None:
    options = {"format": "json", "schemaEvolutionMode": mode}
    if rescued is None:
        options["rescuedDataColumn"] = ""
    landing.put("1.json", '{"id":1}\n')
    landing.frame(is_stream=True, **options)
    landing.put("2.json", '{"id":2,"color":"red"}\n')
    assert landing.stream(**options)[-1].get("_rescued_data") == rescued
    assert "color" not in landing.frame(is_stream=True, **options).columns


@pytest.mark.fidelity(
    "failOnNewColumns stops the stream at a new column until the schema names it.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="refused",
    code="MED417",
)
def test_fail_on_new_columns(landing: Landing) -> None:
    options = {"format": "json", "schemaEvolutionMode": "failOnNewColumns"}
    landing.put("1.json", '{"id":1}\n')
    landing.frame(is_stream=True, **options)
    landing.put("2.json", '{"id":2,"color":"red"}\n')
    for stated in ({}, {"schema": "id BIGINT"}):
        with pytest.raises(RunError, match="does not have: color") as caught:
            landing.frame(is_stream=True, **options, **stated)
        assert caught.value.code == "MED417"
    assert len(landing.stream(**options, schemaHints="color STRING")) == 2


@pytest.mark.fidelity(
    "addNewColumns is refused where the schema is stated.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="refused",
    code="MED274",
)
@pytest.mark.fidelity(
    "An empty folder without a stated schema is refused (CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE).",
    source="error-messages/error-classes",
    verdict="refused",
    code="MED404",
)
def test_schemas_that_cannot_be(landing: Landing) -> None:
    with pytest.raises(PipelineError) as stated:
        landing.source(format="json", schema="id INT", schemaEvolutionMode="addNewColumns")
    assert stated.value.code == "MED274"
    landing.put("empty.json", "")
    with pytest.raises(RunError, match="no schema can be inferred") as empty:
        landing.frame(format="json")
    assert (empty.value.code, empty.value.place) == ("MED404", PLACE)
    assert empty.value.help is not None
    assert "CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE" in empty.value.help


@pytest.mark.fidelity(
    "schemaHints overrule inferred types, also of struct fields, array elements and maps, and add columns.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "Without inferColumnTypes, JSON columns are inferred as text, nested ones too.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_hints_and_text_inference(landing: Landing) -> None:
    landing.put("1.json", '{"id":7,"u":{"born":"2020-01-31","n":1},"xs":[1],"m":{"a":1}}\n')
    hints = "id INT, u.born DATE, xs.element INT, m MAP<STRING, INT>, price DECIMAL(9, 2)"
    frame = landing.frame(format="json", schemaHints=hints)
    assert dict(frame.dtypes[:-2]) == {
        "id": "int",
        "m": "map<string,int>",
        "u": "struct<born:date,n:bigint>",
        "xs": "array<int>",
        "price": "decimal(9,2)",
    }
    (row,) = landing.rows(format="json", schemaHints=hints)
    assert (row["id"], row["m"], row["xs"]) == (7, {"a": 1}, [1])
    text = landing.frame(format="json", inferColumnTypes="false")
    assert dict(text.dtypes)["u"] == "struct<born:string,n:string>"
    with pytest.raises(PipelineError) as caught:
        landing.frame(format="json", schemaHints="u.born")
    assert caught.value.code == "MED274"


@pytest.mark.fidelity(
    "addNewColumnsWithTypeWidening widens INT to BIGINT, FLOAT to DOUBLE, DECIMAL to a wider DECIMAL.",
    source="ingestion/cloud-object-storage/auto-loader/type-widening",
    verdict="same",
)
@pytest.mark.fidelity(
    "A type that is no widening of the column's is rescued under addNewColumnsWithTypeWidening.",
    source="ingestion/cloud-object-storage/auto-loader/type-widening",
    verdict="same",
)
def test_types_are_widened(landing: Landing) -> None:
    landing.write("1", "SELECT 1 AS id, CAST(1.5 AS FLOAT) AS x, CAST(1.5 AS DECIMAL(4, 1)) AS d, 'a' AS s", "parquet")
    options = {"format": "parquet", "schemaEvolutionMode": "addNewColumnsWithTypeWidening"}
    landing.frame(is_stream=True, **options)
    landing.write("2", "SELECT 3000000000 AS id, 2.5D AS x, 12345.25 AS d, 'b' AS s", "parquet")
    with collecting() as notes:
        frame = landing.frame(is_stream=True, **options)
    assert dict(frame.dtypes[:4]) == {"id": "bigint", "x": "double", "d": "decimal(7,2)", "s": "string"}
    assert "wider types id int → bigint, x float → double, d decimal(4,1) → decimal(7,2)" in notes[0]
    rows = landing.rows(format="parquet")
    assert [(row["id"], row["x"], str(row["d"])) for row in rows] == [(1, 1.5, "1.50"), (3000000000, 2.5, "12345.25")]


def test_text_that_is_no_wider_type_is_rescued(landing: Landing) -> None:
    options = {"format": "json", "schemaEvolutionMode": "addNewColumnsWithTypeWidening"}
    landing.put("1.json", '{"id":1}\n')
    landing.frame(is_stream=True, **options)
    landing.put("2.json", '{"id":"x"}\n')
    frame = landing.frame(is_stream=True, **options)
    assert dict(frame.dtypes)["id"] == "bigint"


@pytest.mark.fidelity(
    "CSV files are inferred by name over all their headers; types that do not meet become text.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "CSV files have a header where the schema is inferred, unless header = false.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_csv_inference(landing: Landing) -> None:
    landing.put("1.csv", "a,b\n1,true\n")
    landing.put("2.csv", "b,a,c\nx,2.5,z\n")
    frame = landing.frame(format="csv")
    assert dict(frame.dtypes[:-2]) == {"a": "double", "b": "string", "c": "string"}
    assert [(row["a"], row["b"], row["c"]) for row in landing.rows(format="csv")] == [
        (1.0, "true", None),
        (2.5, "x", "z"),
    ]
    assert landing.frame(format="csv", header="false").columns[:3] == ["_c0", "_c1", "_c2"]


INFERRED = """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
TBLPROPERTIES ('delta.enableTypeWidening' = 'true')
AS WITH files AS (
  SELECT *, _metadata.file_name AS file
  FROM STREAM read_files('${landing}/orders', format => 'parquet',
                         schemaEvolutionMode => 'addNewColumnsWithTypeWidening')
)
SELECT * FROM files
"""
PYTHON = """from pyspark import pipelines as dp


@dp.table(name="events")
def events():
    reader = spark.readStream.format("cloudFiles").option("cloudFiles.format", "json")
    return reader.load(spark.conf.get("landing") + "/events").select("*", "_metadata.file_name")
"""


@pytest.mark.fidelity(
    "A table with delta.enableTypeWidening takes the wider type that addNewColumnsWithTypeWidening brings.",
    source="ingestion/cloud-object-storage/auto-loader/type-widening",
    verdict="same",
)
@pytest.mark.fidelity(
    "A full refresh forgets the inferred schema of a source.",
    source="ldp/updates",
    verdict="same",
)
@pytest.mark.fidelity(
    "_metadata of a source that Python reads is there when it is selected and no part of *.",
    source="ingestion/file-metadata-column",
    verdict="same",
)
def test_runs_tell_what_new_files_changed(tmp_path: Path, session_source: SessionOnDemand) -> None:
    spark = session_source.spark()
    files = {"sql/bronze/orders.sql": INFERRED, "python/events.py": PYTHON}
    project = LocalProject(tmp_path, session_source, files)
    spark.sql("SELECT 1 AS id").write.parquet(str(project.root / "landing/orders/1"))
    project.deliver("1", [{"a": 1}], "events")
    assert [one.notes for one in project.results().values()] == [(), ()]
    assert project.rows("silver.events", "a", "file_name") == [("1", "1.json")]

    spark.sql("SELECT 3000000000 AS id, 'red' AS color").write.parquet(str(project.root / "landing/orders/2"))
    project.deliver("2", [{"b": 2}], "events")
    results = project.results()
    assert {key: len(one.notes) for key, one in results.items() if one.error is None} == {
        "bronze.orders": 1,
        "silver.events": 1,
    }
    assert project.rows("bronze.orders", "id", "color") == [(1, None), (3_000_000_000, "red")]
    assert {name for name in read_rows(project.open(), "bronze.orders", 1).columns if "meta" in name} == set()
    log = project.open().store.events("ingest").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in log if "UNKNOWN_FIELD_EXCEPTION" in line]
    assert {(event["level"], event["event_type"]) for event in told} == {("WARN", "flow_progress")}

    (project.root / "landing/events/1.json").unlink()
    project.run(full_refresh=("silver.events",), select=("silver.events",))
    assert read_rows(project.open(), "silver.events", 10).columns == ("b", "_rescued_data", "file_name")
