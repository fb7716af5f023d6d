"""What pipeline files declare: tables, views and their arguments."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_projects import dataset, flow, reads, record_project, record_text, write

from medallion_toolkit.model import Column


@pytest.mark.fidelity(
    "@dp.table, @dp.materialized_view and @dp.temporary_view define a dataset with its own flow",
    source="ldp/developer/python-ref",
    verdict="same",
)
def test_table_decorators_make_datasets_with_their_own_flow(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.table
        def orders():
            return spark.readStream.table("bronze.orders")

        @dp.materialized_view(name="gold.daily", comment="A day a row", table_properties={"quality": "gold", "x": True})
        def anything():
            return spark.read.table("orders")

        @dp.temporary_view()
        def orders_view():
            return spark.read.table("orders")
        """,
    )

    assert [(item.name, item.kind) for item in recording.datasets] == [
        ("shop.silver.orders", "streaming_table"),
        ("shop.gold.daily", "materialized_view"),
        ("orders_view", "temporary_view"),
    ]
    assert dataset(recording, "shop.gold.daily").comment == "A day a row"
    assert dataset(recording, "shop.gold.daily").properties == {"quality": "gold", "x": "true"}
    assert [(item.name, item.target, item.kind) for item in recording.flows] == [
        ("shop.silver.orders", "shop.silver.orders", "append"),
        ("shop.gold.daily", "shop.gold.daily", "complete"),
        ("orders_view", "orders_view", "complete"),
    ]


def test_a_place_is_the_line_of_the_declaration(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_streaming_table("a")
        """,
    )

    place = dataset(recording, "shop.silver.a").place
    assert (place.path, place.line) == (str(tmp_path / "pipeline.py"), 3)


@pytest.mark.fidelity(
    "A dataset's name is completed with the pipeline's catalog and schema, whatever its case and quotes",
    source="ldp/developer/python-ref",
    verdict="same",
)
@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("orders", "shop.silver.orders"),
        ("Gold.Orders", "shop.gold.orders"),
        ("other.gold.orders", "other.gold.orders"),
        ("`other`.`odd.schema`.orders", "other.odd.schema.orders"),
        ("LIVE.orders", "shop.silver.orders"),
    ],
)
def test_names_are_completed_to_three_parts(tmp_path: Path, written: str, full: str) -> None:
    recording = record_text(tmp_path, f"import dlt\ndlt.create_streaming_table({written!r})\n")

    assert [item.name for item in recording.datasets] == [full]


@pytest.mark.fidelity(
    "schema= takes DDL text with comments, NOT NULL, masks and generated columns",
    source="ldp/developer/python-ref",
    verdict="same",
)
def test_a_schema_text_gives_typed_columns(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_streaming_table(
            "t",
            schema=\"\"\"id BIGINT NOT NULL COMMENT 'the key, it''s unique',
                     amount DECIMAL(12, 2), tags ARRAY<STRUCT<k: STRING, v: INT>>,
                     `odd name` STRING MASK main.m.hide USING COLUMNS (id),
                     day DATE GENERATED ALWAYS AS (CAST(id AS DATE)),
                     CONSTRAINT pk PRIMARY KEY (id)\"\"\",
        )
        """,
    )

    assert dataset(recording, "shop.silver.t").columns == (
        Column("id", "BIGINT", comment="the key, it's unique", not_null=True),
        Column("amount", "DECIMAL(12, 2)"),
        Column("tags", "ARRAY<STRUCT<k: STRING, v: INT>>"),
        Column("odd name", "STRING", mask="main.m.hide USING COLUMNS (id)"),
        Column("day", "DATE", generated="ALWAYS AS (CAST(id AS DATE))"),
    )


@pytest.mark.fidelity("schema= takes a StructType", source="ldp/developer/python-ref", verdict="same")
def test_a_struct_type_gives_columns(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp
        from pyspark.sql.types import *

        SCHEMA = StructType([
            StructField("id", LongType(), False, {"comment": "the key"}),
            StructField("lines", ArrayType(StructType([StructField("n", IntegerType())]))),
        ])

        @dp.table(schema=SCHEMA)
        def t():
            return spark.readStream.table("x")
        """,
    )

    assert dataset(recording, "shop.silver.t").columns == (
        Column("id", "BIGINT", comment="the key", not_null=True),
        Column("lines", "array<struct<n:int>>"),
    )


def test_clauses_keep_what_the_declaration_says(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.table(
            private=True, cluster_by=["a", "b"], partition_cols=["c"], row_filter="ROW FILTER f ON (a)",
            path="/Volumes/x", spark_conf={"k": 1},
        )
        def one():
            return spark.readStream.table("x")

        @dp.materialized_view(cluster_by_auto=True)
        def two():
            return spark.read.table("x")
        """,
    )

    one = dataset(recording, "shop.silver.one")
    assert one.private
    assert one.clauses == {
        "cluster_by": "a, b",
        "partitioned_by": "c",
        "row_filter": "ROW FILTER f ON (a)",
        "location": "/Volumes/x",
    }
    assert flow(recording, "shop.silver.one").options == {"k": "1"}
    assert dataset(recording, "shop.silver.two").clauses == {"cluster_by": "AUTO"}


