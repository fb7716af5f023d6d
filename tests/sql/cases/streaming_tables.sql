-- case: a table from a table
CREATE OR REFRESH STREAMING TABLE ${silver}.orders AS SELECT order_id, amount FROM STREAM(${bronze}.orders);
-- => {"kind": "streaming_table", "name": "${silver}.orders", "inputs": [{"name": "${bronze}.orders", "mode": "stream", "kind": "table"}], "columns": [{"name": "order_id", "type": null}, {"name": "amount"}], "options": ["or_refresh"], "error": null}

-- case: without OR REFRESH and with the short form of STREAM
CREATE STREAMING TABLE orders AS SELECT * FROM STREAM raw_orders;
-- => {"kind": "streaming_table", "name": "orders", "inputs": [{"name": "raw_orders", "mode": "stream"}], "columns": [], "options": []}

-- case: a table without a query
CREATE OR REFRESH STREAMING TABLE customer_history;
-- => {"kind": "streaming_table", "name": "customer_history", "inputs": [], "error": null}

-- case: lower case, three-part name with back-ticks
create or refresh streaming table `main`.`my schema`.orders as select 1 as one;
-- => {"kind": "streaming_table", "name": "`main`.`my schema`.orders", "columns": [{"name": "one"}]}

-- case: if not exists
CREATE STREAMING TABLE IF NOT EXISTS orders AS SELECT * FROM STREAM raw;
-- => {"kind": "streaming_table", "name": "orders", "options": ["if_not_exists"]}

-- case: private
CREATE OR REFRESH PRIVATE STREAMING TABLE scratch AS SELECT * FROM STREAM raw;
-- => {"kind": "streaming_table", "name": "scratch", "options": ["or_refresh", "private"]}

-- case: temporary is the old word for private
CREATE OR REFRESH TEMPORARY STREAMING TABLE scratch AS SELECT * FROM STREAM raw;
-- => {"kind": "streaming_table", "name": "scratch", "options": ["or_refresh", "private"]}

-- case: files with a stated schema
CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, amount STRING', schemaEvolutionMode => 'rescue',
    rescuedDataColumn => '_rescued_data', inferColumnTypes => false, `kafka.x` => 'y', cloudFiles.maxFiles => 10);
-- => {"kind": "streaming_table", "properties": {"pipelines.reset.allowed": "false"}, "inputs": [{"name": "read_files", "mode": "stream", "kind": "files", "path": "${landing}/orders", "format": "json", "arguments": {"format": "json", "schema": "order_id STRING, amount STRING", "schemaEvolutionMode": "rescue", "rescuedDataColumn": "_rescued_data", "inferColumnTypes": "false", "kafka.x": "y", "cloudFiles.maxFiles": "10"}}], "columns": []}

-- case: files with double quotes and a path that stands alone
CREATE STREAMING TABLE raw AS SELECT * FROM STREAM json.`/Volumes/main/bronze/landing/orders`;
-- => {"inputs": [{"name": "path", "mode": "stream", "kind": "files", "path": "/Volumes/main/bronze/landing/orders", "format": "json"}]}

-- case: a message bus
CREATE STREAMING TABLE raw AS SELECT key, CAST(value AS STRING) AS value FROM STREAM read_kafka(
  bootstrapServers => 'broker:9092', subscribe => 'orders', `kafka.security.protocol` => 'SASL_SSL');
-- => {"inputs": [{"name": "read_kafka", "mode": "stream", "kind": "files", "path": null, "arguments": {"bootstrapServers": "broker:9092", "subscribe": "orders", "kafka.security.protocol": "SASL_SSL"}}], "columns": [{"name": "key"}, {"name": "value"}]}

-- case: every clause at once
CREATE OR REFRESH STREAMING TABLE t (
    id STRING NOT NULL PRIMARY KEY COMMENT 'the key',
    ssn STRING MASK c.s.mask_ssn USING COLUMNS (region, 'x'),
    CONSTRAINT valid_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW
)
USING DELTA
CLUSTER BY AUTO
LOCATION '/mnt/t'
DEFAULT COLLATION UTF8_LCASE
COMMENT 'it''s "quoted"'
TBLPROPERTIES ('quality' = 'silver', delta.enableRowTracking = true, "a" "b", flag)
WITH ROW FILTER c.s.only_mine ON (region)
AS SELECT * FROM STREAM(src);
-- => {"kind": "streaming_table", "comment": "it's \"quoted\"", "clauses": {"primary_key": "id", "using": "DELTA", "cluster_by": "AUTO", "location": "/mnt/t", "default_collation": "UTF8_LCASE", "row_filter": "c.s.only_mine ON (region)"}, "properties": {"quality": "silver", "delta.enableRowTracking": "true", "a": "b", "flag": "true"}, "expectations": [{"name": "valid_id", "condition": "id IS NOT NULL", "action": "drop"}], "columns": [{"name": "id", "type": "STRING", "not_null": true, "comment": "the key", "mask": null}, {"name": "ssn", "mask": "c.s.mask_ssn USING COLUMNS (region, 'x')"}]}

-- case: clustering and partitions as written
CREATE STREAMING TABLE a CLUSTER BY (customer_id, `order day`) AS SELECT * FROM STREAM b;
CREATE STREAMING TABLE a PARTITIONED BY (is_quarantined) AS SELECT * FROM STREAM b;
CREATE STREAMING TABLE a CLUSTER BY NONE AS SELECT * FROM STREAM b;
-- => {"clauses": {"cluster_by": "customer_id, `order day`"}}
-- => {"clauses": {"partitioned_by": "is_quarantined"}}
-- => {"clauses": {"cluster_by": "NONE"}}

