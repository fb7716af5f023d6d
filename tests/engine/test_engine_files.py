"""File sources: every row arrives, what does not fit is rescued, steps and all at once give the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.errors import Place, RunError, UnsupportedError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PLACE = Place("sql/bronze/orders.sql", 7, 13)


class Landing:
    """A folder of files and the source that reads it."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark, self.folder, self.kept = spark, folder / "landing", folder / "schema.json"
        self.folder.mkdir()

    def put(self, name: str, content: str | bytes) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        (self.folder / name).write_bytes(data)

    def frame(self, **options: str) -> DataFrame:
        source = read_options(self.folder, options, PLACE, infer_types=True)
        return read_source(self.spark, source, False, self.kept)

    def rows(self, **options: str) -> list[dict[str, object]]:
        rescued = options.get("rescuedDataColumn", "_rescued_data")
        found = [row.asDict() for row in self.frame(**options).drop(METADATA).collect()]
        for row in found:
            if row.get(rescued):
                row[rescued] = {k: v for k, v in json.loads(str(row[rescued])).items() if k != "_file_path"}
        return sorted(found, key=str)


@pytest.fixture
def landing(spark: SparkSession, tmp_path: Path) -> Landing:
    return Landing(spark, tmp_path)


JSON = {"format": "json", "schema": "id STRING, n INT, at TIMESTAMP", "rescuedDataColumn": "_rescued_data"}
CSV = {"format": "csv", "header": "true", "schema": "id STRING, n INT", "rescuedDataColumn": "_rescued_data"}


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


def test_text_gives_one_row_a_line_with_its_file(landing: Landing) -> None:
    landing.put("a.txt", "one\ntwo\n")
    rows = landing.frame(format="text").selectExpr("value", f"{METADATA}.file_name AS file").collect()
    assert sorted(map(tuple, rows)) == [("one", "a.txt"), ("two", "a.txt")]


def test_an_inferred_schema_is_kept_and_widened_by_new_columns(landing: Landing) -> None:
    landing.put("1.json", '{"id":"a","n":1}\n')
    assert landing.frame(format="json").drop(METADATA).columns == ["id", "n", "_rescued_data"]
    landing.put("2.json", '{"id":"b","n":2,"color":"red"}\n')
    assert landing.frame(format="json").drop(METADATA).columns == ["id", "n", "color", "_rescued_data"]


def test_schema_hints_overrule_what_is_inferred(landing: Landing) -> None:
    landing.put("1.json", '{"id":"7","n":1}\n')
    frame = landing.frame(format="json", schemaHints="id INT, n STRING")
    assert dict(frame.drop(METADATA).dtypes) == {"id": "int", "n": "string", "_rescued_data": "string"}
    (row,) = frame.collect()
    assert row["n"] == "1"


def test_an_empty_folder_without_a_schema_is_refused(landing: Landing) -> None:
    with pytest.raises(RunError, match="no schema can be inferred") as caught:
        landing.frame(format="json")
    assert caught.value.place == PLACE


def test_a_missing_folder_is_named(spark: SparkSession, tmp_path: Path) -> None:
    source = read_options(tmp_path / "nowhere", JSON, PLACE, infer_types=True)
    with pytest.raises(RunError, match="nowhere does not exist"):
        read_source(spark, source, False, tmp_path / "schema.json")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "avro"}, "file format avro"),
        ({"format": "json", "multiLine": "true"}, "option multiLine"),
        ({"format": "json", "schemaEvolutionMode": "failOnNewColumns"}, "failOnNewColumns"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(tmp_path: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        read_options(tmp_path, options, PLACE, infer_types=True)


def test_a_misspelt_option_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_options(tmp_path, {"format": "json", "schemaHint": "id INT"}, PLACE, infer_types=True)
    assert caught.value.help == "did you mean schemahints?"