def test_dlt_table_streams_when_its_function_reads_a_stream(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        import dlt

        @dlt.table
        def from_files():
            return spark.readStream.format("cloudFiles").option("cloudFiles.format", "json").load("/in")

        @dlt.create_table(name="from_stream")
        def a():
            return dlt.read_stream("from_files").where("x > 1")

        @dlt.table()
        def from_batch():
            return dlt.read("from_files")

        @dlt.view
        def v():
            return dlt.read("from_files")
        """,
    )

    assert [(item.name, item.kind) for item in recording.datasets] == [
        ("shop.silver.from_files", "streaming_table"),
        ("shop.silver.from_stream", "streaming_table"),
        ("shop.silver.from_batch", "materialized_view"),
        ("v", "temporary_view"),
    ]
    assert reads(recording, "shop.silver.from_stream") == (("from_files", "stream"),)


def test_bound_methods_and_partials_can_be_dataset_functions(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from functools import partial
        import dlt

        class Loader:
            def __init__(self, source):
                self.source = source

            def load(self):
                return spark.readStream.table(self.source)

        def copy(source):
            return spark.read.table(source)

        dlt.expect_all({"has_id": "id IS NOT NULL"})(dlt.table(Loader("raw.a").load, name="a"))
        dlt.table(partial(copy, "raw.b"), name="b")
        """,
    )

    assert reads(recording, "shop.silver.a") == (("raw.a", "stream"),)
    assert reads(recording, "shop.silver.b") == (("raw.b", "batch"),)
    assert [item.name for item in dataset(recording, "shop.silver.a").expectations] == ["has_id"]


def test_two_definitions_of_a_dataset_are_both_given(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_streaming_table("t")
        dp.create_streaming_table("t")
        """,
    )

    assert [(item.name, item.place.line) for item in recording.datasets] == [
        ("shop.silver.t", 3),
        ("shop.silver.t", 4),
    ]


@pytest.mark.fidelity(
    "Event hooks are called by the workspace only", source="ldp/observability, event hooks", verdict="not shown"
)
def test_an_event_hook_is_noted_and_the_rest_recorded(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.on_event_hook(max_allowable_consecutive_failures=3)
        def tell(event):
            raise AssertionError

        dp.create_streaming_table("t")
        """,
    )

    [note] = recording.notes
    assert (note.code, note.message) == ("MED256", "The event hook tell runs in the workspace only.")
    assert note.place is not None
    assert note.place.line == 3
    assert len(recording.datasets) == 1


def test_declared_at_names_where_a_declaration_comes_from(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        with dp.declared_at("contracts/silver/orders.yml", 4):
            dp.create_streaming_table("orders", expect_all={"a": "b > 1"})
        dp.create_streaming_table("t")
        """,
    )

    orders = dataset(recording, "shop.silver.orders")
    assert str(orders.place) == str(orders.expectations[0].place) == "contracts/silver/orders.yml:4"
    assert dataset(recording, "shop.silver.t").place.path == str(tmp_path / "pipeline.py")


@pytest.mark.fidelity(
    "An unknown argument of a pipeline function is an error",
    source="ldp/developer/python-ref",
    verdict="refused",
    code="MED254",
)
@pytest.mark.parametrize(
    ("call", "code", "advice"),
    [
        ("dp.create_streaming_table('t', coment='x')", "MED254", "did you mean comment?"),
        ("dp.create_streaming_table('t', schema='a')", "MED253", None),
        ("dp.create_streaming_table('t', schema=3)", "MED253", None),
        ("dp.create_streaming_table('t', expect_all=['a'])", "MED253", None),
        ("dp.create_streaming_table(3)", "MED253", None),
        ("dp.create_auto_cdc_flow('t', 's', [], 'b')", "MED253", None),
        ("dp.create_auto_cdc_flow('t', 's', ['a'], 3)", "MED253", None),
        ("dp.create_auto_cdc_flow('t', 's', ['a'], 'b', column_list=['a'], except_column_list=['c'])", "MED253", None),
        ("dp.create_auto_cdc_flow('t', 's', ['a'], 'b', stored_as_scd_type=3)", "MED253", None),
        ("dp.create_auto_cdc_flow('t', 's', ['a'], 'b', stored_as_scd_type='bitemporal')", "MED255", None),
        ("dp.create_auto_cdc_from_snapshot_flow('t', keys=['a'])", "MED253", None),
        ("dp.table(lambda: None)", "MED253", None),
        ("dp.expect_all('a')", "MED253", None),
    ],
)
def test_a_wrong_argument_is_an_error_at_its_line(tmp_path: Path, call: str, code: str, advice: str | None) -> None:
    text = f"from pyspark import pipelines as dp\n\n{call}\n"

    recording = record_project(write(tmp_path, {"pipeline.py": text}), "pipeline.py")

    [error] = recording.errors
    assert (error.code, error.help) == (code, advice)
    assert str(error.place) == f"{tmp_path / 'pipeline.py'}:3"
