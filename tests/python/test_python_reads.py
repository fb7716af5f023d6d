"""What dataset functions read, found without a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_projects import reads, record_project, record_text, write

HEAD = """
from pyspark import pipelines as dp
from pyspark.sql import SparkSession, Window, functions as F
from pyspark.sql.types import DecimalType, StructType

@dp.table
def t():
    return """


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("spark.table('a')", [("a", "batch")]),
        ("spark.read.table('a')", [("a", "batch")]),
        ("spark.readStream.table('a')", [("a", "stream")]),
        ("spark.readStream.option('skipChangeCommits', 'true').table('a')", [("a", "stream")]),
        ("dp.read('a').union(dp.read_stream('b'))", [("a", "batch"), ("b", "stream")]),
        ("spark.table('a').unionByName(spark.table('a'))", [("a", "batch")]),
        ("spark.read.format('json').schema('a INT').load('/in')", []),
        ("spark.read.json('/in')", []),
        ("spark.createDataFrame([(1,)], 'a INT')", []),
        ("spark.table('a').select('x', F.col('y').cast(DecimalType(10, 2)).alias('z'))", [("a", "batch")]),
        ("spark.table('a').where((F.col('x') > 1) & ~F.col('y').isin('p', 'q'))", [("a", "batch")]),
        (
            "spark.table('a').withColumn('n', F.row_number().over(Window.partitionBy('x').orderBy('y')))",
            [("a", "batch")],
        ),
        ("spark.table('a').groupBy('x').agg(F.sum('y'), F.max(F.col('z')))", [("a", "batch")]),
        ("spark.table('a').groupBy('x').count()", [("a", "batch")]),
        ("spark.table('a').groupBy('x').pivot('p').sum('y')", [("a", "batch")]),
        ("spark.table('a').transform(lambda d: d.join(spark.table('b'), 'k'))", [("a", "batch"), ("b", "batch")]),
        ("spark.table('a').na.fill(0).dropDuplicates(['x'])", [("a", "batch")]),
        ("SparkSession.getActiveSession().table('a')", [("a", "batch")]),
        ("SparkSession.builder.appName('x').getOrCreate().table('a')", [("a", "batch")]),
        ("SparkSession.active().table('a')", [("a", "batch")]),
    ],
)
def test_reads_are_found(tmp_path: Path, query: str, expected: list[tuple[str, str]]) -> None:
    recording = record_text(tmp_path, HEAD + query + "\n")

    assert reads(recording, "shop.silver.t") == tuple(expected)


def test_a_join_on_columns_of_frames_is_read(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.materialized_view
        def t():
            orders, customers = spark.table("orders"), spark.table("customers")
            joined = orders.join(customers, orders.customer_id == customers["id"], "left")
            return joined.select(orders.amount, customers.name)
        """,
    )

    assert reads(recording, "shop.silver.t") == (("orders", "batch"), ("customers", "batch"))


@pytest.mark.fidelity(
    "spark.sql with STREAM(…) in its text makes a streaming read", source="ldp/developer/python-ref", verdict="same"
)
def test_sql_text_is_read_with_its_streams(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.table
        def t():
            return spark.sql(f"SELECT * FROM STREAM({spark.conf.get('bronze')}.orders) JOIN customers USING (id)")
        """,
        {"bronze": "dev_bronze"},
    )

    found = reads(recording, "shop.silver.t")
    assert found is not None
    assert set(found) == {("dev_bronze.orders", "stream"), ("customers", "batch")}


def test_a_function_of_the_project_with_a_udf_is_read(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp
        from pyspark.sql import functions as F

        @F.udf("string")
        def shout(text):
            return text.upper()

        @dp.table
        def t():
            return spark.readStream.table("a").withColumn("s", shout(F.col("x")))
        """,
    )

    assert reads(recording, "shop.silver.t") == (("a", "stream"),)


@pytest.mark.parametrize(
    "query",
    [
        "spark.table('a').limit(spark.table('b').count())",
        "spark.table(spark.table('a').first()[0])",
        "spark.table('a').select(*spark.table('b').columns)",
        "spark.catalog.tableExists('a') and spark.table('a')",
        "unknown_name",
    ],
)
def test_reads_that_depend_on_data_are_unknown(tmp_path: Path, query: str) -> None:
    recording = record_text(tmp_path, HEAD + query + "\n")

    assert reads(recording, "shop.silver.t") is None


def test_a_try_in_user_code_does_not_hide_that_reads_are_unknown(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.materialized_view
        def t():
            try:
                names = spark.table("names").toPandas()
            except Exception:
                names = []
            return spark.table("a")
        """,
    )

    assert reads(recording, "shop.silver.t") is None


def test_a_stream_read_before_the_unknown_still_makes_a_streaming_table(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        import dlt

        @dlt.table
        def t():
            frame = dlt.read_stream("a")
            return frame.limit(frame.count())
        """,
    )

    assert recording.datasets[0].kind == "streaming_table"
    assert reads(recording, "shop.silver.t") is None


def test_a_missing_configuration_key_inside_a_function_is_an_error(tmp_path: Path) -> None:
    text = """
        from pyspark import pipelines as dp

        @dp.table
        def t():
            return spark.readStream.table(spark.conf.get("silvr") + ".orders")
        """

    recording = record_project(
        write(tmp_path, {"pipeline.py": text}), "pipeline.py", configuration={"silver": "s", "bronze": "b"}
    )

    [error] = recording.errors
    assert (error.code, error.help) == ("MED251", "did you mean silver?")
    assert str(error.place) == f"{tmp_path / 'pipeline.py'}:5"
