"""A corpus of pipeline SQL files with every kind of statement, the same for the same number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def write_corpus(folder: Path, count: int) -> list[Path]:
    """Write `count` files to `folder`: statement kinds in turn, each with names of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"dataset_{number:05}.sql"
        path.write_text(WRITERS[number % len(WRITERS)](number), encoding="utf-8")
        paths.append(path)
    return paths


def _bronze(number: int) -> str:
    columns = ", ".join(f"field_{i} STRING" for i in range(6 + number % 5))
    return f"""-- Events number {number} as the source wrote them.
-- One JSON line for each event; nothing is cast here.
CREATE OR REFRESH STREAMING TABLE ${{bronze}}.events_{number}
COMMENT 'Raw events; the source''s own names.'
TBLPROPERTIES (
    'quality' = 'bronze',
    'pipelines.reset.allowed' = 'false',
    'delta.enableChangeDataFeed' = 'true'
)
CLUSTER BY AUTO
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    _metadata.file_modification_time AS _source_modified_at,
    sha2(concat_ws('|', _metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files(
    '${{landing}}/events_{number}',
    format => 'json',
    schema => '{columns}',
    schemaEvolutionMode => 'rescue',
    rescuedDataColumn => '_rescued_data',
    `multiLine` => false
);
{_comment_block(number, 6)}"""


def _checked(number: int) -> str:
    return f"""CREATE OR REFRESH STREAMING TABLE ${{silver}}.orders_{number} (
    order_id STRING NOT NULL PRIMARY KEY COMMENT 'Number on the invoice',
    customer_id STRING COMMENT "The buyer",
    email STRING MASK ${{silver}}.mask_email USING COLUMNS (customer_id),
    amount DECIMAL(12, 2),
    ordered_at TIMESTAMP,
    lines ARRAY<STRUCT<sku: STRING, quantity: INT, tags: MAP<STRING, STRING>>>,
    ordered_on DATE GENERATED ALWAYS AS (CAST(ordered_at AS DATE)),
    CONSTRAINT order_id_present EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW,
    CONSTRAINT amount_in_range EXPECT (amount BETWEEN 0 AND 100000),
    CONSTRAINT status_allowed EXPECT (status IN ('placed', 'paid', 'shipped')) ON VIOLATION FAIL UPDATE,
    CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES ${{silver}}.customers(customer_id)
)
CLUSTER BY (customer_id, ordered_at)
COMMENT 'Orders, checked'
WITH ROW FILTER ${{silver}}.only_my_region ON (region)
AS SELECT
    trim(o.order_id) AS order_id,
    o.customer_id,
    lower(trim(o.email)) AS email,
    try_cast(o.amount AS DECIMAL(12, 2)) AS amount,
    try_to_timestamp(o.ordered_at, 'yyyy-MM-dd') AS ordered_at,
    from_json(o.lines, 'ARRAY<STRUCT<sku: STRING, quantity: INT>>') AS lines,
    CASE WHEN o.region IS NULL THEN 'unknown' ELSE o.region END AS region
FROM STREAM(${{bronze}}.events_{number}) WITH (SKIPCHANGECOMMITS) AS o
LEFT JOIN ${{silver}}.regions AS r ON o.region = r.code
WHERE o._rescued_data IS NULL OR extract(YEAR FROM o.ordered_at) > 2000;
"""


def _history(number: int) -> str:
    return f"""-- Changes of customers, cleaned before they are applied.
CREATE TEMPORARY VIEW customer_changes_{number} (
    customer_id COMMENT 'Key',
    CONSTRAINT key_present EXPECT (customer_id IS NOT NULL) ON VIOLATION DROP ROW
)
AS WITH latest AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id, changed_at ORDER BY event_id DESC) AS position
    FROM STREAM(${{bronze}}.events_{number})
)
SELECT customer_id, name, op, changed_at, event_id
FROM latest
WHERE position = 1;

CREATE OR REFRESH STREAMING TABLE ${{silver}}.customer_history_{number};

CREATE FLOW customer_history_flow_{number} AS AUTO CDC INTO ${{silver}}.customer_history_{number}
FROM STREAM(customer_changes_{number})
KEYS (customer_id)
IGNORE NULL UPDATES
APPLY AS DELETE WHEN op = 'delete'
SEQUENCE BY STRUCT(changed_at, event_id)
COLUMNS * EXCEPT (op, event_id)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (changed_at);
"""


def _gold(number: int) -> str:
    return f"""CREATE OR REFRESH MATERIALIZED VIEW ${{gold}}.daily_sales_{number}
COMMENT 'Sales a day'
REFRESH POLICY INCREMENTAL
AS
WITH paid AS (
    SELECT order_id, customer_id, amount, CAST(ordered_at AS DATE) AS ordered_on
    FROM ${{silver}}.orders_{number}
    WHERE status <> 'returned'
), /* customers with at least
      one order */ buyers AS (
    SELECT DISTINCT p.customer_id, c.segment
    FROM paid p
    JOIN ${{silver}}.customer_history_{number} c ON p.customer_id = c.customer_id AND c.__END_AT IS NULL
), ranked AS (
    SELECT *, dense_rank() OVER (PARTITION BY segment ORDER BY customer_id) AS position FROM buyers
)
SELECT
    p.ordered_on,
    r.segment,
    count(*) AS orders,
    count(DISTINCT p.customer_id) AS customers,
    sum(p.amount) AS revenue,
    (SELECT max(rate) FROM ${{silver}}.rates WHERE currency = 'EUR') AS rate
FROM paid p
LEFT JOIN ranked r USING (customer_id)
LEFT JOIN ${{gold}}.dim_date d ON d.date_key = p.ordered_on
WHERE EXISTS (SELECT 1 FROM ${{silver}}.countries k WHERE k.code = p.country)
GROUP BY ALL
HAVING sum(p.amount) > 0;
"""


