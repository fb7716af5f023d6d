"""Changed names inside queries, parameters, Python functions and flows that take another's place."""

from __future__ import annotations

from change_base import (
    BRONZE_FILE,
    DAILY_FILE,
    EVENTS_FILE,
    FED,
    FED_FILE,
    PAID,
    PAID_FILE,
    PAID_VIEW,
    TOP_FILE,
    TOP_STREAM,
    TYPED_FILE,
    Case,
    edit,
)
from small_project import DATABRICKS

WITH_CTE = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily
AS WITH paid_orders AS (SELECT p.order_id, p.amount FROM ${silver}.paid AS p WHERE p.customer_id <> 'x')
SELECT o.order_id, sum(o.amount) AS revenue FROM paid_orders AS o GROUP BY ALL;
"""
CTE_FILES = {DAILY_FILE: WITH_CTE, "sql/gold/top.sql": None, "sql/gold/listed.sql": None}
PAID_BY_ALIAS = PAID.replace("SELECT order_id, customer_id", "SELECT o.order_id, o.customer_id").replace(
    "orders);", "orders) AS o;"
)
PYTHON_FILE = "python/notes.py"
PYTHON = """from pyspark import pipelines as dp


@dp.table(name="silver.notes")
def notes():
    return spark.readStream.table("bronze.orders").where("amount > 0")
"""
FED_BY_EVENTS = FED.replace("fed_from_orders", "fed_from_events").replace("${bronze}.orders", "${silver}.events")
SECOND = (
    FED + "CREATE FLOW more AS INSERT INTO ${silver}.fed BY NAME SELECT order_id, amount FROM STREAM(${silver}.two);"
)
TWO = """CREATE OR REFRESH STREAMING TABLE ${silver}.two AS SELECT order_id, amount
FROM STREAM read_files('${landing}/two', format => 'json', schema => 'order_id STRING, amount STRING');
"""
FED_BY_TWO = FED.replace("fed_from_orders", "fed_from_two").replace("${bronze}.orders", "${silver}.two")
KEYED = """CREATE OR REFRESH STREAMING TABLE ${silver}.fed;
CREATE FLOW fed_by_key AS AUTO CDC INTO ${silver}.fed FROM STREAM(${bronze}.orders)
KEYS (order_id) SEQUENCE BY ordered_at STORED AS SCD TYPE 1;
"""
LINES_FILE = "sql/bronze/lines.sql"
LINES = """CREATE OR REFRESH STREAMING TABLE ${bronze}.lines AS SELECT coalesce(paid, true) AS paid
FROM STREAM read_files('${landing}/lines', format => 'csv', header => true, multiLine => false,
    schema => 'paid BOOLEAN');
