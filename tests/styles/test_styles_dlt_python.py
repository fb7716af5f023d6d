"""Python pipelines that import dlt: rules from dictionaries, views, change data, append flows, configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from style_project import StyleProject, lines

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import MedallionError

FILES = {
    "databricks.yml": """
        bundle:
          name: shop
        targets:
          dev:
            default: true
        resources:
          pipelines:
            sales:
              name: sales
              catalog: shop
              schema: sales
              configuration:
                source_path: /Volumes/shop/raw/landing
                bundle.sourcePath: ${workspace.file_path}/src
              libraries:
                - notebook: {path: notebooks/sales.py}
        """,
    "pyproject.toml": """
        [tool.medallion.local]
        paths."/Volumes/shop/raw/landing" = "sample"
        """,
    "src/shop_rules/__init__.py": "",
    "src/shop_rules/orders.py": """
        from pyspark.sql import functions as F

        RULES = {"known_customer": "customer IS NOT NULL", "positive": "amount > 0"}

        def with_tax(frame):
            return frame.withColumn("with_tax", F.col("amount") * 2)
        """,
    "notebooks/sales.py": """
        # Databricks notebook source
        # MAGIC %md
        # MAGIC # Sales

        # COMMAND ----------

        # MAGIC %pip install -r ../requirements.txt

        # COMMAND ----------

        import sys
        import dlt
        from pyspark.sql.functions import *
        from pyspark.sql.types import IntegerType, StringType, StructField, StructType

        sys.path.append(spark.conf.get("bundle.sourcePath", "."))
        from shop_rules.orders import RULES, with_tax

        source = spark.conf.get("source_path")
        minimum = int(spark.conf.get("minimum", "3"))
        schema = StructType([
            StructField("order_id", IntegerType()),
            StructField("customer", StringType()),
            StructField("amount", IntegerType()),
        ])

        # COMMAND ----------

        @dlt.table(name="orders_raw", comment="Orders as they came", table_properties={"quality": "bronze"})
        def ingest_orders():
            return (
                spark.readStream.format("cloudFiles")
                .option("cloudFiles.format", "json")
                .option("cloudFiles.schemaLocation", "/Volumes/shop/raw/schemas/orders")
                .schema(schema)
                .load(f"{source}/orders")
                .select("*", col("_metadata.file_name").alias("source_file"))
            )

        @dlt.view
        def recent_orders():
            return dlt.read("orders_raw").where(col("amount") >= minimum)

        @dlt.table(temporary=True)
        @dlt.expect_all_or_drop(RULES)
        @dlt.expect("cheap", "amount < 100")
        def orders_valid():
            return with_tax(dlt.read_stream("orders_raw").drop("source_file"))

        @dlt.table
        def orders_per_customer():
            return dlt.read("orders_valid").groupBy("customer").agg(sum("with_tax").alias("with_tax"))

        # COMMAND ----------

        dlt.create_streaming_table("customers", comment="As they are now")
        dlt.apply_changes(
            target="customers",
            source="customer_events",
            keys=["customer"],
            sequence_by=col("seq"),
            apply_as_deletes=expr("op = 'D'"),
            except_column_list=["op", "seq"],
            stored_as_scd_type="1",
        )

        @dlt.view(name="customer_events")
        def read_customers():
            events = spark.readStream.schema("customer STRING, city STRING, op STRING, seq INT")
            return events.json(f"{source}/customers")

        # COMMAND ----------

        dlt.create_streaming_table(
            name="contacts", expect_all={"named": "customer IS NOT NULL"}, schema="customer STRING, via STRING")

        @dlt.append_flow(target="contacts")
        def from_orders():
            return dlt.readStream("orders_raw").select("customer", lit("order").alias("via"))

        @dlt.append_flow(target="contacts", name="from_events")
        def contacts_from_events():
            return spark.readStream.table("LIVE.customer_events").select("customer", lit("event").alias("via"))
        """,
    "sample/orders/1.json": lines(
        [
            {"order_id": 1, "customer": "ada", "amount": 2},
            {"order_id": 2, "customer": "ada", "amount": 200},
            {"order_id": 3, "customer": None, "amount": 9},
            {"order_id": 4, "customer": "bob", "amount": 0},
        ]
    ),
    "sample/customers/1.json": lines(
        [
            {"customer": "ada", "city": "Bern", "op": "U", "seq": 1},
            {"customer": "bob", "city": "Rome", "op": "U", "seq": 1},
            {"customer": "bob", "city": None, "op": "D", "seq": 2},
        ]
    ),
}


@pytest.mark.fidelity(
    "@dlt.table is a streaming table when its function reads a stream, else a materialized view",
    source="ldp/developer/python-ref, module dlt",
    verdict="same",
)
@pytest.mark.fidelity(
    "expect_all_or_drop takes rules from a dictionary of an imported module and drops rows that break one of them",
    source="ldp/expectation-patterns",
    verdict="same",
)
@pytest.mark.fidelity(
    "dlt.apply_changes keeps one row per key and deletes on apply_as_deletes, given as Column or text",
    source="ldp/developer/ldp-python-ref-apply-changes",
    verdict="same",
)
@pytest.mark.fidelity(
    "Several append flows of dlt feed one table made by create_streaming_table",
    source="ldp/flows",
    verdict="same",
)
@pytest.mark.fidelity(
    "spark.conf.get reads the pipeline's configuration while files are loaded and inside dataset functions",
    source="ldp/parameters",
    verdict="same",
)
@pytest.mark.fidelity(
    "A folder of the deployed bundle put on sys.path through ${workspace.file_path} gives its modules",
    source="bundle-examples, bundle.sourcePath",
    verdict="same",
)
@pytest.mark.fidelity(
    "Options of Auto Loader under their cloudFiles names configure a stream of files in Python",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="same",
)
@pytest.mark.fidelity(
    "_metadata of a file source is left out of * and found when it is named, also in Python",
    source="ingestion/file-metadata-column",
    verdict="same",
)
def test_a_python_notebook_that_imports_dlt(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = StyleProject(tmp_path, session_source, FILES)

    found = project.results()

    assert {name: str(one.error) for name, one in found.items() if one.error} == {}
    assert project.rows("orders_valid") == [(1, "ada", 2, 4), (2, "ada", 200, 400)]
    assert project.rows("orders_raw", "source_file") == [("1.json",)] * 4
    assert found["sales.orders_valid"].counts.dropped == 2
    assert project.rows("orders_per_customer") == [("ada", 404)]
    assert project.rows("customers") == [("ada", "Bern")]
    assert len(project.rows("contacts")) == 7


REFUSED = {
    "dbutils.widgets": 'dbutils.widgets.text("landing", "/mnt/raw")',
    "dbutils.fs": 'files = dbutils.fs.ls("/mnt/raw")',
    "dbutils.secrets": "password = DBUtils(spark).secrets.get('scope', 'key')",
    "dbutils.notebook": "from databricks.sdk.runtime import dbutils\ndbutils.notebook.run('./setup', 60)",
}


@pytest.mark.fidelity(
    "Widgets, secrets and files of dbutils exist in the workspace only",
    source="dev-tools/databricks-utils",
    verdict="refused",
    code="MED255",
)
@pytest.mark.parametrize("name", REFUSED)
def test_dbutils_is_refused_by_name_file_and_line(tmp_path: Path, session_source: SessionOnDemand, name: str) -> None:
    text = f"import dlt\nfrom pyspark.dbutils import DBUtils\n{REFUSED[name]}\n"
    project = StyleProject(tmp_path, session_source, {**FILES, "notebooks/sales.py": text})

    with pytest.raises(MedallionError) as raised:
        project.open()

    line = text.count("\n")
    assert (raised.value.code, raised.value.found) == ("MED255", name)
    assert str(raised.value.place).endswith(f"sales.py:{line}")


@pytest.mark.fidelity(
    "A package that the workspace installs with %pip is named when it is missing here",
    source="ldp/developer/external-dependencies",
    verdict="refused",
    code="MED257",
)
def test_a_missing_package_is_named_with_the_line_that_imports_it(
    tmp_path: Path, session_source: SessionOnDemand
) -> None:
    text = "%pip install no_such_package\nimport dlt\nimport no_such_package.inner\n"
    project = StyleProject(tmp_path, session_source, {**FILES, "notebooks/sales.py": text})

    with pytest.raises(MedallionError) as raised:
        project.open()

    assert (raised.value.code, raised.value.found) == ("MED257", "no_such_package")
    assert str(raised.value.place).endswith("sales.py:3")
    assert "pip install no_such_package" in (raised.value.help or "")
