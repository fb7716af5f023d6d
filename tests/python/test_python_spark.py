"""Queries of recorded files in a real session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from python_projects import dataset, flow, record_project, write

from medallion_toolkit.errors import PipelineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

    from medallion_toolkit.python.recording import Recording

pytestmark = pytest.mark.spark


def frame_of(recording: Recording, name: str) -> DataFrame:
    query = flow(recording, name).query
    assert query is not None
    return cast("DataFrame", query.function())


def rows(recording: Recording, name: str) -> list[Row]:
    return frame_of(recording, name).collect()


@pytest.mark.fidelity(
    "Columns built at the top of a pipeline file work in its dataset functions",
    source="ldp/developer/python-ref",
    verdict="same",
)
def test_columns_made_while_the_file_loads_work_in_the_query(tmp_path: Path, spark: SparkSession) -> None:
    text = """
        from pyspark import pipelines as dp
        from pyspark.sql import SparkSession, Window, functions as F
        from pyspark.sql.types import IntegerType

        KEPT = (F.col("id").cast(IntegerType()) > 1) & ~F.col("id").isin(4) & F.when(F.col("id") > 0, True)
        NUMBER = F.row_number().over(Window.partitionBy(F.lit(1)).orderBy(F.col("id").desc()))
        LOWER = F.transform(F.array(F.lit("A"), F.lit("B")), lambda item: F.lower(item))

        @dp.materialized_view
        def t():
            frame = SparkSession.getActiveSession().range(6).where(KEPT)
            return frame.select("id", NUMBER.alias("n"), LOWER.alias("l")).orderBy("id")
        """

    recording = record_project(write(tmp_path, {"a.py": text}), "a.py", session=lambda: spark)

    assert [tuple(row) for row in rows(recording, "shop.silver.t")] == [
        (2, 3, ["a", "b"]),
        (3, 2, ["a", "b"]),
        (5, 1, ["a", "b"]),
    ]


def test_the_text_of_a_real_column_means_the_same(tmp_path: Path, spark: SparkSession) -> None:
    text = """
        from pyspark import pipelines as dp
        from pyspark.sql import functions as F

        @dp.materialized_view
        @dp.expect("equal", F.col("a") == "it's")
        @dp.expect("one_of", F.col("a").isin("x", "it's") & ~F.col("b").isNull())
        @dp.expect("sum", (F.col("b") + 1) * 2 - F.lit(3) / 4 > 1)
        def t():
            return spark.range(1)
        """
    recording = record_project(write(tmp_path, {"a.py": text}), "a.py", session=lambda: spark)

    frame = spark.createDataFrame([("it's", 1), ("y", 0)], "a STRING, b INT")
    conditions = [item.condition for item in dataset(recording, "shop.silver.t").expectations]
    assert [tuple(row) for row in frame.selectExpr(*conditions).collect()] == [(True, True, True), (False, False, True)]


@pytest.mark.fidelity(
    "Python UDFs defined in modules of the project run on Spark's workers",
    source="ldp/developer/import-workspace-files",
    verdict="same",
)
def test_functions_of_project_modules_reach_the_workers_of_spark(tmp_path: Path, spark: SparkSession) -> None:
    def project(folder: str, ending: str) -> Recording:
        files = {
            "texts/__init__.py": """
                from pyspark.sql.functions import udf
                from .endings import with_ending

                @udf("string")
                def shout(text):
                    return with_ending(text.upper())
                """,
            "texts/endings.py": f"def with_ending(text):\n    return text + {ending!r}\n",
            "a.py": """
                from pyspark import pipelines as dp
                from pyspark.sql import functions as F
                from texts import shout

                @F.udf("int")
                def seven(ignored):
                    return 7

                @dp.materialized_view
                def t():
                    return spark.range(1).select(shout(F.lit("a")), seven("id"))
                """,
        }
        root = write(tmp_path / folder, files)
        return record_project(root, "a.py", session=lambda: spark)

    first, second = project("first", "!"), project("second", "?")

    assert [tuple(row) for row in rows(first, "shop.silver.t")] == [("A!", 7)]
    assert [tuple(row) for row in rows(second, "shop.silver.t")] == [("A?", 7)]


def test_an_analysis_error_names_the_users_line(tmp_path: Path, spark: SparkSession) -> None:
    text = """
        from pyspark import pipelines as dp

        @dp.materialized_view
        def t():
            return spark.range(1).select("nope")
        """
    recording = record_project(write(tmp_path, {"a.py": text}), "a.py", session=lambda: spark)

    with pytest.raises(PipelineError, match="UNRESOLVED_COLUMN") as caught:
        frame_of(recording, "shop.silver.t")

    assert str(caught.value.place) == f"{tmp_path / 'a.py'}:5"


def test_sparks_own_entry_points_are_back_afterwards(tmp_path: Path, spark: SparkSession) -> None:
    from pyspark.sql import SparkSession as Session

    record_project(write(tmp_path, {"a.py": "spark.conf.get('x', 'y')\n"}), "a.py")

    assert Session.getActiveSession() is spark
    assert Session.builder.getOrCreate() is spark
