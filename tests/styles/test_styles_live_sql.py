"""SQL pipelines in the words of Delta Live Tables: LIVE, cloud_files, APPLY CHANGES, notebooks without semicolons."""

from __future__ import annotations

from pathlib import Path

import pytest
from style_project import StyleProject, lines

from medallion_toolkit.engine.session import SessionOnDemand

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
              target: sales
              continuous: false
              configuration:
                my_etl.landing: /mnt/raw
                my_etl.min_amount: "3"
              libraries:
                - notebook:
                    path: notebooks/01-ingest.sql
                - notebook:
                    path: notebooks/02-model.sql
        """,
    "pyproject.toml": """
        [tool.medallion.local]
        paths."/mnt/raw" = "sample"
        """,
    "notebooks/01-ingest.sql": """
        -- Databricks notebook source
        -- MAGIC %md
        -- MAGIC # Ingest; this semicolon is prose
        -- MAGIC CREATE OR REFRESH STREAMING LIVE TABLE not_a_table

        -- COMMAND ----------

        CREATE STREAMING LIVE TABLE orders_raw
        COMMENT "Orders as they came"
        TBLPROPERTIES ("quality" = "bronze")
        AS SELECT *, input.order_id AS id FROM cloud_files("${my_etl.landing}/orders", "json",
            map("schema", "order_id INT, customer STRING, amount INT")) AS input

        -- COMMAND ----------

        CREATE OR REFRESH STREAMING LIVE TABLE customers_raw
        AS SELECT * FROM cloud_files("dbfs:/mnt/raw/customers", "csv",
            map("header", "true", "schema", "customer STRING, city STRING, seq INT"))

        -- COMMAND ----------

        -- MAGIC %python
        -- MAGIC display(spark.table("orders_raw"))
        """,
    "notebooks/02-model.sql": """
        -- Databricks notebook source
        CREATE TEMPORARY LIVE VIEW orders_of_note AS
        SELECT * FROM LIVE.orders_raw WHERE amount >= ${my_etl.min_amount}

        -- COMMAND ----------

        CREATE STREAMING LIVE TABLE orders_clean (
          CONSTRAINT known_customer EXPECT (customer IS NOT NULL) ON VIOLATION DROP ROW,
          CONSTRAINT small EXPECT (amount < 100)
        )
        PARTITIONED BY (customer)
        AS SELECT order_id, customer, amount FROM STREAM(LIVE.orders_raw);

        CREATE STREAMING LIVE TABLE customers;

        APPLY CHANGES INTO live.customers
        FROM stream(LIVE.customers_raw)
        KEYS (customer)
        SEQUENCE BY seq
        COLUMNS * EXCEPT (seq)
        STORED AS SCD TYPE 1;

        -- COMMAND ----------

        CREATE OR REFRESH LIVE TABLE sales_by_city
        AS SELECT c.city, sum(o.amount) AS amount, count(n.order_id) AS of_note
        FROM live.orders_clean o
        LEFT JOIN LIVE.customers c USING (customer)
        LEFT JOIN LIVE.orders_of_note n ON n.order_id = o.order_id
        GROUP BY c.city
        """,
    "sample/orders/1.json": lines(
        [
            {"order_id": 1, "customer": "ada", "amount": 2},
            {"order_id": 2, "customer": "ada", "amount": 200},
            {"order_id": 3, "customer": None, "amount": 9},
            {"order_id": 4, "customer": "bob", "amount": 5},
        ]
    ),
    "sample/customers/1.csv": "customer,city,seq\nada,Bern,1\nada,Rome,3\nada,Oslo,2\nbob,Rome,1\n",
}


@pytest.mark.fidelity(
    "CREATE STREAMING LIVE TABLE makes a streaming table, CREATE LIVE TABLE a materialized view",
    source="ldp/sql-ref, older names",
    verdict="same",
)
@pytest.mark.fidelity(
    "LIVE.name and live.name read the dataset of that name in the same pipeline, in batch and inside STREAM(…)",
    source="ldp/live-schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "cloud_files(path, format, map(option, value, …)) reads files incrementally with the options of the map",
    source="ingestion/auto-loader, SQL before read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "APPLY CHANGES INTO is AUTO CDC under its old name: the row with the highest sequence wins per key",
    source="ldp-sql-ref-apply-changes-into",
    verdict="same",
)
@pytest.mark.fidelity(
    "In an SQL notebook a cell ends its statement without a semicolon, and cells with a magic command are passed over",
    source="ldp/developer/sql-dev, notebooks",
    verdict="same",
)
@pytest.mark.fidelity(
    "The old key target: of a pipeline names its schema",
    source="ldp/target-schema, legacy",
    verdict="same",
)
@pytest.mark.fidelity(
    "Configuration keys with dots are substituted as ${a.b} in paths and expressions",
    source="ldp/parameters",
    verdict="same",
)
def test_a_pipeline_in_the_words_of_delta_live_tables(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = StyleProject(tmp_path, session_source, FILES)

    outcomes = project.outcomes()

    assert set(outcomes.values()) == {"ok"}
    assert {name: one.dataset.kind for name, one in project.open().project.graph.nodes.items()} == {
        "shop.sales.orders_raw": "streaming_table",
        "shop.sales.customers_raw": "streaming_table",
        "sales:orders_of_note": "temporary_view",
        "shop.sales.orders_clean": "streaming_table",
        "shop.sales.customers": "streaming_table",
        "shop.sales.sales_by_city": "materialized_view",
    }
    assert project.rows("orders_clean", "order_id") == [(1,), (2,), (4,)]
    assert project.rows("customers") == [("ada", "Rome"), ("bob", "Rome")]
    assert project.rows("sales_by_city") == [("Rome", 207, 2)]