"""
FACTOR = {
    DAILY_FILE: "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily AS SELECT ${factor} * 2 AS day, 1 AS revenue;\n"
}
GOLD_SETTING = "        silver: ${resources.schemas.silver.name}\n        gold: ${resources.schemas.gold.name}\n"


def with_factor(value: str) -> dict[str, str | None]:
    head, _, marts = DATABRICKS.rpartition(GOLD_SETTING)
    return {**FACTOR, "databricks.yml": f'{head}{GOLD_SETTING}        factor: "{value}"\n{marts}'}


def cte(old: str, new: str) -> dict[str, str | None]:
    assert old in WITH_CTE
    return {**CTE_FILES, DAILY_FILE: WITH_CTE.replace(old, new)}


QUERY_CASES = (
    Case(
        "a literal that is an option's value too",
        "bronze.lines",
        "new rows only",
        "query of a streaming table",
        {LINES_FILE: LINES.replace("(paid, true)", "(paid, false)")},
        {LINES_FILE: LINES},
    ),
    Case(
        "a streamed table becomes a materialized view",
        "gold.top",
        "full refresh needed",
        "refresh of a streamed table",
        {PAID_FILE: PAID_VIEW, TOP_FILE: TOP_STREAM},
        {TOP_FILE: TOP_STREAM},
    ),
    Case("a CTE renamed", "gold.daily", "recomputed", "names in a query", cte("paid_orders", "payments"), CTE_FILES),
    Case("text in other quotes", "gold.daily", "recomputed", "names in a query", cte("'x'", '"x"'), CTE_FILES),
    Case(
        "other text in other quotes",
        "gold.daily",
        "recomputed",
        "query of a materialized view",
        cte("'x'", '"y"'),
        CTE_FILES,
    ),
    Case(
        "another column of the same CTE",
        "gold.daily",
        "recomputed",
        "query of a materialized view",
        cte("sum(o.amount)", "sum(o.order_id)"),
        CTE_FILES,
    ),
    Case(
        "an alias renamed",
        "silver.paid",
        "metadata only",
        "names in a query",
        {PAID_FILE: PAID_BY_ALIAS.replace("o.", "orders_now.").replace("AS o;", "AS orders_now;")},
        {PAID_FILE: PAID_BY_ALIAS},
    ),
    Case(
        "an alias that is a column too",
        "silver.events",
        "new rows only",
        "query of a streaming table",
        edit(EVENTS_FILE, "SELECT * FROM STREAM(events_view)", "SELECT e FROM STREAM(events_view) AS f"),
        edit(EVENTS_FILE, "SELECT * FROM STREAM(events_view)", "SELECT e FROM STREAM(events_view) AS e"),
    ),
    Case(
        "a parameter's value",
        "gold.daily",
        "recomputed",
        "query of a materialized view",
        with_factor("2"),
        with_factor("1"),
    ),
    Case(
        "a volume's name",
        "bronze.orders",
        "new rows only",
        "path of a source",
        {"databricks.yml": DATABRICKS.replace("name: landing}", "name: arrivals}")},
    ),
    Case(
        "a parameter with the same value",
        "bronze.orders",
        "unchanged",
        None,
        edit(BRONZE_FILE, "'${landing}/orders'", "'/Volumes/shop/bronze/landing/orders'"),
    ),
    Case(
        "a catalog's name",
        "silver.paid",
        "dropped with data",
        "dataset renamed",
        {"databricks.yml": DATABRICKS.replace("default: shop", "default: stall")},
    ),
    Case(
        "a folder further down",
        "silver.paid",
        "unchanged",
        None,
        {PAID_FILE: None, "sql/silver/money/paid.sql": PAID},
    ),
    Case(
        "a Python function's body",
        "silver.notes",
        "new rows only",
        "python",
        {PYTHON_FILE: PYTHON.replace("> 0", "> 1")},
        {PYTHON_FILE: PYTHON},
    ),
    Case(
        "a comment in a Python function",
        "silver.notes",
        "unchanged",
        None,
        {PYTHON_FILE: PYTHON.replace("    return", "    # those that cost something\n    return")},
        {PYTHON_FILE: PYTHON},
    ),
    Case(
        "a flow that reads the same rows by way of another table",
        "silver.fed",
        "state lost",
        "name of a flow",
        {FED_FILE: FED_BY_EVENTS},
    ),
    Case(
        "a flow that reads other rows",
        "silver.fed",
        "new rows only",
        "flow taken away",
        {FED_FILE: FED_BY_TWO, "sql/silver/two.sql": TWO},
        {"sql/silver/two.sql": TWO},
    ),
    Case(
        "a second source",
        "silver.fed",
        "new rows only",
        "flow added",
        {FED_FILE: SECOND, "sql/silver/two.sql": TWO},
        {"sql/silver/two.sql": TWO},
    ),
    Case("keys where rows were appended", "silver.fed", "full refresh needed", "kind of a flow", {FED_FILE: KEYED}),
    Case(
        "another field of JSON text",
        "silver.paid",
        "new rows only",
        "query of a streaming table",
        edit(PAID_FILE, "SELECT order_id", "SELECT amount:Order.Id AS order_id"),
        edit(PAID_FILE, "SELECT order_id", "SELECT amount:Order.id AS order_id"),
    ),
    Case(
        "the case of a name behind JSON text",
        "silver.paid",
        "unchanged",
        None,
        edit(PAID_FILE, "SELECT order_id", "SELECT amount:Order.id as Order_Id"),
        edit(PAID_FILE, "SELECT order_id", "SELECT amount:Order.id AS order_id"),
    ),
    Case(
        "a table protected against its full refresh",
        "bronze.orders",
        "full refresh needed",
        "reset protection",
        edit(BRONZE_FILE, ".orders\n", ".orders (order_id BIGINT)\n"),
        edit(BRONZE_FILE, ".orders\n", ".orders (order_id STRING)\n"),
    ),
    Case(
        "files that a full refresh reads again",
        "bronze.orders",
        "full refresh needed",
        "files of a full refresh",
        edit(BRONZE_FILE, ".orders\n", ".orders (order_id BIGINT)\n"),
        edit(BRONZE_FILE, ".orders\n", ".orders (order_id STRING)\n"),
    ),
    Case(
        "an expectation that stops the update",
        "silver.typed",
        "new rows only",
        "expectation",
        edit(TYPED_FILE, "NOT NULL)\n", "NOT NULL) ON VIOLATION FAIL UPDATE\n"),
    ),
    Case(
        "a mask taken away",
        "silver.typed",
        "metadata only",
        "protection taken away",
        {},
        edit(TYPED_FILE, "amount INT", "amount INT MASK ${silver}.mask_int"),
    ),
    Case(
        "a row filter taken away",
        "silver.typed",
        "metadata only",
        "protection taken away",
        {},
        edit(TYPED_FILE, "CLUSTER BY", "WITH ROW FILTER ${silver}.own_rows ON (order_id)\nCLUSTER BY"),
    ),
)
