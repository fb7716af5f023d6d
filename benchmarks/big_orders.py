"""A project of one source, its checked rows, quarantine, a type 1 table and an aggregate, over generated rows."""

from __future__ import annotations

import sys
from pathlib import Path

from new_project import new_project

ROWS = 3_000_000
FILES = 12
SCHEMA = "order_id STRING, customer_id STRING, status STRING, amount STRING, ordered_at STRING, changed_at STRING"
BRONZE = f"""-- Orders as they came.
CREATE OR REFRESH STREAMING TABLE ${{bronze}}.orders
AS SELECT *, _metadata.file_name AS _source_file
FROM STREAM read_files('${{landing}}/orders', format => 'json', schema => '{SCHEMA}', schemaEvolutionMode => 'none');
"""
CONFORMED = """-- Names and spelling only.
CREATE TEMPORARY VIEW orders_conformed
AS SELECT trim(order_id) AS order_id, trim(customer_id) AS customer_id, lower(trim(status)) AS status,
    amount AS order_amount, ordered_at, changed_at, _source_file
FROM STREAM(${bronze}.orders);
"""
CONTRACT = """table: silver.orders
from: orders_conformed
description: One row per order, as the shop knows it now.
owner: sales-data
keys: [order_id]
history: {type: 1, sequence_by: [changed_at]}
carry: [_source_file]
columns:
  order_id: {type: string, rules: [not_blank]}
  customer_id: {type: string, rules: [not_null]}
  status: {type: string, rules: [allowed_values: [placed, paid, shipped, returned]]}
  order_amount: {type: "decimal(12,2)", rules: [range: {min: 0}]}
  ordered_at: {type: timestamp}
  changed_at: {type: timestamp}
rules:
  changed_not_before_ordered: changed_at >= ordered_at
on_fail: quarantine
"""
DAILY = """-- Revenue by day and status.
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily_sales
AS SELECT CAST(ordered_at AS DATE) AS day, status, count(*) AS orders, sum(order_amount) AS revenue
FROM ${silver}.orders GROUP BY ALL;
"""
GENERATED = """
id,
concat('O-', id % {keys}) AS order_id,
CASE WHEN id % 50 = 7 THEN NULL ELSE concat('C-', id % 40000) END AS customer_id,
element_at(array('placed', 'paid', 'shipped', 'returned', 'lost'), CAST(id % 41 % 5 + 1 AS INT)) AS status,
CASE WHEN id % 97 = 3 THEN '12,50' ELSE CAST(id % 9000 / 100 AS STRING) END AS amount,
CAST(timestamp_seconds(1767225600 + id % 7776000) AS STRING) AS ordered_at,
CAST(timestamp_seconds(1767225600 + id % 7776000 + id % 13 - 1 + id / 1000) AS STRING) AS changed_at
"""


def make_project(folder: Path) -> Path:
    """The project `big` below `folder`, without rows."""
    files = {
        "sql/bronze/orders.sql": BRONZE,
        "sql/silver/orders_conformed.sql": CONFORMED,
        "contracts/silver/orders.yml": CONTRACT,
        "sql/gold/daily_sales.sql": DAILY,
    }
    return new_project(folder, "big", files)


def generate_rows(landing: Path, rows: int = ROWS) -> None:
    """JSON lines below `landing`, with late changes, missing customers, unknown states and amounts that are none."""
    from medallion_toolkit.engine.session import SessionOnDemand

    spark = SessionOnDemand(landing.parent / "generator").spark()
    chosen = GENERATED.format(keys=rows // 3).strip().splitlines()
    frame = spark.range(0, rows, 1, FILES).selectExpr(*(line.rstrip(",") for line in chosen)).drop("id")
    frame.write.mode("overwrite").json(str(landing))


if __name__ == "__main__":
    generate_rows(Path(sys.argv[1]), int(sys.argv[2]))
