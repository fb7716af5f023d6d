"""File sources: every row arrives, what does not fit is rescued, steps and all at once give the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from landing import PLACE, Landing

from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.errors import RunError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture
def landing(spark: SparkSession, tmp_path: Path) -> Landing:
    return Landing(spark, tmp_path)


JSON = {"format": "json", "schema": "id STRING, n INT, at TIMESTAMP", "rescuedDataColumn": "_rescued_data"}
CSV = {"format": "csv", "header": "true", "schema": "id STRING, n INT", "rescuedDataColumn": "_rescued_data"}


@pytest.mark.fidelity(
    "A JSON field that no column takes goes to the rescued data column, with the path of its file.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "A JSON value of another type than its column is rescued and the column is NULL.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_json_rescues_unknown_fields_wrong_types_and_broken_lines(landing: Landing) -> None:
    landing.put("a.json", '{"id":"1","n":5}\n{"id":2,"n":"x","color":"red"}\n\n{"id": broken\n')
    assert landing.rows(**JSON) == sorted(
        [
            {"id": "1", "n": 5, "at": None, "_rescued_data": None},
            {"id": "2", "n": None, "at": None, "_rescued_data": {"n": "x", "color": "red"}},
            {"id": None, "n": None, "at": None, "_rescued_data": {"_corrupt_record": '{"id": broken'}},
        ],
        key=str,
    )


def test_json_that_is_not_utf8_keeps_its_row(landing: Landing) -> None:
    landing.put("a.json", b'{"id":"caf\xe9","n":1}\n')
    (row,) = landing.rows(**JSON)
    assert row["n"] == 1
    assert str(row["id"]).startswith("caf")


def test_zero_byte_files_and_an_empty_folder_give_no_rows(landing: Landing) -> None:
    assert landing.rows(**JSON) == []
    landing.put("empty.json", "")
    landing.put("empty.csv", "")
    assert landing.rows(**JSON) == []
    assert landing.rows(**CSV) == []


@pytest.mark.fidelity(
    "CSV files whose headers name their columns in another order are each read by their own header.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "A CSV column that the schema lacks is rescued.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_csv_is_read_by_column_name_in_each_file(landing: Landing) -> None:
    landing.put("1.csv", "id,n\na,1\n")
    landing.put("2.csv", "n,color,id\n2,red,b\n3,,c\n")
    assert landing.rows(**CSV) == sorted(
        [
            {"id": "a", "n": 1, "_rescued_data": None},
            {"id": "b", "n": 2, "_rescued_data": {"color": "red"}},
            {"id": "c", "n": 3, "_rescued_data": None},
        ],
        key=str,
    )


@pytest.mark.fidelity(
    "A CSV row with more values than columns is kept in the rescued data column, one with fewer has NULLs.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.parametrize("other", [None, "n,id\n9,z\n"])
def test_csv_keeps_rows_that_are_too_long_or_too_short(landing: Landing, other: str | None) -> None:
    landing.put("1.csv", 'id,n\na,1,extra\nb\n"q""uote, comma",x\n')
    if other:
        landing.put("2.csv", other)
    rows = [row for row in landing.rows(**CSV, escape='"') if row["id"] != "z"]
    assert rows == sorted(
        [
            {"id": "a", "n": 1, "_rescued_data": {"_corrupt_record": "a,1,extra"}},
            {"id": "b", "n": None, "_rescued_data": None},
            {"id": 'q"uote, comma', "n": None, "_rescued_data": {"n": "x"}},
        ],
        key=str,
    )


@pytest.mark.fidelity(
    "A Parquet column that the schema lacks, or holds in another type, is rescued as text.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_parquet_with_added_and_retyped_columns(landing: Landing, spark: SparkSession) -> None:
    frame = spark.sql("SELECT 'a' AS id, '7' AS n, 1.5D AS weight UNION ALL SELECT 'b', 'x', NULL")
    frame.coalesce(1).write.mode("overwrite").parquet(str(landing.folder))
    options = {"format": "parquet", "schema": "id STRING, n INT, gone STRING", "rescuedDataColumn": "_rescued_data"}
    assert landing.rows(**options) == sorted(
        [
            {"id": "a", "n": 7, "gone": None, "_rescued_data": {"weight": "1.5"}},
            {"id": "b", "n": None, "gone": None, "_rescued_data": {"n": "x"}},
        ],
        key=str,
    )


@pytest.mark.fidelity(
    "Text files give one row a line in the column value.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_text_gives_one_row_a_line_with_its_file(landing: Landing) -> None:
    landing.put("a.txt", "one\ntwo\n")
    rows = landing.frame(format="text").selectExpr("value", f"{METADATA}.file_name AS file").collect()
    assert sorted(map(tuple, rows)) == [("one", "a.txt"), ("two", "a.txt")]


def test_a_missing_folder_is_named(spark: SparkSession, tmp_path: Path) -> None:
    source = read_options(tmp_path / "nowhere", JSON, PLACE, infer_types=True)
    with pytest.raises(RunError, match="nowhere does not exist"):
        read_source(spark, source, False, tmp_path / "schema.json")


@pytest.mark.fidelity(
    "A line that holds a JSON array gives its elements as rows.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "Fields of a struct that its column lacks are rescued below the struct's name.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_arrays_are_rows_and_nested_fields_are_rescued(landing: Landing) -> None:
    landing.put("a.json", '[{"id":1},{"id":2,"at":{"x":1,"y":"z"}}]\n[{"id":3}, broken\n7\n')
    options = {"format": "json", "schema": "id INT, at STRUCT<x: INT>", "rescuedDataColumn": "_rescued_data"}
    assert landing.rows(**options) == sorted(
        [
            {"id": 1, "at": None, "_rescued_data": None},
            {"id": 2, "at": {"x": 1}, "_rescued_data": {"at": '{"y":"z"}'}},
            {"id": None, "at": None, "_rescued_data": {"_corrupt_record": '[{"id":3}, broken'}},
            {"id": None, "at": None, "_rescued_data": {"_corrupt_record": "7"}},
        ],
        key=str,
    )


@pytest.mark.fidelity(
    "A JSON field that differs from its column by case only is rescued; readerCaseSensitive = false takes it.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_case_of_fields_counts_unless_it_is_switched_off(landing: Landing) -> None:
    landing.put("a.json", '{"ID":1,"name":"a"}\n')
    options = {"format": "json", "schema": "id INT, Name STRING", "rescuedDataColumn": "_rescued_data"}
    assert landing.rows(**options) == [{"id": None, "Name": None, "_rescued_data": {"ID": "1", "name": "a"}}]
    insensitive = landing.rows(**options, readerCaseSensitive="false")
    assert insensitive == [{"id": 1, "Name": "a", "_rescued_data": None}]


@pytest.mark.fidelity(
    "With a rescued data column, DROPMALFORMED drops records that cannot be read, not values of a wrong type.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "A column _corrupt_record in the stated schema takes the text of a record that cannot be read.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "FAILFAST stops the read at a record that cannot be read.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_parse_modes(landing: Landing) -> None:
    from pyspark.errors import PySparkException

    landing.put("a.json", '{"id":1}\n{"id":"x"}\n{bad\n')
    stated = {"format": "json", "schema": "id INT", "rescuedDataColumn": "_rescued_data"}
    kept = landing.rows(**stated, mode="DROPMALFORMED")
    assert kept == [{"id": 1, "_rescued_data": None}, {"id": None, "_rescued_data": {"id": "x"}}]
    assert landing.rows(format="json", schema="id INT", mode="DROPMALFORMED") == [{"id": 1}]
    rows = landing.rows(format="json", schema="id INT, _corrupt_record STRING")
    assert {row["_corrupt_record"] for row in rows} == {None, "{bad"}
    with pytest.raises(PySparkException, match="MALFORMED_RECORD_IN_PARSING"):
        landing.rows(**stated, mode="FAILFAST")


@pytest.mark.fidelity(
    "multiLine reads a JSON file as one record or one array of records.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "encoding names the character set of a text file.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_json_over_lines_and_in_other_encodings(landing: Landing) -> None:
    landing.put("a.json", '[\n {"id":\n "é"},\n {"id": "b"}\n]'.encode("latin-1"))
    landing.put("b.json", '{"id":\n "c"}\n')
    rows = landing.rows(format="json", schema="id STRING", multiLine="true", encoding="ISO-8859-1")
    assert [row["id"] for row in rows] == ["b", "c", "é"]


@pytest.mark.fidelity(
    "CSV takes dateFormat and timestampFormat; a value in another form is rescued.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "multiLine lets a quoted CSV value hold a line break.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_csv_formats_and_line_breaks(landing: Landing) -> None:
    landing.put("a.csv", 'day,ok,note\n31/12/2025,TRUE,"one\ntwo"\n2025-12-31,yes,three\n')
    options = {"schema": "day DATE, ok BOOLEAN, note STRING", "dateFormat": "dd/MM/yyyy", "multiLine": "true"}
    rows = landing.rows(format="csv", header="true", rescuedDataColumn="_rescued_data", **options)
    assert [(str(row["day"]), row["ok"], row["note"], row["_rescued_data"]) for row in rows] == [
        ("None", None, "three", {"day": "2025-12-31", "ok": "yes"}),
        ("2025-12-31", True, "one\ntwo", None),
    ]


@pytest.mark.fidelity(
    "singleVariantColumn takes each JSON record whole, as a VARIANT.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_records_as_variants(landing: Landing) -> None:
    landing.put("a.json", '{"id":1,"xs":[1,2]}\n{broken\n')
    landing.put("b.json", "7\n")
    frame = landing.frame(format="json", singleVariantColumn="raw", rescuedDataColumn="_rescued_data")
    rows = frame.selectExpr("to_json(raw) AS raw", "get_json_object(_rescued_data, '$._corrupt_record') AS broken")
    found = sorted(map(tuple, rows.collect()), key=str)
    assert found == [("7", None), ('{"id":1,"xs":[1,2]}', None), (None, "{broken")]
    assert landing.stream(format="json", singleVariantColumn="raw")[0].keys() == {"raw"}
