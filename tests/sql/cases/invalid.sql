-- case: a blank to fill in
____;
SELECT 1;
-- => {"kind": "invalid", "error": {"code": "MED202", "line": 1, "column": 1, "found": "____"}}
-- => {"kind": "other", "error": null}

-- case: a word with a slip
CRAETE STREAMING TABLE t AS SELECT 1;
-- => {"kind": "invalid", "error": {"code": "MED202", "found": "CRAETE", "help": "did you mean CREATE?"}}

-- case: a head with nothing behind it
CREATE OR REFRESH STREAMING TABLE;
CREATE MATERIALIZED VIEW daily_sales
-- => {"kind": "invalid", "name": null, "error": {"code": "MED204", "line": 1, "column": 29, "found": "the end"}}
-- => {"kind": "invalid", "name": "daily_sales", "error": {"code": "MED204", "line": 2, "expected": "AS and a query, or a clause"}}

-- case: no name
CREATE STREAMING TABLE AS SELECT 1;
-- => {"kind": "invalid", "error": {"code": "MED204", "column": 24, "found": "AS", "expected": "the name of the dataset"}}

-- case: replacing is not refreshing
CREATE OR REPLACE STREAMING TABLE t AS SELECT * FROM STREAM s;
CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1;
-- => {"kind": "invalid", "error": {"code": "MED206", "column": 11, "expected": "CREATE OR REFRESH STREAMING TABLE"}}
-- => {"kind": "invalid", "error": {"code": "MED206", "expected": "CREATE OR REFRESH MATERIALIZED VIEW"}}

-- case: no semicolon between statements
CREATE STREAMING TABLE a AS SELECT * FROM STREAM raw

CREATE MATERIALIZED VIEW b AS SELECT * FROM a
CREATE FLOW f AS INSERT INTO a BY NAME SELECT * FROM STREAM c;
-- => {"kind": "invalid", "name": "a", "error": {"code": "MED207", "line": 3, "column": 1}}
-- => {"kind": "invalid", "name": "b", "error": {"code": "MED207", "line": 4}}
-- => {"kind": "flow_insert", "name": "f", "error": null}

-- case: a string that is never closed ends before the next statement
CREATE STREAMING TABLE a COMMENT 'its AS SELECT * FROM STREAM raw;
CREATE MATERIALIZED VIEW b AS SELECT 'x' AS x FROM a;
-- => {"kind": "invalid", "name": null, "error": {"code": "MED205", "line": 1, "column": 34, "expected": "'"}}
-- => {"kind": "materialized_view", "name": "b", "error": null}

