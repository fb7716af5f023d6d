"""Changes of a small project, each with the effect a plan must tell and the platform statement it rests on."""

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


_PAID, _TYPED, _KEPT = "sql/silver/paid.sql", "sql/silver/typed.sql", "sql/silver/kept.sql"
_FED, _COUNTED, _EVENTS = "sql/silver/fed.sql", "sql/silver/counted.sql", "sql/silver/events.sql"
_BRONZE, _DAILY, _TOP, _LIST = "sql/bronze/orders.sql", "sql/gold/daily.sql", "sql/gold/top.sql", "sql/gold/listed.sql"
_MORE = """CREATE FLOW more AS INSERT INTO ${silver}.fed BY NAME
SELECT order_id, amount FROM STREAM(${silver}.events);
"""
_PAST = """CREATE FLOW past AS INSERT INTO ONCE ${silver}.fed BY NAME
SELECT order_id, amount FROM ${silver}.events;
"""
_FED_BY_CDC = """CREATE OR REFRESH STREAMING TABLE ${silver}.fed (order_id STRING, amount STRING);
CREATE FLOW fed_from_orders AS AUTO CDC INTO ${silver}.fed FROM STREAM(${bronze}.orders)
KEYS (order_id) SEQUENCE BY ordered_at COLUMNS order_id, amount STORED AS SCD TYPE 1;
"""
_FED_AGAIN = """CREATE OR REFRESH STREAMING TABLE ${silver}.fed2
AS SELECT order_id, amount, ordered_at FROM STREAM(${bronze}.orders);
"""
_FROM_FILES = """FROM (
    SELECT *, 1 AS revenue FROM read_files('/Volumes/x/y/z', format => 'csv', schema => 'day DATE')
)"""
_LISTED_TABLE = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.listed AS SELECT day FROM ${gold}.daily;\n"
_TOP_STREAM = "CREATE OR REFRESH STREAMING TABLE ${gold}.top AS SELECT order_id FROM STREAM(${silver}.paid);\n"
_WEEKLY = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.weekly AS SELECT 1 AS one FROM ${gold}.daily;\n"
_PAID_VIEW = PAID.replace("STREAMING TABLE", "MATERIALIZED VIEW").replace(
    "STREAM(${bronze}.orders)", "${bronze}.orders"
)
_WIDENING = "TBLPROPERTIES ('delta.enableTypeWidening' = 'true')\nCLUSTER BY (order_id)"
_WIDE = {_TYPED: TYPED.replace("CLUSTER BY (order_id)", _WIDENING)}


def _wide(old: str, new: str) -> Files:
    return {_TYPED: _WIDE[_TYPED].replace(old, new)}


