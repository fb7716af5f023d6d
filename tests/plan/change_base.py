"""The project that changes are made to, and one change of it with what a plan must tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medallion_toolkit.plan.model import Effect

Files = Mapping[str, str | None]

BRONZE = """-- Orders as they came.
CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT *, _metadata.file_name AS _source_file
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, customer_id STRING, amount STRING, ordered_at STRING', schemaEvolutionMode => 'rescue');
"""
PAID = """CREATE OR REFRESH STREAMING TABLE ${silver}.paid
AS SELECT order_id, customer_id, try_cast(amount AS DOUBLE) AS amount, ordered_at FROM STREAM(${bronze}.orders);
"""
TYPED = """CREATE OR REFRESH STREAMING TABLE ${silver}.typed (
    order_id STRING COMMENT 'Number',
    amount INT,
    price DECIMAL(10,2),
    CONSTRAINT has_id EXPECT (order_id IS NOT NULL)
)
CLUSTER BY (order_id)
AS SELECT order_id, try_cast(amount AS INT) AS amount, try_cast(amount AS DECIMAL(10,2)) AS price
FROM STREAM(${bronze}.orders);
"""
COUNTED = """CREATE OR REFRESH STREAMING TABLE ${silver}.counted
AS SELECT window(_ingested, '1 hour') AS hour, count(*) AS orders
FROM STREAM(${silver}.stamped) WATERMARK _ingested DELAY OF INTERVAL 1 HOUR GROUP BY window(_ingested, '1 hour');
"""
STAMPED = """CREATE OR REFRESH STREAMING TABLE ${silver}.stamped
AS SELECT order_id, current_timestamp() AS _ingested FROM STREAM(${bronze}.orders);
"""
FED = """CREATE OR REFRESH STREAMING TABLE ${silver}.fed (order_id STRING, amount STRING);
CREATE FLOW fed_from_orders AS INSERT INTO ${silver}.fed BY NAME
SELECT order_id, amount FROM STREAM(${bronze}.orders);
"""
KEPT = """CREATE OR REFRESH STREAMING TABLE ${silver}.kept;
CREATE FLOW kept_from_orders AS AUTO CDC INTO ${silver}.kept
FROM STREAM(${silver}.events) KEYS (order_id) APPLY AS DELETE WHEN amount = 'x' SEQUENCE BY ordered_at
STORED AS SCD TYPE 2 TRACK HISTORY ON amount;
"""
EVENTS = """CREATE TEMPORARY VIEW events_view AS SELECT order_id, amount, ordered_at FROM STREAM(${bronze}.orders);
CREATE OR REFRESH STREAMING TABLE ${silver}.events AS SELECT * FROM STREAM(events_view);
"""
DAILY = """-- Revenue per day.
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily
COMMENT 'Revenue per day'
AS SELECT CAST(ordered_at AS DATE) AS day, sum(amount) AS revenue FROM ${silver}.paid GROUP BY ALL;
"""
TOP = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.top
AS SELECT day, revenue, rank() OVER (PARTITION BY month(day) ORDER BY revenue DESC) AS place FROM ${gold}.daily;
"""
LIST = "CREATE VIEW ${gold}.listed AS SELECT day FROM ${gold}.daily;\n"
BASE: Mapping[str, str] = {
    "sql/bronze/orders.sql": BRONZE,
    "sql/silver/paid.sql": PAID,
    "sql/silver/typed.sql": TYPED,
    "sql/silver/stamped.sql": STAMPED,
    "sql/silver/counted.sql": COUNTED,
    "sql/silver/fed.sql": FED,
    "sql/silver/events.sql": EVENTS,
    "sql/silver/kept.sql": KEPT,
    "sql/gold/daily.sql": DAILY,
    "sql/gold/top.sql": TOP,
    "sql/gold/listed.sql": LIST,
}


@dataclass(frozen=True)
class Case:
    """One change: `after` overrides files of BASE (None takes one away), `before` does so in the old state."""

    name: str
    dataset: str
    effect: Effect
    statement: str | None
    after: Files
    before: Files = field(default_factory=dict)


def edit(path: str, old: str, new: str) -> Files:
    """One file of BASE with one text replaced."""
    assert old in BASE[path], (path, old)
    return {path: BASE[path].replace(old, new)}


PAID_FILE, TYPED_FILE, KEPT_FILE = "sql/silver/paid.sql", "sql/silver/typed.sql", "sql/silver/kept.sql"
FED_FILE, COUNTED_FILE, EVENTS_FILE = "sql/silver/fed.sql", "sql/silver/counted.sql", "sql/silver/events.sql"
BRONZE_FILE, DAILY_FILE, TOP_FILE, LIST_FILE = (
    "sql/bronze/orders.sql",
    "sql/gold/daily.sql",
    "sql/gold/top.sql",
    "sql/gold/listed.sql",
)
MORE = """CREATE FLOW more AS INSERT INTO ${silver}.fed BY NAME
SELECT order_id, amount FROM STREAM(${silver}.events);
"""
PAST = """CREATE FLOW past AS INSERT INTO ONCE ${silver}.fed BY NAME
SELECT order_id, amount FROM ${silver}.events;
"""
FED_BY_CDC = """CREATE OR REFRESH STREAMING TABLE ${silver}.fed (order_id STRING, amount STRING);
CREATE FLOW fed_from_orders AS AUTO CDC INTO ${silver}.fed FROM STREAM(${bronze}.orders)
KEYS (order_id) SEQUENCE BY ordered_at COLUMNS order_id, amount STORED AS SCD TYPE 1;
"""
FED_AGAIN = """CREATE OR REFRESH STREAMING TABLE ${silver}.fed2
AS SELECT order_id, amount, ordered_at FROM STREAM(${bronze}.orders);
"""
FROM_FILES = """FROM (
    SELECT *, 1 AS revenue FROM read_files('/Volumes/x/y/z', format => 'csv', schema => 'day DATE')
)"""
LISTED_TABLE = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.listed AS SELECT day FROM ${gold}.daily;\n"
TOP_STREAM = "CREATE OR REFRESH STREAMING TABLE ${gold}.top AS SELECT order_id FROM STREAM(${silver}.paid);\n"
WEEKLY = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.weekly AS SELECT 1 AS one FROM ${gold}.daily;\n"
PAID_VIEW = PAID.replace("STREAMING TABLE", "MATERIALIZED VIEW").replace("STREAM(${bronze}.orders)", "${bronze}.orders")
WIDENING = "TBLPROPERTIES ('delta.enableTypeWidening' = 'true')\nCLUSTER BY (order_id)"
WIDE = {TYPED_FILE: TYPED.replace("CLUSTER BY (order_id)", WIDENING)}


def wide(old: str, new: str) -> Files:
    return {TYPED_FILE: WIDE[TYPED_FILE].replace(old, new)}