def _flows(number: int) -> str:
    return f"""USE CATALOG ${{catalog}};
USE SCHEMA ${{silver_schema}};
SET retention_{number} = 30;

CREATE OR REFRESH STREAMING TABLE all_payments_{number} (payment_id STRING, amount DECIMAL(10, 2))
PARTITIONED BY (paid_on);

CREATE FLOW payments_backfill_{number} COMMENT 'Once, from the archive' AS
INSERT INTO ONCE all_payments_{number} BY NAME
SELECT payment_id, CAST(amount AS DECIMAL(10, 2)) AS amount
FROM read_files('${{landing}}/archive', format => 'parquet');

CREATE FLOW payments_{number} AS
INSERT INTO all_payments_{number} BY NAME
SELECT payment_id, amount FROM STREAM payments_{number};

CREATE STREAMING TABLE refunds_{number}
FLOW AUTO CDC FROM STREAM(refund_changes) KEYS (id) SEQUENCE BY ts STORED AS SCD TYPE 1;

CREATE STREAMING TABLE corrections_{number}
FLOW REPLACE WHERE day >= '2026-01-01' BY NAME SELECT id, day FROM STREAM(raw_corrections);

CREATE PRIVATE STREAMING TABLE scratch_{number} AS
SELECT key, CAST(value AS STRING) AS value
FROM STREAM read_kafka(bootstrapServers => 'broker:9092', subscribe => 'topic', `kafka.security.protocol` => 'SSL');
"""


def _old_names(number: int) -> str:
    return f"""-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Customers, written with the old names

-- COMMAND ----------

CREATE STREAMING LIVE TABLE customers_raw_{number}
TBLPROPERTIES ("quality" = "bronze")
AS SELECT * FROM cloud_files("${{landing}}/customers", "csv", map("header", "true", "inferSchema", "true"))

-- COMMAND ----------

CREATE TEMPORARY STREAMING LIVE VIEW customers_clean_{number} (
  CONSTRAINT valid_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW
)
AS SELECT id, upper(name) AS name, op, ts FROM STREAM(LIVE.customers_raw_{number})

-- COMMAND ----------

CREATE STREAMING LIVE TABLE customers_{number};

APPLY CHANGES INTO LIVE.customers_{number}
FROM STREAM(LIVE.customers_clean_{number})
KEYS (id)
APPLY AS DELETE WHEN op = "DELETE"
SEQUENCE BY ts
COLUMNS * EXCEPT (op, _rescued_data);

-- COMMAND ----------

CREATE LIVE TABLE customer_counts_{number} AS
SELECT count(*) AS customers, 'all' AS scope FROM LIVE.customers_{number}
"""


def _views(number: int) -> str:
    return f"""CREATE VIEW ${{gold}}.open_orders_{number} COMMENT 'Not yet shipped' AS
SELECT o.order_id, o.amount, explode_outer(o.lines) AS line
FROM ${{silver}}.orders_{number} o
WHERE o.status = 'paid' AND o.region IS NOT DISTINCT FROM 'eu';

CREATE OR REPLACE VIEW ${{gold}}.order_metrics_{number} WITH METRICS LANGUAGE YAML AS $$
version: 1.1
source: gold.fact_orders
dimensions:
  - name: order_month
    expr: date_trunc('MONTH', order_date)
measures:
  - name: revenue
    expr: SUM(amount)
$$;

CREATE MATERIALIZED VIEW ${{gold}}.events_flat_{number}
SCHEDULE EVERY 4 HOURS
AS FROM ${{silver}}.orders_{number}
|> WHERE amount > 0
|> JOIN ${{silver}}.customers c ON c.customer_id = customer_id
|> SELECT order_id, c.name;

CREATE MATERIALIZED VIEW ${{gold}}.price_steps_{number} AS
SELECT p.sku, s.step, p.price * s.step AS price
FROM json.`${{landing}}/prices` p, LATERAL explode(sequence(1, 3)) AS s(step), VALUES (1), (2) AS v(x)
LATERAL VIEW explode(p.tags) t AS tag
UNION ALL
SELECT sku, 1, price FROM IDENTIFIER('${{silver}}.prices') TABLESAMPLE (10 PERCENT);
"""


def _comment_block(number: int, lines: int) -> str:
    return "\n".join(
        f"-- Note {line} about dataset {number}: it's kept {{as}} it came; see ticket." for line in range(lines)
    )


WRITERS: tuple[Callable[[int], str], ...] = (_bronze, _checked, _history, _gold, _flows, _old_names, _views)