CASES = (
    Case("nothing", "silver.paid", "unchanged", None, {}),
    Case("a comment in SQL", "silver.paid", "unchanged", None, {_PAID: "-- Paid ones.\n" + PAID}),
    Case("layout of SQL", "silver.paid", "unchanged", None, {_PAID: PAID.replace(", ", ",\n    ")}),
    Case("case of keywords", "silver.paid", "unchanged", None, edit(_PAID, "AS SELECT", "as select")),
    Case("a file moved", "silver.paid", "unchanged", None, {_PAID: None, "sql/silver/paid_orders.sql": PAID}),
    Case(
        "comment of a materialized view",
        "gold.daily",
        "metadata only",
        "property",
        edit(_DAILY, "Revenue per day'", "Per day'"),
    ),
    Case(
        "a column more",
        "silver.paid",
        "new rows only",
        "column added",
        edit(_PAID, "ordered_at FROM", "ordered_at, 1 AS one FROM"),
    ),
    Case("a column less", "silver.paid", "new rows only", "column dropped", edit(_PAID, "customer_id, try", "try")),
    Case(
        "another expression",
        "silver.paid",
        "new rows only",
        "query of a streaming table",
        edit(_PAID, "DOUBLE", "FLOAT"),
    ),
    Case(
        "a filter",
        "silver.paid",
        "new rows only",
        "query of a streaming table",
        edit(_PAID, "orders);", "orders) WHERE amount > 0;"),
    ),
    Case(
        "another source",
        "silver.paid",
        "state lost",
        "streamed source",
        edit(_PAID, "${bronze}.orders", "${silver}.stamped"),
    ),
    Case(
        "a filter in a stateful query",
        "silver.counted",
        "state lost",
        "stateful query",
        edit(_COUNTED, "count(*)", "count(order_id)"),
    ),
    Case(
        "another group",
        "silver.counted",
        "state lost",
        "stateful query",
        edit(_COUNTED, "'1 hour') AS", "'2 hours') AS"),
    ),
    Case(
        "another watermark",
        "silver.counted",
        "state lost",
        "stateful query",
        edit(_COUNTED, "INTERVAL 1 HOUR", "INTERVAL 2 HOURS"),
    ),
    Case(
        "a group where none was",
        "silver.paid",
        "state lost",
        "stateful query",
        edit(_PAID, "SELECT order_id", "SELECT DISTINCT order_id"),
    ),
    Case("a flow more", "silver.fed", "new rows only", "flow added", {_FED: FED + _MORE}),
    Case("a once flow", "silver.fed", "new rows only", "once flow", {_FED: FED + _PAST}),
    Case("a flow renamed", "silver.fed", "state lost", "name of a flow", edit(_FED, "fed_from_orders", "fed_flow")),
    Case("a flow less", "silver.fed", "new rows only", "flow taken away", {}, {_FED: FED + _MORE}),
    Case(
        "a flow's query",
        "silver.fed",
        "new rows only",
        "query of a streaming table",
        edit(_FED, "SELECT order_id", "SELECT upper(order_id) AS order_id"),
    ),
    Case(
        "keys of auto cdc",
        "silver.kept",
        "undefined results",
        "keys of auto cdc",
        edit(_KEPT, "KEYS (order_id)", "KEYS (order_id, amount)"),
    ),
    Case(
        "sequence of auto cdc",
        "silver.kept",
        "undefined results",
        "sequence of auto cdc",
        edit(_KEPT, "BY ordered_at", "BY amount"),
    ),
    Case(
        "scd type",
        "silver.kept",
        "full refresh needed",
        "scd type",
        edit(_KEPT, "SCD TYPE 2 TRACK HISTORY ON amount", "SCD TYPE 1"),
    ),
    Case(
        "tracked columns",
        "silver.kept",
        "full refresh needed",
        "scd type",
        edit(_KEPT, "HISTORY ON amount", "HISTORY ON ordered_at"),
    ),
    Case(
        "delete condition",
        "silver.kept",
        "new rows only",
        "conditions of auto cdc",
        edit(_KEPT, "amount = 'x'", "amount = 'y'"),
    ),
    Case(
        "no delete condition",
        "silver.kept",
        "new rows only",
        "conditions of auto cdc",
        edit(_KEPT, "APPLY AS DELETE WHEN amount = 'x' ", ""),
    ),
    Case(
        "columns of auto cdc",
        "silver.kept",
        "new rows only",
        "conditions of auto cdc",
        edit(_KEPT, "STORED AS", "COLUMNS * EXCEPT (customer_id) STORED AS"),
    ),
    Case(
        "source of auto cdc",
        "silver.kept",
        "state lost",
        "streamed source",
        edit(_KEPT, "STREAM(${silver}.events)", "STREAM(${bronze}.orders)"),
    ),
    Case("auto cdc instead of append", "silver.fed", "full refresh needed", "streamed source", {_FED: _FED_BY_CDC}),
    Case(
        "a view in between",
        "silver.events",
        "new rows only",
        "query of a streaming table",
        edit(_EVENTS, "SELECT order_id, amount", "SELECT order_id, upper(amount) AS amount"),
    ),
    Case(
        "a view's new source",
        "silver.events",
        "state lost",
        "streamed source",
        edit(_EVENTS, "STREAM(${bronze}.orders)", "STREAM(${silver}.fed2)") | {"sql/silver/fed2.sql": _FED_AGAIN},
    ),
    Case(
        "the view itself",
        "events_view",
        "metadata only",
        "view",
        edit(_EVENTS, "SELECT order_id, amount", "SELECT order_id, upper(amount) AS amount"),
    ),
    Case(
        "folder of a source",
        "bronze.orders",
        "new rows only",
        "path of a source",
        edit(_BRONZE, "/orders'", "/orders_new'"),
    ),
    Case("format of a source", "bronze.orders", "state lost", "streamed source", edit(_BRONZE, "'json'", "'csv'")),
    Case(
        "schema of a source",
        "bronze.orders",
        "new rows only",
        "reader option",
        edit(_BRONZE, "ordered_at STRING'", "ordered_at STRING, note STRING'"),
    ),
    Case(
        "evolution of a source", "bronze.orders", "new rows only", "reader option", edit(_BRONZE, "'rescue'", "'none'")
    ),
    Case(
        "files per trigger",
        "bronze.orders",
        "metadata only",
        "reader option",
        edit(_BRONZE, "=> 'rescue'", "=> 'rescue', maxFilesPerTrigger => 10"),
    ),
    Case(
        "protection taken away",
        "bronze.orders",
        "metadata only",
        "reset protection",
        edit(_BRONZE, "TBLPROPERTIES ('pipelines.reset.allowed' = 'false')\n", ""),
    ),
    Case(
        "another property",
        "bronze.orders",
        "metadata only",
        "property",
        edit(_BRONZE, "'false')", "'false', 'quality' = 'bronze')"),
    ),
    Case(
        "a declared column more",
        "silver.typed",
        "new rows only",
        "column added",
        edit(_TYPED, "amount INT,", "amount INT, note STRING,"),
    ),
    Case(
        "a declared column less",
        "silver.typed",
        "new rows only",
        "column dropped",
        edit(_TYPED, "    amount INT,\n", ""),
    ),
    Case(
        "comment of a column",
        "silver.typed",
        "metadata only",
        "column comment",
        edit(_TYPED, "'Number'", "'Number on the invoice'"),
    ),
    Case(
        "int to bigint",
        "silver.typed",
        "full refresh needed",
        "type changed",
        edit(_TYPED, "amount INT", "amount BIGINT"),
    ),
    Case(
        "int to bigint with widening",
        "silver.typed",
        "metadata only",
        "type widened",
        _wide("amount INT", "amount BIGINT"),
        _WIDE,
    ),
    Case(
        "more digits with widening",
        "silver.typed",
        "metadata only",
        "type widened",
        _wide("price DECIMAL(10,2)", "price DECIMAL(12,2)"),
        _WIDE,
    ),
    Case(
        "fewer whole digits",
        "silver.typed",
        "full refresh needed",
        "type changed",
        _wide("price DECIMAL(10,2)", "price DECIMAL(10,4)"),
        _WIDE,
    ),
    Case(
        "another type",
        "silver.typed",
        "full refresh needed",
        "type changed",
        _wide("amount INT", "amount STRING"),
        _WIDE,
    ),
    Case(
        "the same type by another name", "silver.typed", "unchanged", None, edit(_TYPED, "amount INT", "amount integer")
    ),
    Case(
        "a column must be there",
        "silver.typed",
        "full refresh needed",
        "type changed",
        edit(_TYPED, "amount INT", "amount INT NOT NULL"),
    ),
    Case(
        "a mask",
        "silver.typed",
        "metadata only",
        "mask",
        edit(_TYPED, "amount INT", "amount INT MASK ${silver}.mask_int"),
    ),
    Case(
        "a stricter expectation",
        "silver.typed",
        "new rows only",
        "expectation",
        edit(_TYPED, "order_id IS NOT NULL", "order_id LIKE 'O-%'"),
    ),
    Case(
        "an expectation that drops",
        "silver.typed",
        "new rows only",
        "expectation",
        edit(_TYPED, "NOT NULL)\n", "NOT NULL) ON VIOLATION DROP ROW\n"),
    ),
    Case(
        "other clustering",
        "silver.typed",
        "metadata only",
        "clustering",
        edit(_TYPED, "CLUSTER BY (order_id)", "CLUSTER BY (amount)"),
    ),
    Case(
        "partitions",
        "silver.typed",
        "full refresh needed",
        "partitioning",
        edit(_TYPED, "CLUSTER BY (order_id)", "PARTITIONED BY (order_id)"),
    ),
    Case(
        "query of a materialized view",
        "gold.daily",
        "recomputed",
        "query of a materialized view",
        edit(_DAILY, "sum(amount)", "max(amount)"),
    ),
    Case(
        "comment in a materialized view",
        "gold.daily",
        "unchanged",
        None,
        edit(_DAILY, "-- Revenue per day.", "-- Per day."),
    ),
    Case(
        "an expectation on a materialized view",
        "gold.daily",
        "incremental refresh lost",
        "incremental refresh",
        edit(_DAILY, "COMMENT", "(CONSTRAINT has_day EXPECT (day IS NOT NULL)) COMMENT"),
    ),
    Case(
        "the clock in a materialized view",
        "gold.daily",
        "incremental refresh lost",
        "incremental refresh",
        edit(_DAILY, "AS revenue", "AS revenue, current_timestamp() AS made_at"),
    ),
    Case(
        "a window over all rows",
        "gold.top",
        "incremental refresh lost",
        "incremental refresh",
        edit(_TOP, "PARTITION BY month(day) ", ""),
    ),
    Case(
        "files in a materialized view",
        "gold.top",
        "incremental refresh lost",
        "incremental refresh",
        edit(_TOP, "FROM ${gold}.daily", _FROM_FILES),
    ),
    Case("a view", "gold.listed", "metadata only", "view", edit(_LIST, "SELECT day", "SELECT day, revenue")),
    Case("a view becomes a table", "gold.listed", "recomputed", "kind of a dataset", {_LIST: _LISTED_TABLE}),
    Case(
        "a materialized view becomes a streaming table",
        "gold.top",
        "dropped with data",
        "kind of a dataset",
        {_TOP: _TOP_STREAM},
    ),
    Case(
        "a streaming table becomes a materialized view",
        "silver.paid",
        "dropped with data",
        "kind of a dataset",
        {_PAID: _PAID_VIEW},
    ),
    Case("a new table", "gold.weekly", "new", "flow added", {"sql/gold/weekly.sql": _WEEKLY}),
    Case("a table taken away", "silver.typed", "dropped with data", "dataset taken away", {_TYPED: None}),
    Case("a view taken away", "gold.listed", "metadata only", "dataset taken away", {_LIST: None}),
    Case(
        "a table renamed, the old name",
        "silver.fed",
        "dropped with data",
        "dataset taken away",
        {_FED: None, "sql/silver/feed.sql": FED.replace(".fed", ".feed")},
    ),
    Case(
        "a table renamed, the new name",
        "silver.feed",
        "new",
        "dataset renamed",
        {_FED: None, "sql/silver/feed.sql": FED.replace(".fed", ".feed")},
    ),
    Case(
        "another pipeline makes it",
        "gold.daily",
        "full refresh needed",
        "pipeline of a dataset",
        {_DAILY: None, "sql/silver/daily.sql": DAILY},
    ),
)
