"""What Python pipeline code may do, beyond the words of this toolkit's own template, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from style_project import StyleProject

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import MedallionError

BUNDLE = """
    bundle: {name: shop}
    targets: {dev: {default: true}}
    resources:
      pipelines:
        trips:
          catalog: shop
          schema: trips
          root_path: .
          libraries: [{glob: {include: src/**}}]
    """
FILES = {
    "databricks.yml": BUNDLE,
    "pyproject.toml": """
        [tool.medallion.local]
        paths."/databricks-datasets/taxi" = "sample"
        """,
    "src/transformations/trips.py": """
        from pyspark import pipelines as dp
        from pyspark.sql import SparkSession
        from pyspark.sql.functions import col

        session = SparkSession.builder.getOrCreate()

        @dp.table
        def trips():
            return session.read.csv("/databricks-datasets/taxi/trips", header=True, inferSchema=True)

        @dp.table(name="zones")
        def read_zones():
            return session.read.format("csv").options(header=True, sep=";").load(
                path="dbfs:/databricks-datasets/taxi/zones", schema="zone INT, name STRING"
            )

        @dp.temporary_view()
        def long_trips():
            return session.table("trips").where(col("miles") > 2)

        @dp.materialized_view
        def by_zone():
            return session.table("long_trips").join(session.table("zones"), "zone").groupBy("name").count()

        @dp.materialized_view
        def audited():
            trips = session.table("trips")
            trips.write.mode("append").saveAsTable("audit")
            return trips
        """,
    "sample/trips/1.csv": "zone,miles\n1,1.5\n1,3.0\n2,4.5\n",
    "sample/zones/1.csv": "zone;name\n1;Harbour\n2;Hill\n",
}


@pytest.mark.fidelity(
    "@dp.table over a batch read is a materialized view, as @dlt.table was",
    source="ldp/developer/ldp-python-ref-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "SparkSession.builder.getOrCreate() in a pipeline file gives the pipeline's session",
    source="bundle-examples, default-python",
    verdict="same",
)
@pytest.mark.fidelity(
    "Readers take options, schema and path as keyword arguments of csv, json and load",
    source="PySpark API, DataFrameReader",
    verdict="same",
)
@pytest.mark.fidelity(
    "dbfs:/path and /path are one path",
    source="dbfs/mounts",
    verdict="same",
)
@pytest.mark.fidelity(
    "A dataset function that writes a table or starts a stream itself",
    source="ldp/developer/python-dev",
    verdict="refused",
    code="MED241",
)
def test_python_pipelines_in_other_peoples_words(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = StyleProject(tmp_path, session_source, FILES)

    found = project.results()

    assert {name: one.outcome for name, one in found.items()} == {
        "trips.trips": "ok",
        "trips.zones": "ok",
        "trips.by_zone": "ok",
        "trips.audited": "failed",
    }
    assert {one.kind for one in found.values()} == {"materialized_view"}
    assert project.rows("zones") == [(1, "Harbour"), (2, "Hill")]
    assert project.rows("by_zone") == [("Harbour", 1), ("Hill", 1)]
    error = found["trips.audited"].error
    assert error is not None
    assert (error.code, error.found) == ("MED241", "saveAsTable")
    assert str(error.place).endswith("trips.py:28")
    assert not list(tmp_path.rglob("audit*"))


REFUSED = [
    ("names = [row.name for row in spark.sql('SHOW TABLES').collect()]", "MED240", 3),
    ("@dp.table(path='/mnt/gold/trips')\ndef trips():\n    return spark.readStream.table('x')", "MED216", 3),
    ("open('missing.yml')", "MED257", 3),
    ("value = spark.conf.get('landing')", "MED251", 3),
]


@pytest.mark.fidelity(
    "Spark used while a pipeline file is loaded, such as spark.sql(…).collect() at its top",
    source="ldp/developer/python-dev",
    verdict="refused",
    code="MED240",
)
@pytest.mark.fidelity(
    "path= of a table: tables of Unity Catalog have no path of their own",
    source="ldp/developer/ldp-python-ref-table",
    verdict="refused",
    code="MED216",
)
@pytest.mark.fidelity(
    "spark.conf.get of a key that the pipeline does not configure",
    source="ldp/parameters",
    verdict="refused",
    code="MED251",
)
@pytest.mark.parametrize(("code", "error", "line"), REFUSED)
def test_what_a_pipeline_file_may_not_do_is_told_with_its_line(
    tmp_path: Path, session_source: SessionOnDemand, code: str, error: str, line: int
) -> None:
    text = f"from pyspark import pipelines as dp\n\n{code}\n"
    project = StyleProject(tmp_path, session_source, {"databricks.yml": BUNDLE, "src/trips.py": text})

    with pytest.raises(MedallionError) as raised:
        project.open()

    assert (raised.value.code, str(raised.value.place).rsplit("/", 1)[-1].split(":")[:2]) == (
        error,
        ["trips.py", str(line)],
    )
