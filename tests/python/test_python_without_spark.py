"""Machines and processes without Spark: nothing is installed, or nothing has been started."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from python_projects import write

SCRIPT = """
import json, sys
from pathlib import Path
from medallion_toolkit.python.recording import record

root = Path(sys.argv[1])
settings = {"configuration": {"silver": "s"}, "catalog": "c", "schema": "s", "pipeline": "p"}
recording = record([root / "a.py"], root_path=root, **settings)
print(json.dumps({
    "errors": [str(error) for error in recording.errors],
    "datasets": {item.name: [e.condition for e in item.expectations] for item in recording.datasets},
    "reads": {item.name: item.query.reads for item in recording.flows if item.query},
    "cdc": [[item.cdc.keys, item.cdc.sequence_by, item.cdc.delete_when] for item in recording.flows if item.cdc],
    "spark": [name for name in ("pyspark", "py4j") if name in sys.modules],
    "started": "pyspark" in sys.modules and sys.modules["pyspark"].SparkContext._active_spark_context is not None,
}))
"""

PIPELINE = """
    from __future__ import annotations
    from pyspark import pipelines as dp
    from pyspark.sql import Column, DataFrame, SparkSession, functions as F
    from pyspark.sql.functions import col, expr, lit, struct, udf
    from pyspark.sql.types import StringType, StructField, StructType

    SCHEMA = StructType([StructField("a", StringType())])
    IS_DELETE = (col("op") == "it's") & ~col("kept").isNull() | (1 - col("n") < 0)

    class Special(DataFrame):
        pass

    @udf("string")
    def shout(text):
        return text.upper()

    def clean(frame: DataFrame | None, column: Column) -> DataFrame:
        return frame.where(column.isNotNull())

    @dp.table
    @dp.expect("known", col("status").isin("a", "b"))
    @dp.expect("cased", F.when(col("a") > 1, lit(True)).otherwise(False))
    @dp.expect("odd_name", F.length(F.trim("odd name")).between(1, 5))
    def t() -> DataFrame:
        session = SparkSession.builder.appName("x").getOrCreate()
        frame = session.readStream.table(session.conf.get("silver") + ".raw")
        return clean(frame, frame.id).withColumn("s", shout(F.upper(frame["x"])))

    dp.create_streaming_table("h")
    dp.create_auto_cdc_flow(
        target="h", source="t", keys=[col("id")], sequence_by=struct("ts", col("n").cast("int")),
        apply_as_deletes=IS_DELETE,
    )
    """

EXPECTED = {
    "errors": [],
    "datasets": {
        "c.s.t": [
            "(status IN ('a', 'b'))",
            "CASE WHEN (a > 1) THEN TRUE ELSE FALSE END",
            "((length(trim(`odd name`)) >= 1) AND (length(trim(`odd name`)) <= 5))",
        ],
        "c.s.h": [],
    },
    "reads": {"c.s.t": [["s.raw", "stream"]]},
    "cdc": [
        [
            ["id"],
            "struct(ts, CAST(n AS int))",
            "(((op = 'it\\'s') AND (NOT (kept IS NULL))) OR ((1 - n) < 0))",
        ]
    ],
    "started": False,
}


def run(repository: Path, root: Path, *options: str) -> dict[str, object]:
    write(root, {"a.py": PIPELINE})
    done = subprocess.run(
        [sys.executable, *options, "-c", SCRIPT, root],
        env={"PYTHONPATH": str(repository / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("installed", [True, False], ids=["pyspark is installed", "pyspark is not installed"])
def test_files_are_recorded_without_starting_spark(repository: Path, tmp_path: Path, installed: bool) -> None:
    options = [] if installed else ["-S"]

    result = run(repository, tmp_path, *options)

    assert result.pop("spark") == (["pyspark", "py4j"] if installed else [])
    assert result == EXPECTED
