-- case: streaming live table
CREATE STREAMING LIVE TABLE a AS SELECT * FROM cloud_files("/landing", "csv", map("header", "true", "delimiter", "|"));
CREATE OR REFRESH STREAMING LIVE TABLE a AS SELECT * FROM STREAM(LIVE.b);
CREATE INCREMENTAL LIVE TABLE a AS SELECT * FROM STREAM live.b;
-- => {"kind": "streaming_table", "name": "a", "options": ["live"], "inputs": [{"name": "cloud_files", "mode": "stream", "kind": "files", "path": "/landing", "format": "csv", "arguments": {"header": "true", "delimiter": "|"}}]}
-- => {"kind": "streaming_table", "options": ["or_refresh", "live"], "inputs": [{"name": "LIVE.b", "mode": "stream"}]}
-- => {"kind": "streaming_table", "options": ["live"], "inputs": [{"name": "live.b", "mode": "stream"}]}

-- case: live table is a materialized view
CREATE LIVE TABLE a COMMENT "c" AS SELECT * FROM LIVE.b;
CREATE OR REFRESH LIVE TABLE a AS SELECT * FROM LIVE.b;
CREATE TEMPORARY LIVE TABLE a AS SELECT * FROM LIVE.b;
CREATE LIVE MATERIALIZED VIEW a AS SELECT * FROM LIVE.b;
-- => {"kind": "materialized_view", "comment": "c", "options": ["live"], "inputs": [{"name": "LIVE.b", "mode": "batch"}]}
-- => {"kind": "materialized_view", "options": ["or_refresh", "live"]}
-- => {"kind": "materialized_view", "options": ["private", "live"]}
-- => {"kind": "materialized_view", "options": ["live"]}

-- case: live views are temporary
CREATE LIVE VIEW a AS SELECT 1 AS one;
CREATE TEMPORARY LIVE VIEW a AS SELECT 1 AS one;
CREATE STREAMING LIVE VIEW a (CONSTRAINT ok expect(one > 0) on violation drop row) AS SELECT one FROM STREAM(LIVE.b);
CREATE TEMPORARY STREAMING LIVE VIEW a AS SELECT one FROM STREAM(LIVE.b);
-- => {"kind": "temporary_view", "options": ["live"]}
-- => {"kind": "temporary_view", "options": ["live"]}
-- => {"kind": "temporary_view", "expectations": [{"name": "ok", "condition": "one > 0", "action": "drop"}]}
-- => {"kind": "temporary_view", "inputs": [{"name": "LIVE.b", "mode": "stream"}]}

-- case: apply changes
APPLY CHANGES INTO LIVE.customers FROM STREAM(LIVE.changes) KEYS (id) WHERE region = 'eu' IGNORE NULL UPDATES
APPLY AS DELETE WHEN op = "D" SEQUENCE BY ts COLUMNS * EXCEPT (op) STORED AS SCD TYPE 2;
-- => {"kind": "flow_auto_cdc", "name": "LIVE.customers", "target": "LIVE.customers", "inputs": [{"name": "LIVE.changes", "mode": "stream"}], "clauses": {"where": "region = 'eu'", "keys": ["id"], "ignore_null_updates": true, "apply_as_delete_when": "op = \"D\"", "sequence_by": "ts", "columns_except": ["op"], "scd_type": 2}}

-- case: apply changes as a flow
CREATE FLOW f AS APPLY CHANGES INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts;
-- => {"kind": "flow_auto_cdc", "name": "f", "target": "t"}