-- case: schedules and triggers
CREATE STREAMING TABLE a SCHEDULE EVERY 1 HOUR AS SELECT * FROM STREAM b;
CREATE STREAMING TABLE a SCHEDULE REFRESH CRON '0 0 * * * ?' AT TIME ZONE 'UTC' COMMENT 'c' AS SELECT * FROM STREAM b;
CREATE STREAMING TABLE a TRIGGER ON UPDATE AT MOST EVERY INTERVAL 1 HOUR AS SELECT * FROM STREAM b;
-- => {"clauses": {"schedule": "EVERY 1 HOUR"}}
-- => {"clauses": {"schedule": "CRON '0 0 * * * ?' AT TIME ZONE 'UTC'"}, "comment": "c"}
-- => {"clauses": {"trigger": "ON UPDATE AT MOST EVERY INTERVAL 1 HOUR"}}

-- case: no AS before the query
CREATE STREAMING TABLE a COMMENT 'c' SELECT * FROM STREAM b;
CREATE STREAMING TABLE a WITH recent AS (SELECT * FROM STREAM b) SELECT * FROM recent;
CREATE STREAMING TABLE a FROM STREAM b |> SELECT x;
CREATE STREAMING TABLE a (SELECT x FROM STREAM b);
-- => {"inputs": [{"name": "b", "mode": "stream"}], "comment": "c"}
-- => {"inputs": [{"name": "b", "mode": "stream"}]}
-- => {"inputs": [{"name": "b", "mode": "stream"}]}
-- => {"inputs": [{"name": "b", "mode": "stream"}], "columns": [{"name": "x"}]}

-- case: a common table expression called row is not a row filter
CREATE STREAMING TABLE a WITH row AS (SELECT * FROM STREAM b) SELECT * FROM row;
-- => {"inputs": [{"name": "b"}], "clauses": {}}

-- case: skipping changes upstream
CREATE STREAMING TABLE a AS SELECT * FROM STREAM(b) WITH (SKIPCHANGECOMMITS);
CREATE STREAMING TABLE a AS SELECT * FROM STREAM b WITH ('skipChangeCommits' = 'true', STARTINGVERSION = 5) AS x;
-- => {"inputs": [{"name": "b", "mode": "stream", "arguments": {"SKIPCHANGECOMMITS": "true"}}]}
-- => {"inputs": [{"name": "b", "mode": "stream", "arguments": {"skipChangeCommits": "true", "STARTINGVERSION": "5"}}]}

-- case: a watermark behind the stream
CREATE STREAMING TABLE a AS SELECT window(ts, '1 hour') AS w, count(*) AS n
FROM STREAM clicks WATERMARK ts DELAY OF INTERVAL 10 MINUTES AS c JOIN users u ON c.user_id = u.id GROUP BY window(ts, '1 hour');
-- => {"inputs": [{"name": "clicks", "mode": "stream"}, {"name": "users", "mode": "batch"}], "columns": [{"name": "w"}, {"name": "n"}]}

-- case: a placeholder stands for the whole column list
CREATE STREAMING TABLE a (${orders.schema}) AS SELECT ${orders.columns} FROM STREAM b;
-- => {"kind": "streaming_table", "columns": [{"name": "${orders.schema}", "type": null}], "inputs": [{"name": "b"}]}

-- case: placeholders of other templates are parts of names
CREATE STREAMING TABLE {{ schema }}.a AS SELECT * FROM STREAM({catalog}.raw_${suffix}.b);
-- => {"name": "{{ schema }}.a", "inputs": [{"name": "{catalog}.raw_${suffix}.b", "mode": "stream"}]}

-- case: inline flows
CREATE STREAMING TABLE a FLOW INSERT BY NAME SELECT x FROM STREAM b;
CREATE STREAMING TABLE a FLOW INSERT ONCE BY NAME SELECT x FROM b;
CREATE STREAMING TABLE a FLOW AUTO CDC FROM STREAM(b) KEYS (id) SEQUENCE BY ts STORED AS SCD TYPE 2;
CREATE STREAMING TABLE a FLOW REPLACE WHERE day >= date '2026-01-01' AND (x = 1) BY NAME SELECT x, day FROM b;
CREATE STREAMING TABLE a FLOW REPLACE USING (id) SEQUENCE BY ts BY NAME SELECT id, ts FROM STREAM b;
-- => {"kind": "streaming_table", "options": ["by_name", "flow_insert"], "inputs": [{"name": "b", "mode": "stream"}]}
-- => {"options": ["once", "by_name", "flow_insert"], "inputs": [{"name": "b", "mode": "batch"}]}
-- => {"options": ["flow_auto_cdc"], "inputs": [{"name": "b", "mode": "stream"}], "clauses": {"keys": ["id"], "sequence_by": "ts", "scd_type": 2}}
-- => {"options": ["by_name", "flow_replace_where"], "clauses": {"replace_where": "day >= date '2026-01-01' AND (x = 1)"}}
-- => {"options": ["by_name", "flow_replace_using"], "clauses": {"replace_using": "id", "sequence_by": "ts"}}

-- case: a managed table fed by a flow
CREATE TABLE archive (id STRING) FLOW INSERT ONCE BY NAME SELECT id FROM old_orders;
-- => {"kind": "table", "name": "archive", "options": ["once", "by_name", "flow_insert"], "inputs": [{"name": "old_orders"}]}
