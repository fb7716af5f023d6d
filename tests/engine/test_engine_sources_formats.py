"""XML, Avro, ORC, binary and whole-text files, in batch and as streams."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from landing import PLACE, Landing

from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.errors import PipelineError, RunError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ORDERS = """<?xml version="1.0"?>
<orders><!-- <order id="9"><name>no row</name></order> -->
  <order id="1"><name>007</name><n>5</n><to><city>Ulm</city></to></order>
  <order id="2"><name>broken</n></order>
  <order id="3"/>
  <order id="x"><name>b</name><n>many</n></order>
</orders>
"""
XML = {"format": "xml", "rowTag": "order"}


@pytest.fixture
def landing(spark: SparkSession, tmp_path: Path) -> Landing:
    return Landing(spark, tmp_path)


@pytest.mark.fidelity(
    "XML is read by rowTag; attributes become columns that begin with an underscore.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "XML elements without a column and XML values of a wrong type are rescued.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "An XML record that is not well-formed is rescued, its neighbours are read.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "XML columns are inferred as text unless inferColumnTypes is set.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_xml(landing: Landing) -> None:
    landing.put("a.xml", ORDERS)
    stated = {**XML, "schema": "_id INT, name STRING, n INT", "rescuedDataColumn": "_rescued_data"}
    expected = [
        {"_id": 1, "name": "007", "n": 5, "_rescued_data": {"to": '{"city":"Ulm"}'}},
        {"_id": 3, "name": None, "n": None, "_rescued_data": None},
        {"_id": None, "name": "b", "n": None, "_rescued_data": {"_id": "x", "n": "many"}},
        {
            "_id": None,
            "name": None,
            "n": None,
            "_rescued_data": {"_corrupt_record": '<order id="2"><name>broken</n></order>'},
        },
    ]
    assert landing.stream(**stated) == sorted(expected, key=str)
    frame = landing.frame(**XML, inferColumnTypes="false")
    assert dict(frame.dtypes[:-2]) == {"_id": "string", "n": "string", "name": "string", "to": "struct<city:string>"}


@pytest.mark.fidelity(
    "An XML source needs the option rowTag.",
    source="sql/language-manual/functions/read_files",
    verdict="refused",
    code="MED274",
)
def test_xml_needs_a_row_tag(landing: Landing) -> None:
    with pytest.raises(PipelineError) as caught:
        landing.source(format="xml")
    assert caught.value.code == "MED274"


@pytest.mark.fidelity(
    "Avro files bring their schema; columns of all files are read, missing ones are NULL.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_avro(landing: Landing) -> None:
    landing.write("1", "SELECT 1 AS id, 'a' AS name", "avro")
    assert landing.stream(format="avro") == [{"id": 1, "name": "a", "_rescued_data": None}]
    landing.write("2", "SELECT 2 AS id, 'b' AS name, 7 AS n", "avro")
    assert landing.stream(format="avro") == [
        {"id": 1, "name": "a", "n": None, "_rescued_data": None},
        {"id": 2, "name": "b", "n": 7, "_rescued_data": None},
    ]


@pytest.mark.fidelity(
    "ORC files are read in batch with their own schema.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "Schema inference for a stream of ORC files is not supported; a stated schema is.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="refused",
    code="MED274",
)
def test_orc(landing: Landing) -> None:
    landing.write("1", "SELECT 1 AS id, 'a' AS name", "orc")
    assert landing.rows(format="orc") == [{"id": 1, "name": "a", "_rescued_data": None}]
    with pytest.raises(PipelineError) as caught:
        landing.frame(is_stream=True, format="orc")
    assert caught.value.code == "MED274"
    assert landing.stream(format="orc", schema="id BIGINT, n INT") == [{"id": 1, "n": None}]


@pytest.mark.fidelity(
    "Parquet files that hold a column as INT and as BIGINT are read as BIGINT.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "Parquet files whose types of one column do not meet stop the source (CF_FAILED_TO_INFER_SCHEMA).",
    source="error-messages/cf-failed-to-infer-schema-error-class",
    verdict="refused",
    code="MED416",
)
def test_parquet_files_of_several_types(landing: Landing) -> None:
    landing.write("1", "SELECT 1 AS id", "parquet")
    landing.write("2", "SELECT 3000000000 AS id", "parquet")
    assert [row["id"] for row in landing.rows(format="parquet")] == [1, 3_000_000_000]
    landing.write("3", "SELECT 'x' AS id", "parquet")
    with pytest.raises(RunError) as caught:
        landing.rows(format="parquet")
    assert caught.value.code == "MED416"


@pytest.mark.fidelity(
    "binaryFile gives path, modificationTime, length and content of each file.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "wholeText gives one row a file.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_binary_and_whole_text(landing: Landing) -> None:
    landing.put("kind=scan/a.bin", b"\x00x\n\n")
    (row,) = landing.stream(format="binaryFile")
    assert str(row["path"]).endswith("a.bin")
    assert (row["length"], row["content"], row["kind"]) == (4, b"\x00x\n\n", "scan")
    assert landing.rows(format="text", wholeText="true") == [{"value": "\x00x\n\n", "kind": "scan"}]


@pytest.mark.fidelity(
    "Spark's own readers rescue nothing and read the files of one folder, not those of folders below.",
    source="spark/sql-data-sources-generic-options",
    verdict="same",
)
@pytest.mark.fidelity(
    "A stream of Spark's own file readers needs a stated schema.",
    source="spark/structured-streaming",
    verdict="refused",
    code="MED274",
)
def test_sparks_own_readers(landing: Landing) -> None:
    landing.put("a.json", '{"id":1}\n')
    landing.put("below/b.json", '{"id":2,"n":3}\n')
    source = read_options(landing.folder, {"format": "json"}, PLACE, infer_types=True, is_plain=True)
    rows = read_source(landing.spark, source, False, landing.kept).drop(METADATA)
    assert [row.asDict() for row in rows.collect()] == [{"id": 1}]
    with pytest.raises(PipelineError) as caught:
        read_source(landing.spark, source, True, landing.kept)
    assert caught.value.code == "MED274"
