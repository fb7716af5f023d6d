"""What examples of rules take for granted: one bronze table, its conformed view and its contract."""

from __future__ import annotations

BRONZE = """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT *, uuid() AS _row_id, _metadata.file_path AS _source_file
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, amount STRING, ordered_at STRING', rescuedDataColumn => '_rescued_data');
"""
CONFORMED = """CREATE TEMPORARY VIEW orders_conformed
AS SELECT trim(order_id) AS order_id, amount, _row_id
FROM STREAM(${bronze}.orders);
"""
ORDERS_CONTRACT = """table: silver.orders
from: orders_conformed
columns:
  order_id: {type: string, description: Number on the invoice, rules: [not_null]}
  amount: {type: "decimal(12,2)", description: Gross}
carry: [_row_id]
limits: {quarantined: 5 %}
"""
SHARED = {
    "sql/bronze/orders.sql": BRONZE,
    "sql/silver/orders_conformed.sql": CONFORMED,
    "contracts/silver/orders.yml": ORDERS_CONTRACT,
}
