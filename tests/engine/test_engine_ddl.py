"""Column lists in a run: keys, NOT NULL, generated and default columns, layout; one run for many tables."""

from __future__ import annotations

import pytest
from local_project import LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.update import DatasetResult

SOURCE = "AS SELECT order_id, amount FROM STREAM(${bronze}.orders);\n"


def table(name: str, columns: str, clauses: str = "", query: str = SOURCE) -> str:
    return f"CREATE OR REFRESH STREAMING TABLE ${{silver}}.{name} ({columns}) {clauses} {query}"


COMPUTED = table(
    "computed",
    """amount STRING,
    order_id STRING NOT NULL PRIMARY KEY COMMENT 'the key',
    number INT GENERATED ALWAYS AS (CAST(substring(order_id, 3) AS INT)),
    origin STRING DEFAULT concat('fi', 'les') COMMENT 'where from',
    marked STRING GENERATED ALWAYS AS (concat(origin, '/', order_id)),
    CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES ${silver}.nowhere (id)""",
    "CLUSTER BY (number)",
)
AGREES = table(
    "agrees",
    "order_id STRING, amount STRING, twice INT GENERATED ALWAYS AS (CAST(amount AS INT) * 2)",
    "PARTITIONED BY (order_id)",
    "AS SELECT order_id, amount, CAST(amount AS INT) * 2 AS twice FROM STREAM(${bronze}.orders) WHERE amount <> 'no';",
)
DIFFERS = AGREES.replace("agrees", "differs").replace("* 2 AS", "* 3 AS")
STRICT = table("strict", "order_id STRING, amount STRING NOT NULL")
RULE = "CONSTRAINT paid EXPECT (amount IS NOT NULL) ON VIOLATION DROP ROW"
FORGIVING = table("forgiving", f"order_id STRING, amount STRING NOT NULL, {RULE}")
FLAGGED = table(
    "flagged", "paid BOOLEAN", "CLUSTER BY (paid)", "AS SELECT amount > 1 AS paid FROM STREAM(${bronze}.orders);\n"
)
MISSPELT = table("misspelt", "order_id STRING, amount STRING", "CLUSTER BY (order_ids)")
COLLATED = table("collated", "order_id STRING, amount STRING", "DEFAULT COLLATION UTF8_LCASE")
NUMBERED = table("numbered", "order_id STRING, amount STRING, n BIGINT GENERATED ALWAYS AS IDENTITY")
VIEW = """CREATE OR REFRESH MATERIALIZED VIEW ${silver}.doubled (id INT, twice INT GENERATED ALWAYS AS (id * 2))
AS SELECT 1 AS id;
"""
CDC = """CREATE OR REFRESH STREAMING TABLE ${silver}.latest
    (order_id STRING, amount STRING NOT NULL, ordered_at STRING);
CREATE FLOW latest_flow AS AUTO CDC INTO ${silver}.latest FROM STREAM(${bronze}.orders)
KEYS (order_id) APPLY AS DELETE WHEN ordered_at = 'gone' SEQUENCE BY ordered_at COLUMNS (order_id, amount, ordered_at);
"""
STRICT_CDC = CDC.replace("latest", "strict_latest").replace("'gone'", "'never'")
SNAPSHOTS = """from pyspark import pipelines as dp

@dp.materialized_view(name="silver.snapshot")
def snapshot():
    return spark.read.table("bronze.orders").where("order_id = 'O-2'").select("order_id", "amount")

dp.create_streaming_table("silver.kept", schema="order_id STRING, amount STRING NOT NULL")
dp.create_auto_cdc_from_snapshot_flow("silver.kept", "silver.snapshot", keys=["order_id"], stored_as_scd_type=1)
"""
UNTYPED = table("untyped", "amount COMMENT 'as it came', order_id")
TABLES = {
    "computed": COMPUTED,
    "untyped": UNTYPED,
    "agrees": AGREES,
    "differs": DIFFERS,
    "strict": STRICT,
    "forgiving": FORGIVING,
    "flagged": FLAGGED,
    "misspelt": MISSPELT,
    "collated": COLLATED,
    "numbered": NUMBERED,
    "doubled": VIEW,
    "latest": CDC,
    "strict_latest": STRICT_CDC,
}
ROWS = [
    {"order_id": "O-1", "amount": "5", "ordered_at": "2026-01-01"},
    {"order_id": "O-1", "amount": "6", "ordered_at": "2026-01-02"},
    {"order_id": "O-2", "amount": None, "ordered_at": "gone"},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> LocalProject:
    files = {f"sql/silver/{name}.sql": text for name, text in TABLES.items()}
    files |= {"sql/bronze/orders.sql": ORDERS, "python/snapshots.py": SNAPSHOTS}
    project = LocalProject(tmp_path_factory.mktemp("ddl"), session_source, files)
    project.deliver("day1", ROWS)
    return project


@pytest.fixture(scope="module")
def results(shop: LocalProject) -> dict[str, DatasetResult]:
    return shop.results()


def failure(results: dict[str, DatasetResult], name: str) -> tuple[str, str]:
    error = results[f"silver.{name}"].error
    assert error is not None
    return error.code, error.message


@pytest.mark.fidelity(
    "A column GENERATED ALWAYS AS (expression) is computed where the query does not give it",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "A column with a DEFAULT that the query does not give gets the default's value",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "PRIMARY KEY and FOREIGN KEY are informational: neither uniqueness nor the reference is enforced",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "Columns of a table stand in the order of its column list",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "CLUSTER BY and PARTITIONED BY change how rows are stored, not which rows there are",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
def test_computed_columns_are_filled_and_keys_are_not_enforced(
    shop: LocalProject, results: dict[str, DatasetResult]
) -> None:
    assert results["silver.computed"].error is None
    assert shop.rows("silver.computed") == [
        ("5", "O-1", 1, "files", "files/O-1"),
        ("6", "O-1", 1, "files", "files/O-1"),
        (None, "O-2", 2, "files", "files/O-2"),
    ]
    assert shop.rows("silver.untyped") == [("5", "O-1"), ("6", "O-1"), (None, "O-2")]


@pytest.mark.fidelity(
    "A generated column may be given by the query when its value is the computed one, else the write fails",
    source="delta/generated-columns",
    verdict="same",
)
def test_a_generated_column_that_the_query_gives_has_to_agree(
    shop: LocalProject, results: dict[str, DatasetResult]
) -> None:
    assert shop.rows("silver.agrees", "twice") == [(10,), (12,)]
    code, message = failure(results, "differs")
    assert code == "MED414"
    assert "twice of shop.silver.differs is not CAST(amount AS INT) * 2" in message
    assert "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES" in message


@pytest.mark.fidelity(
    "NOT NULL of a column list is enforced when rows are written",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "A row that an expectation drops is not written, so it cannot break NOT NULL",
    source="ldp/expectations",
    verdict="same",
)
def test_not_null_stops_the_write_unless_an_expectation_drops_the_row(
    shop: LocalProject, results: dict[str, DatasetResult]
) -> None:
    assert failure(results, "strict") == (
        "MED414",
        "amount of shop.silver.strict is NULL in a row (DELTA_NOT_NULL_CONSTRAINT_VIOLATED)",
    )
    assert results["silver.forgiving"].counts.dropped == 1
    assert shop.rows("silver.forgiving", "amount") == [("5",), ("6",)]


@pytest.mark.fidelity(
    "NOT NULL of an AUTO CDC target holds for what is stored: an event that deletes may leave the column out",
    source="ldp-sql-ref-apply-changes-into",
    verdict="same",
)
def test_not_null_of_an_auto_cdc_target(shop: LocalProject, results: dict[str, DatasetResult]) -> None:
    assert shop.rows("silver.latest", "order_id", "amount") == [("O-1", "6")]
    assert failure(results, "strict_latest")[0] == "MED414"
    assert failure(results, "kept") == (
        "MED414",
        "amount of shop.silver.kept is NULL in a row (DELTA_NOT_NULL_CONSTRAINT_VIOLATED)",
    )


@pytest.mark.fidelity(
    "A table cannot be clustered by BOOLEAN, ARRAY, MAP, STRUCT or BINARY columns",
    source="platform.md §2.1",
    verdict="refused",
    code="MED229",
)
@pytest.mark.fidelity(
    "A table is clustered and partitioned by columns it has",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED229",
)
@pytest.mark.fidelity(
    "Numbers of identity columns are assigned by the workspace",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "Generated columns of materialized views: the documentation contradicts itself",
    source="platform.md §2.2",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "A default collation other than UTF8_BINARY changes comparisons",
    source="ldp-sql-ref-create-materialized-view",
    verdict="refused",
    code="MED402",
)
def test_what_cannot_be_the_same_or_is_refused_there_is_refused(results: dict[str, DatasetResult]) -> None:
    assert failure(results, "collated")[0] == "MED402"
    code, message = failure(results, "flagged")
    assert code == "MED229"
    assert "DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED" in message
    assert failure(results, "misspelt")[0] == "MED229"
    assert failure(results, "numbered") == ("MED402", "an identity column (n) is not supported locally")
    assert failure(results, "doubled")[0] == "MED402"
