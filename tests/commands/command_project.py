"""A small lakehouse that has been run twice, shared by the tests of commands that only look at it."""

from __future__ import annotations

from pathlib import Path

from engine.local_project import LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.session import SessionOnDemand

PAID = """-- Orders with an amount.
CREATE OR REFRESH STREAMING TABLE ${silver}.paid (
    order_id STRING,
    amount DECIMAL(12, 2) MASK ${silver}.hide_amount
) WITH ROW FILTER ${silver}.all_but_b ON (order_id)
AS SELECT order_id, CAST(amount AS DECIMAL(12, 2)) AS amount
FROM STREAM(${bronze}.orders)
WHERE amount IS NOT NULL AND amount <> 'gone';
"""
ACCESS = """CREATE OR REPLACE FUNCTION shop.silver.hide_amount(amount DECIMAL(12, 2))
RETURN CASE WHEN is_account_group_member('finance') THEN amount END;
CREATE OR REPLACE FUNCTION shop.silver.all_but_b(order_id STRING)
RETURN is_account_group_member('finance') OR order_id <> 'B';
"""
LATEST = """CREATE OR REFRESH STREAMING TABLE ${silver}.latest;
CREATE FLOW latest_orders AS AUTO CDC INTO ${silver}.latest
FROM STREAM(${bronze}.orders)
KEYS (order_id) APPLY AS DELETE WHEN amount = 'gone' SEQUENCE BY ordered_at STORED AS SCD TYPE 1;
"""
TOTALS = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals
AS SELECT p.order_id, count(*) AS payments, sum(p.amount) AS amount
FROM ${silver}.paid AS p
LEFT JOIN ${silver}.latest AS l ON l.order_id = p.order_id
GROUP BY p.order_id;
"""
ARRIVING = "CREATE TEMPORARY VIEW arriving AS SELECT order_id FROM STREAM(${bronze}.orders);\n"
DEAR = "CREATE TEMPORARY VIEW dear AS SELECT order_id FROM ${silver}.paid WHERE amount > 10;\n"
KEPT = "TBLPROPERTIES ('pipelines.reset.allowed' = 'false')"
FILES = {
    "sql/bronze/orders.sql": ORDERS.replace("AS SELECT", f"{KEPT}\nAS SELECT"),
    "sql/silver/paid.sql": PAID,
    "sql/silver/latest.sql": LATEST,
    "sql/silver/views.sql": ARRIVING + DEAR,
    "sql/gold/totals.sql": TOTALS,
    "jobs/access.sql": ACCESS,
}
DAYS = (
    [("A", "5", "1"), ("B", "7", "1"), ("C", None, "1")],
    [("A", "12", "2"), ("B", "gone", "2"), ("D", "20.5", "2")],
)


def order(order_id: str, amount: str | None, ordered_at: str) -> dict[str, object]:
    return {"order_id": order_id, "amount": amount, "ordered_at": ordered_at}


def lakehouse(root: Path, source: SessionOnDemand) -> LocalProject:
    """Two days of orders, a run after each; only numbers are paid."""
    project = LocalProject(root, source, FILES)
    for number, rows in enumerate(DAYS, start=1):
        project.deliver(f"day{number}", [order(*row) for row in rows])
        assert project.run().ok
    return project
