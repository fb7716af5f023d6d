-- case: use
USE CATALOG main;
USE SCHEMA `my schema`;
USE silver;
USE main.silver;
USE DATABASE ${schema};
SET CATALOG main;
USE CATALOG IDENTIFIER(:catalog);
USE SCHEMA IDENTIFIER('main.silver');
-- => {"kind": "use", "clauses": {"catalog": "main"}}
-- => {"kind": "use", "clauses": {"schema": "my schema"}}
-- => {"kind": "use", "clauses": {"schema": "silver"}}
-- => {"kind": "use", "clauses": {"catalog": "main", "schema": "silver"}}
-- => {"kind": "use", "clauses": {"schema": "${schema}"}}
-- => {"kind": "use", "clauses": {"catalog": "main"}}
-- => {"kind": "use", "clauses": {"catalog": "IDENTIFIER(:catalog)"}}
-- => {"kind": "use", "clauses": {"catalog": "main", "schema": "silver"}}

-- case: set keeps the value as written
SET start_date = '2026-01-01';
SET pipelines.trigger.interval = 10 seconds;
SET VAR x = 1;
SET TIME ZONE 'UTC';
SET;
-- => {"kind": "set", "name": "start_date", "clauses": {"start_date": "'2026-01-01'"}}
-- => {"kind": "set", "clauses": {"pipelines.trigger.interval": "10 seconds"}}
-- => {"kind": "declare"}
-- => {"kind": "other"}
-- => {"kind": "set", "clauses": {}}

-- case: declare
DECLARE OR REPLACE VARIABLE start_date DATE DEFAULT current_date();
DECLARE x INT;
-- => {"kind": "declare", "name": "start_date", "options": ["or_replace"]}
-- => {"kind": "declare", "name": "x"}

-- case: other statements with what they read
SELECT * FROM a JOIN b USING (id);
INSERT INTO t SELECT * FROM a;
MERGE INTO t USING (SELECT * FROM changes) c ON t.id = c.id WHEN MATCHED THEN UPDATE SET x = c.x, y = c.y;
DELETE FROM t WHERE id IN (SELECT id FROM erased);
GRANT SELECT ON TABLE t TO `readers`;
REVOKE SELECT ON TABLE t FROM `readers`;
SHOW TABLES FROM main.silver;
ALTER TABLE t SET TAGS ('a' = 'b');
CREATE FUNCTION mask(x STRING) RETURNS STRING RETURN CASE WHEN is_account_group_member('g') THEN x END;
CREATE TABLE t USING DELTA AS SELECT * FROM a;
CREATE SCHEMA IF NOT EXISTS s;
EXECUTE IMMEDIATE 'SELECT 1';
(SELECT 1);
-- => {"kind": "other", "inputs": [{"name": "a"}, {"name": "b"}], "error": null}
-- => {"kind": "other", "inputs": [{"name": "a"}]}
-- => {"kind": "other", "inputs": [{"name": "changes"}]}
-- => {"kind": "other", "inputs": [{"name": "t"}, {"name": "erased"}]}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": [{"name": "a"}]}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": []}
-- => {"kind": "other", "inputs": []}
