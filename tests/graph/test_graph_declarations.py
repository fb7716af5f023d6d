"""What the workspace refuses of declarations, found without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import make_project

from medallion_toolkit.errors import MedallionError, Problems
from medallion_toolkit.graph.project import load_project

PAID = "CREATE OR REFRESH STREAMING TABLE ${silver}.paid "
FROM_ORDERS = " AS SELECT * FROM STREAM(${bronze}.orders)"
TOTALS = "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.totals "
FROM_TABLE = " AS SELECT * FROM ${bronze}.orders"
SEED = "CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.orders AS SELECT 1 AS id, 'a' AS name;"
STREAM = (
    "CREATE OR REFRESH STREAMING TABLE ${bronze}.orders AS SELECT * FROM STREAM read_files('${landing}/orders', "
    "format => 'json', schema => 'id INT, name STRING');"
)


def problems(root: Path, statement: str, bronze: str = STREAM) -> list[str]:
    """`code message` of everything wrong with a project of two files."""
    make_project(root, {"sql/bronze/orders.sql": bronze, "sql/silver/made.sql": statement + ";"})
    try:
        load_project(root)
    except Problems as found:
        return [f"{error.code} {error.message}" for error in found.errors]
    except MedallionError as error:
        return [f"{error.code} {error.message}"]
    return []


@pytest.mark.fidelity(
    "The condition of an expectation may not hold a subquery, an aggregate, a window function or a generator",
    source="ldp/expectations",
    verdict="refused",
    code="MED227",
)
@pytest.mark.parametrize(
    ("condition", "what"),
    [
        ("id IN (SELECT id FROM other)", "a subquery"),
        ("id NOT IN (WITH a AS (SELECT 1) SELECT * FROM a)", "a subquery"),
        ("count(*) > 10", "the aggregate count"),
        ("row_number() OVER (PARTITION BY id ORDER BY name) = 1", "a window function"),
        ("explode(split(name, ',')) = 'a'", "the generator explode"),
    ],
)
def test_an_expectation_that_looks_past_its_row_is_refused(tmp_path: Path, condition: str, what: str) -> None:
    found = problems(tmp_path, f"{PAID}(CONSTRAINT told EXPECT ({condition})){FROM_ORDERS}")
    assert found == [f"MED227 expectation told uses what expectations cannot: {what}"]


@pytest.mark.parametrize(
    "condition",
    ["exists(array(id), x -> x > 1)", "name LIKE ANY ('a%', 'b%')", "array_max(array(id, 2)) > 1", "size(array()) = 0"],
)
def test_functions_of_one_row_are_no_aggregates(tmp_path: Path, condition: str) -> None:
    assert problems(tmp_path, f"{PAID}(CONSTRAINT told EXPECT ({condition})){FROM_ORDERS}") == []


@pytest.mark.fidelity(
    "Names of expectations are unique within a dataset", source="ldp/expectations", verdict="refused", code="MED226"
)
def test_two_expectations_of_one_name_are_refused(tmp_path: Path) -> None:
    rules = "CONSTRAINT known EXPECT (id IS NOT NULL), CONSTRAINT known EXPECT (name IS NOT NULL)"
    assert problems(tmp_path, f"{PAID}({rules}){FROM_ORDERS}") == [
        "MED226 shop.silver.paid has two expectations called known"
    ]


@pytest.mark.fidelity(
    "CHECK is no constraint of pipeline tables; expectations take its place",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "Tables of Unity Catalog pipelines have no LOCATION",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "SCHEDULE and TRIGGER ON UPDATE belong to tables outside of pipelines",
    source="platform.md §2.2",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "REFRESH POLICY is a clause of materialized views only",
    source="ldp-sql-ref-create-materialized-view",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "Streaming tables are stored as Delta; other formats after USING are refused",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "Identity columns are BIGINT", source="ldp-sql-ref-create-streaming-table", verdict="refused", code="MED216"
)
@pytest.mark.fidelity(
    "A generated column uses its own row and no function that changes with time",
    source="delta/generated-columns",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "At most four columns cluster a table", source="delta/clustering", verdict="refused", code="MED216"
)
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (f"{PAID}(id INT, CONSTRAINT c CHECK (id > 0)){FROM_ORDERS}", "CHECK"),
        (f"{PAID}LOCATION '/mnt/paid'{FROM_ORDERS}", "LOCATION"),
        (f"{PAID}SCHEDULE EVERY 1 HOUR{FROM_ORDERS}", "SCHEDULE"),
        (f"{PAID}TRIGGER ON UPDATE{FROM_ORDERS}", "TRIGGER ON UPDATE"),
        (f"{PAID}REFRESH POLICY FULL{FROM_ORDERS}", "REFRESH POLICY"),
        (f"{PAID}USING csv{FROM_ORDERS}", "USING CSV"),
        (f"{PAID}(id INT, n INT GENERATED ALWAYS AS IDENTITY){FROM_ORDERS}", "IDENTITY of the column n"),
        (f"{PAID}(id INT, t DATE GENERATED ALWAYS AS (current_date())){FROM_ORDERS}", "the function current_date"),
        (f"{PAID}(id INT, t BIGINT GENERATED ALWAYS AS (sum(id))){FROM_ORDERS}", "the aggregate sum"),
        (f"{PAID}CLUSTER BY (a, b, c, d, e){FROM_ORDERS}", "CLUSTER BY with 5 columns"),
    ],
)
def test_a_clause_that_streaming_tables_do_not_have_is_refused(tmp_path: Path, statement: str, what: str) -> None:
    found = problems(tmp_path, statement)
    assert len(found) == 1
    assert found[0].startswith(f"MED216 pipelines do not accept {what}")


@pytest.mark.fidelity(
    "LOCATION is for tables of the Hive metastore", source="ldp-sql-ref-create-streaming-table", verdict="same"
)
def test_tables_of_the_hive_metastore_have_a_location(tmp_path: Path) -> None:
    table = "CREATE OR REFRESH STREAMING TABLE hive_metastore.silver.paid LOCATION '/mnt/paid'"
    assert problems(tmp_path, f"{table}{FROM_ORDERS}") == []


@pytest.mark.fidelity(
    "Materialized views have no DEFAULT columns",
    source="ldp-sql-ref-create-materialized-view",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "A view has no types or properties of columns but COMMENT, and no clause of stored tables",
    source="ldp-sql-ref-create-view",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "Metric views are made outside of pipelines, by a SQL task",
    source="metric-views",
    verdict="refused",
    code="MED216",
)
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (f"{TOTALS}(id INT, name STRING DEFAULT 'x'){FROM_TABLE}", "DEFAULT of the column name"),
        (f"CREATE TEMPORARY VIEW seen (id INT, name){FROM_TABLE}", "a type of the column id"),
        (f"CREATE VIEW ${{silver}}.seen (id NOT NULL){FROM_TABLE}", "a property of the column id"),
        (f"CREATE VIEW ${{silver}}.seen WITH ROW FILTER ${{silver}}.f ON (id){FROM_TABLE}", "ROW FILTER"),
        (f"CREATE TEMPORARY VIEW seen CLUSTER BY (id){FROM_TABLE}", "CLUSTER BY"),
        ("CREATE VIEW ${silver}.m WITH METRICS LANGUAGE YAML AS $$version: 1.1$$", "WITH METRICS"),
    ],
)
def test_a_clause_that_materialized_views_or_views_do_not_have_is_refused(
    tmp_path: Path, statement: str, what: str
) -> None:
    found = problems(tmp_path, statement, SEED)
    assert len(found) == 1
    assert found[0].startswith(f"MED216 pipelines do not accept {what}")


@pytest.mark.fidelity(
    "Columns of a primary key are declared NOT NULL",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED228",
)
@pytest.mark.parametrize(
    "columns",
    [
        "id INT PRIMARY KEY, name STRING",
        "id INT, name STRING NOT NULL, CONSTRAINT pk PRIMARY KEY (name, id) RELY",
    ],
)
def test_a_primary_key_needs_columns_that_are_not_null(tmp_path: Path, columns: str) -> None:
    assert problems(tmp_path, f"{PAID}({columns}){FROM_ORDERS}") == [
        "MED228 the primary key column id of shop.silver.paid is not declared NOT NULL"
    ]


@pytest.mark.fidelity(
    "A published view does not read a stream", source="ldp-sql-ref-create-view", verdict="refused", code="MED217"
)
def test_a_published_view_over_a_stream_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "CREATE VIEW ${silver}.seen AS SELECT * FROM STREAM(${bronze}.orders)")
    assert found == ["MED217 the published view shop.silver.seen reads a stream"]


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, f"{PAID}(id INT, ID STRING){FROM_ORDERS}")
    assert found == ["MED218 the column ID stands twice in shop.silver.paid"]


@pytest.mark.fidelity(
    "The targets of AUTO CDC have no identity columns", source="ldp/limitations", verdict="refused", code="MED216"
)
def test_an_auto_cdc_target_has_no_identity_column(tmp_path: Path) -> None:
    target = f"{PAID}(id INT, n BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 1 INCREMENT BY 1))"
    flow = "CREATE FLOW f AS AUTO CDC INTO ${silver}.paid FROM STREAM(${bronze}.orders) KEYS (id) SEQUENCE BY name"
    found = problems(tmp_path, f"{target};\n{flow}")
    assert found == ["MED216 pipelines do not accept IDENTITY of the column n on a streaming table"]


@pytest.mark.fidelity(
    "A table is partitioned or clustered, not both, in Python as in SQL",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED208",
)
def test_partitions_and_clustering_exclude_each_other_in_python_too(tmp_path: Path) -> None:
    code = "dp.create_streaming_table('t', partition_cols=['a'], cluster_by=['b'])\n"
    make_project(tmp_path, {"python/made.py": f"from pyspark import pipelines as dp\n{code}"})
    with pytest.raises(MedallionError) as caught:
        load_project(tmp_path)
    assert "MED208" in str(caught.value)


@pytest.mark.fidelity(
    "The whole documented column list and every table clause are read",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
def test_the_full_shape_of_a_streaming_table_is_accepted(tmp_path: Path) -> None:
    columns = """(
        id INT NOT NULL PRIMARY KEY RELY COMMENT 'the key',
        name STRING MASK ${silver}.mask_name USING COLUMNS (id, 'x'),
        initial STRING GENERATED ALWAYS AS (left(name, 1)) COMMENT 'computed',
        source STRING DEFAULT 'files',
        CONSTRAINT known EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
        CONSTRAINT fk FOREIGN KEY (id) REFERENCES ${silver}.people (id)
    ) USING DELTA CLUSTER BY AUTO COMMENT 'orders that are paid' TBLPROPERTIES ('quality' = 'silver')
    WITH ROW FILTER ${silver}.only_mine ON (id)"""
    make_project(tmp_path, {"sql/bronze/orders.sql": STREAM, "sql/silver/paid.sql": f"{PAID}{columns}{FROM_ORDERS};"})
    dataset = load_project(tmp_path).graph.nodes["shop.silver.paid"].dataset
    assert [column.name for column in dataset.columns] == ["id", "name", "initial", "source"]
    assert dataset.columns[1].mask == "silver.mask_name USING COLUMNS (id, 'x')"
    assert dataset.clauses == {
        "primary_key": "id",
        "foreign_key": "(id) REFERENCES silver.people (id)",
        "using": "DELTA",
        "cluster_by": "AUTO",
        "row_filter": "silver.only_mine ON (id)",
    }
    assert (dataset.comment, dataset.properties) == ("orders that are paid", {"quality": "silver"})
