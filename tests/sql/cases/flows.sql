-- case: an append flow
CREATE FLOW orders_from_shop AS INSERT INTO silver.orders BY NAME SELECT * FROM STREAM(shop_orders);
-- => {"kind": "flow_insert", "name": "orders_from_shop", "target": "silver.orders", "options": ["by_name"], "inputs": [{"name": "shop_orders", "mode": "stream"}]}

-- case: a comment, and ONCE in both places the documentation shows
CREATE FLOW backfill COMMENT 'once' AS INSERT INTO ONCE orders BY NAME SELECT * FROM archive;
CREATE FLOW backfill AS INSERT ONCE INTO orders BY NAME SELECT * FROM archive;
-- => {"kind": "flow_insert", "comment": "once", "target": "orders", "options": ["once", "by_name"], "inputs": [{"name": "archive", "mode": "batch"}]}
-- => {"kind": "flow_insert", "target": "orders", "options": ["once", "by_name"]}

-- case: REPLACE WHERE before and behind BY NAME
CREATE FLOW f AS INSERT INTO t REPLACE WHERE day > '2026-01-01' BY NAME SELECT * FROM a;
CREATE FLOW f AS INSERT INTO t BY NAME REPLACE WHERE day IS NOT DISTINCT FROM current_date() WITH b AS (FROM a) SELECT * FROM b;
-- => {"kind": "flow_insert", "options": ["by_name", "flow_replace_where"], "clauses": {"replace_where": "day > '2026-01-01'"}, "inputs": [{"name": "a", "mode": "batch"}]}
-- => {"kind": "flow_insert", "options": ["by_name", "flow_replace_where"], "clauses": {"replace_where": "day IS NOT DISTINCT FROM current_date()"}, "inputs": [{"name": "a", "mode": "batch"}]}

-- case: reads that are functions of a table
CREATE FLOW f AS INSERT INTO t BY NAME SELECT * FROM read_stream('a', skipChangeCommits => true);
CREATE FLOW f AS INSERT INTO t BY NAME SELECT * FROM table_changes('a', '2026-01-01', 7);
-- => {"inputs": [{"name": "a", "mode": "stream", "kind": "table", "arguments": {"skipChangeCommits": "true"}}]}
-- => {"inputs": [{"name": "a", "mode": "batch", "arguments": {"readChangeFeed": "true", "startingTimestamp": "2026-01-01", "endingVersion": "7"}}]}

-- case: without BY NAME
CREATE FLOW f AS INSERT INTO orders SELECT * FROM STREAM raw;
-- => {"kind": "flow_insert", "target": "orders", "options": []}

-- case: change data in full
CREATE FLOW customers_flow AS AUTO CDC INTO ${silver}.customers
FROM STREAM(customer_changes)
KEYS (region, `customer id`)
IGNORE NULL UPDATES
APPLY AS DELETE WHEN op = 'delete' AND NOT (x IN (SELECT 1))
APPLY AS TRUNCATE WHEN op = "truncate"
SEQUENCE BY STRUCT(changed_at, event_id)
COLUMNS * EXCEPT (op, event_id)
STORED AS SCD TYPE 1
TRACK HISTORY ON * EXCEPT (changed_at);
-- => {"kind": "flow_auto_cdc", "name": "customers_flow", "target": "${silver}.customers", "inputs": [{"name": "customer_changes", "mode": "stream", "kind": "table"}], "clauses": {"keys": ["region", "customer id"], "ignore_null_updates": true, "apply_as_delete_when": "op = 'delete' AND NOT (x IN (SELECT 1))", "apply_as_truncate_when": "op = \"truncate\"", "sequence_by": "STRUCT(changed_at, event_id)", "scd_type": 1, "columns_except": ["op", "event_id"], "track_history_except": ["changed_at"]}}

-- case: chosen columns with and without parentheses
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts COLUMNS id, name STORED AS SCD TYPE 2 TRACK HISTORY ON name;
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts COLUMNS (id, name) STORED AS SCD TYPE 2 TRACK HISTORY ON (name, city);
-- => {"clauses": {"keys": ["id"], "sequence_by": "ts", "scd_type": 2, "columns": ["id", "name"], "track_history_on": ["name"]}}
-- => {"clauses": {"keys": ["id"], "sequence_by": "ts", "scd_type": 2, "columns": ["id", "name"], "track_history_on": ["name", "city"]}}

-- case: once, and the newest clauses
CREATE FLOW f AS AUTO CDC ONCE INTO t FROM s KEYS (id) IGNORE NULL UPDATES ON * EXCEPT (a) SEQUENCE BY ts SYSTEM SEQUENCE BY loaded_at STORED AS BITEMPORAL COLUMNS TO UPDATE changed;
-- => {"options": ["once"], "inputs": [{"name": "s", "mode": "batch"}], "clauses": {"keys": ["id"], "sequence_by": "ts", "scd_type": 2, "ignore_null_updates": true, "ignore_null_updates_on": "* EXCEPT (a)", "system_sequence_by": "loaded_at", "stored_as": "BITEMPORAL", "columns_to_update": "changed"}}

-- case: a source with options
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) WITH (SKIPCHANGECOMMITS) KEYS (id) SEQUENCE BY ts;
-- => {"inputs": [{"name": "s", "mode": "stream", "arguments": {"SKIPCHANGECOMMITS": "true"}}]}

-- case: a subquery as source
CREATE FLOW f AS AUTO CDC INTO t FROM (FROM STREAM(s) |> SELECT id, ts) KEYS (id) SEQUENCE BY (ts);
-- => {"kind": "flow_auto_cdc", "inputs": [{"name": "s", "mode": "stream"}], "clauses": {"keys": ["id"], "sequence_by": "(ts)", "scd_type": 1}}

-- case: a column that is called like a clause
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (keys) APPLY AS DELETE WHEN apply = 1 AND stored > 0 SEQUENCE BY sequence;
-- => {"clauses": {"keys": ["keys"], "apply_as_delete_when": "apply = 1 AND stored > 0", "sequence_by": "sequence", "scd_type": 1}}
