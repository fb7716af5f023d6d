-- case: a materialized view with a join, a subquery and a common table expression
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily_sales AS
WITH paid AS (SELECT * FROM ${silver}.orders WHERE status = 'paid')
SELECT p.day, sum(p.amount) AS revenue, (SELECT max(rate) FROM rates) AS rate
FROM paid p LEFT JOIN ${gold}.dim_date AS d ON d.day = p.day
GROUP BY ALL;
-- => {"kind": "materialized_view", "name": "${gold}.daily_sales", "inputs": [{"name": "${silver}.orders", "mode": "batch"}, {"name": "rates"}, {"name": "${gold}.dim_date"}], "columns": [{"name": "day"}, {"name": "revenue"}, {"name": "rate"}]}

-- case: private, with a refresh policy
CREATE PRIVATE MATERIALIZED VIEW v REFRESH POLICY INCREMENTAL STRICT AS SELECT 1 AS one;
-- => {"kind": "materialized_view", "options": ["private"], "clauses": {"refresh_policy": "INCREMENTAL STRICT"}}

-- case: expectations and keys in a materialized view
CREATE MATERIALIZED VIEW v (
    CONSTRAINT positive EXPECT (revenue > 0),
    CONSTRAINT `day is known` EXPECT (day IS NOT NULL) ON VIOLATION FAIL UPDATE
) AS SELECT day, revenue FROM s;
-- => {"expectations": [{"name": "positive", "condition": "revenue > 0", "action": "warn", "line": 2}, {"name": "day is known", "condition": "day IS NOT NULL", "action": "fail", "line": 3}], "columns": [{"name": "day"}, {"name": "revenue"}]}

-- case: a condition with parentheses, quotes and a comment keeps its text
CREATE MATERIALIZED VIEW v (CONSTRAINT c EXPECT (coalesce(a IN ('x)', "y"), false) -- why
  AND (b > 1))) AS SELECT a, b FROM s;
-- => {"expectations": [{"condition": "coalesce(a IN ('x)', \"y\"), false) -- why\n  AND (b > 1)", "action": "warn"}]}

-- case: a temporary view
CREATE TEMPORARY VIEW orders_conformed AS SELECT trim(o.order_id) AS order_id FROM STREAM(${bronze}.orders) o;
CREATE TEMP VIEW v COMMENT 'c' TBLPROPERTIES ('a' = 'b') AS SELECT 1 AS one;
CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1 AS one;
-- => {"kind": "temporary_view", "name": "orders_conformed", "inputs": [{"name": "${bronze}.orders", "mode": "stream"}], "columns": [{"name": "order_id"}]}
-- => {"kind": "temporary_view", "comment": "c", "properties": {"a": "b"}}
-- => {"kind": "temporary_view", "options": ["or_replace"]}

-- case: columns of a view have names and comments only
CREATE TEMPORARY VIEW v (a COMMENT 'first', `b c`, CONSTRAINT ok EXPECT (a > 0) ON VIOLATION DROP ROW) AS SELECT 1, 2;
-- => {"columns": [{"name": "a", "type": null, "comment": "first"}, {"name": "b c", "type": null, "comment": null}], "expectations": [{"name": "ok", "action": "drop"}]}

-- case: a published view
CREATE VIEW ${gold}.open_orders WITH SCHEMA EVOLUTION AS SELECT * FROM ${silver}.orders;
CREATE OR REPLACE VIEW v AS SELECT * FROM a;
-- => {"kind": "view", "clauses": {"schema_binding": "EVOLUTION"}, "inputs": [{"name": "${silver}.orders"}]}
-- => {"kind": "view", "options": ["or_replace"]}

-- case: a metric view has a definition instead of a query
CREATE OR REPLACE VIEW sales_metrics WITH METRICS LANGUAGE YAML AS $$
version: 1.1
source: gold.sales   # it's fine; not a quote
$$;
SELECT 1;
-- => {"kind": "view", "name": "sales_metrics", "inputs": [], "clauses": {"metrics": "\nversion: 1.1\nsource: gold.sales   # it's fine; not a quote\n"}, "error": null}
-- => {"kind": "other", "line": 5}

-- case: a query in pipe syntax
CREATE MATERIALIZED VIEW v AS FROM orders |> WHERE amount > 0 |> JOIN customers USING (id) |> SELECT id;
-- => {"inputs": [{"name": "orders"}, {"name": "customers"}]}