-- case: a quoted name that is never closed
SELECT `a FROM b;
SELECT 2;
-- => {"kind": "invalid", "error": {"code": "MED205", "column": 8, "message": "the quoted name is never closed"}}
-- => {"kind": "other"}

-- case: a comment inside a comment needs its own end
SELECT /* all of /landing/*.json */ 1;
SELECT 2;
-- => {"kind": "invalid", "error": {"code": "MED205", "column": 8, "expected": "*/"}}
-- => {"kind": "other", "error": null}

-- case: parentheses that do not fit
SELECT (1 + 2;
SELECT 1);
CREATE STREAMING TABLE t (a INT AS SELECT 1;
SELECT 3;
-- => {"kind": "invalid", "error": {"code": "MED204", "line": 1, "column": 8, "expected": ")"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "line": 2, "column": 9, "found": ")"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "line": 3, "column": 26, "expected": ")"}}
-- => {"kind": "other"}

-- case: an action that does not exist
CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (a > 0) ON VIOLATION QUARANTINE) AS SELECT 1 AS a;
CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (a > 0) ON VIOLATION DROP) AS SELECT 1 AS a;
CREATE STREAMING TABLE t (CONSTRAINT c EXPECT a > 0) AS SELECT 1 AS a;
CREATE STREAMING TABLE t (EXPECT (a > 0)) AS SELECT 1 AS a;
CREATE STREAMING TABLE t (CONSTRAINT c EXPECT ()) AS SELECT 1 AS a;
CREATE STREAMING TABLE t (CONSTRAINT a EXPECT (x) CONSTRAINT b EXPECT (y)) AS SELECT 1 AS a;
-- => {"kind": "invalid", "error": {"code": "MED204", "found": "QUARANTINE", "expected": "DROP ROW or FAIL UPDATE"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "found": ")", "expected": "ROW"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "found": "a", "expected": "the condition in parentheses"}}
-- => {"kind": "invalid", "error": {"code": "MED204"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "expected": "a condition"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "found": "CONSTRAINT", "expected": ", or )"}}

-- case: a published view has no expectations
CREATE VIEW v (CONSTRAINT c EXPECT (a > 0)) AS SELECT 1 AS a;
-- => {"kind": "invalid", "error": {"code": "MED208"}}

-- case: clauses that stand twice or exclude each other
CREATE STREAMING TABLE t COMMENT 'a' COMMENT 'b' AS SELECT 1;
CREATE STREAMING TABLE t CLUSTER BY AUTO CLUSTER BY (a) AS SELECT 1;
CREATE STREAMING TABLE t CLUSTER BY AUTO PARTITIONED BY (a) AS SELECT 1;
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (a) KEYS (b) SEQUENCE BY c;
-- => {"kind": "invalid", "error": {"code": "MED208", "column": 38}}
-- => {"kind": "invalid", "error": {"code": "MED208", "column": 42}}
-- => {"kind": "invalid", "error": {"code": "MED208", "column": 42}}
-- => {"kind": "invalid", "error": {"code": "MED208", "message": "KEYS stands twice"}}

-- case: a clause that does not exist
CREATE STREAMING TABLE t TAGS ('a' = 'b') AS SELECT 1;
CREATE STREAMING TABLE t CLUSTERED BY (a) AS SELECT 1;
CREATE MATERIALIZED VIEW v SCHEDULE REFRESH HOURLY AS SELECT 1;
CREATE MATERIALIZED VIEW v AS AUTO CDC INTO v FROM STREAM s;
CREATE MATERIALIZED VIEW v FLOW INSERT BY NAME SELECT 1;
-- => {"kind": "invalid", "error": {"code": "MED216", "found": "TAGS"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "found": "CLUSTERED", "help": "did you mean CLUSTER?"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "expected": "EVERY or CRON"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "found": "AUTO", "expected": "a query: SELECT, WITH, FROM or VALUES"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "found": "FLOW"}}

-- case: change data with something missing or wrong
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s SEQUENCE BY ts;
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id);
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts APPLY AS DELETE WHEN op = 'd';
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts STORED AS SCD TYPE 3;
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY;
CREATE FLOW f AS AUTO CDC INTO t FROM KEYS (id) SEQUENCE BY ts;
CREATE FLOW f AS AUTO CDC INTO t KEYS (id) SEQUENCE BY ts;
CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s JOIN u KEYS (id) SEQUENCE BY ts;
CREATE FLOW f AS UPDATE t;
-- => {"kind": "invalid", "target": "t", "error": {"code": "MED270", "message": "AUTO CDC has no KEYS"}}
-- => {"kind": "invalid", "error": {"code": "MED270", "message": "AUTO CDC has no SEQUENCE BY"}}
-- => {"kind": "invalid", "error": {"code": "MED270", "column": 73}}
-- => {"kind": "invalid", "error": {"code": "MED270", "found": "3"}}
-- => {"kind": "invalid", "error": {"code": "MED270", "found": "the end"}}
-- => {"kind": "invalid", "error": {"code": "MED270"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "expected": "FROM"}}
-- => {"kind": "invalid", "error": {"code": "MED270", "message": "AUTO CDC reads one table or view"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "expected": "INSERT INTO or AUTO CDC INTO"}}

-- case: a query that stops in the middle
CREATE MATERIALIZED VIEW v AS SELECT a FROM;
CREATE MATERIALIZED VIEW v AS SELECT a FROM b JOIN;
CREATE MATERIALIZED VIEW v AS;
CREATE MATERIALIZED VIEW v AS WITH a AS SELECT 1;
CREATE STREAMING TABLE t (a STRUCT<b: INT) AS SELECT 1;
-- => {"kind": "invalid", "error": {"code": "MED204", "expected": "a table, a function or a subquery"}}
-- => {"kind": "invalid", "error": {"code": "MED204"}}
-- => {"kind": "invalid", "error": {"code": "MED204"}}
-- => {"kind": "invalid", "error": {"code": "MED204", "expected": "a query in parentheses"}}
-- => {"kind": "invalid", "error": {"code": "MED204"}}
