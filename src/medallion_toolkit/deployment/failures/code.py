"""The project's code or the state that its streams left behind.

Conditions are those of https://docs.databricks.com/aws/en/error-messages/error-classes.
"""

from __future__ import annotations

from .model import KnownFailure

CODE = (
    KnownFailure(
        code="MED841",
        title="the SQL does not parse",
        cause="Syntax error at or near {name}.",
        fix="medallion lint",
        conditions=("PARSE_SYNTAX_ERROR", "PARSE_EMPTY_STATEMENT"),
        pattern=r"Syntax error at or near '?(?P<name>[^'.\s]+)",
        sample="[PARSE_SYNTAX_ERROR] Syntax error at or near 'FORM'. SQLSTATE: 42601 (line 3, pos 0)",
    ),
    KnownFailure(
        code="MED842",
        title="a column is not there",
        cause="No column is called {name}.",
        fix="medallion run --validate-only   names the nearest",
        conditions=("UNRESOLVED_COLUMN", "FIELD_NOT_FOUND", "COLUMN_NOT_FOUND", "DELTA_MERGE_UNRESOLVED_EXPRESSION"),
        pattern=(
            r"(?:(?:parameter|field) with name|Cannot resolve) `?(?P<name>[\w`.]+?)`? "
            r"(?:cannot be resolved|in (?:INSERT|UPDATE))"
        ),
        sample=(
            "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `amout` "
            "cannot be resolved. Did you mean one of the following? [`amount`, `status`]. SQLSTATE: 42703"
        ),
    ),
    KnownFailure(
        code="MED843",
        title="a column name stands for two columns",
        cause="{name} is in more than one of the joined tables.",
        fix="put the table's alias before it",
        conditions=("AMBIGUOUS_REFERENCE", "COLUMN_ALREADY_EXISTS"),
        pattern=r"Reference `?(?P<name>\w+)`? is ambiguous",
        sample=(
            "[AMBIGUOUS_REFERENCE] Reference `customer_id` is ambiguous, could be: [`o`.`customer_id`, "
            "`c`.`customer_id`]. SQLSTATE: 42704"
        ),
    ),
    KnownFailure(
        code="MED844",
        title="an aggregate lacks its GROUP BY",
        cause="A column stands beside an aggregate and is not grouped by.",
        fix="GROUP BY ALL",
        conditions=("MISSING_AGGREGATION", "MISSING_GROUP_BY"),
        sample=(
            '[MISSING_AGGREGATION] The non-aggregating expression "country" is based on columns which are '
            "not participating in the GROUP BY clause. SQLSTATE: 42803"
        ),
    ),
    KnownFailure(
        code="MED845",
        title="a setting of the pipeline is not there",
        cause="The SQL names {name}, which the pipeline's configuration does not hold.",
        fix="add {name} to configuration in resources/*.pipeline.yml",
        conditions=("SQL_CONF_NOT_FOUND", "UNBOUND_SQL_PARAMETER"),
        pattern=r"(?:SQL config|unbound (?:SQL )?parameter:?) [\"'`]?(?P<name>[\w.]+)",
        sample=(
            '[SQL_CONF_NOT_FOUND] The SQL config "silver" cannot be found. Please verify that the config '
            "exists. SQLSTATE: 42K0I"
        ),
    ),
    KnownFailure(
        code="MED846",
        title="deployed datasets read each other in a circle",
        cause="A dataset depends on itself by way of others.",
        fix="medallion run --validate-only   names the circle",
        pattern=r"circular dependenc|cyclic dependenc|CIRCULAR_DEPENDENCY",
        sample="org.apache.spark.sql.AnalysisException: Circular dependencies detected: shop.silver.a, shop.silver.b",
    ),
    KnownFailure(
        code="MED847",
        title="a dataset is made twice",
        cause="Two files make {name}.",
        fix="medallion lint",
        pattern=(
            r"(?:Cannot have multiple queries named|(?:dataset|table|view|flow) already (?:been )?defined:?"
            r"|duplicate (?:dataset|table):?) `?(?P<name>[\w.`]+)"
        ),
        sample=(
            "org.apache.spark.sql.AnalysisException: Cannot have multiple queries named `orders` for "
            "`orders`. Additional queries on that table must be named."
        ),
    ),
    KnownFailure(
        code="MED848",
        title="the project's Python fails while it is read",
        cause="{name}",
        fix="medallion run --validate-only   reads the same files on this machine",
        pattern=(
            r"Traceback \(most recent call "
            r"last\).*\n(?P<name>(?:NameError|AttributeError|TypeError|SyntaxError|ValueError|KeyError|ImportError): "
            r"[^\n]+)"
        ),
        sample=(
            'Traceback (most recent call last):\n  File "/Workspace/shop/python/contracts.py", line 3, in '
            "<module>\nNameError: name 'declare_table' is not defined"
        ),
    ),
    KnownFailure(
        code="MED849",
        title="serverless compute does not have an API that the code calls",
        cause="The code uses what Spark Connect or serverless compute leaves out (RDDs, the JVM, most Spark settings).",
        fix="write it with DataFrames or SQL",
        conditions=("NOT_SUPPORTED_WITH_SERVERLESS", "CONFIG_NOT_AVAILABLE", "JVM_ATTRIBUTE_NOT_SUPPORTED"),
        sample="[NOT_SUPPORTED_WITH_SERVERLESS] PERSIST TABLE is not supported on serverless compute. SQLSTATE: 0A000",
    ),
)

STATE = (
    KnownFailure(
        code="MED851",
        title="the source of a stream was changed, not only added to",
        cause="A row of the source was updated or deleted, and the stream reads additions only.",
        fix=(
            "WITH (SKIPCHANGECOMMITS) on the source where the change may be left out, or read a change feed, "
            "or full refresh"
        ),
        conditions=("DELTA_SOURCE_TABLE_IGNORE_CHANGES", "DELTA_SOURCE_IGNORE_DELETE"),
        sample=(
            "[DELTA_SOURCE_TABLE_IGNORE_CHANGES] Detected a data update (for example MERGE (Map(...))) in "
            "the source table at version 12. This is currently not supported. SQLSTATE: 0A000"
        ),
    ),
    KnownFailure(
        code="MED852",
        title="a stream's state does not fit its query any more",
        cause="Grouping, join or deduplication of a stateful query changed; its stored state has the old form.",
        fix="full refresh of the dataset where its source still holds all: medallion plan --deployed -t {target}",
        conditions=(
            "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE",
            "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE",
            "STATE_STORE_INVALID_CONFIG_AFTER_RESTART",
            "STATE_STORE_COLUMN_FAMILY_SCHEMA_INCOMPATIBLE",
        ),
        sample=(
            "[STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE] Provided key schema does not match existing state key "
            "schema. SQLSTATE: 42K06"
        ),
    ),
    KnownFailure(
        code="MED853",
        title="a stream has other sources than its checkpoint",
        cause="The query reads more, fewer or other streams than when its checkpoint began.",
        fix="add a second flow instead, or reset the query's checkpoint: medallion plan --deployed -t {target}",
        pattern=r"There are \[\d+\] sources in the checkpoint offsets and now there are|STREAMING_CHECKPOINT_MISMATCH",
        sample=(
            "java.lang.AssertionError: assertion failed: There are [1] sources in the checkpoint offsets and "
            "now there are [2] sources requested by the query. Cannot continue."
        ),
    ),
    KnownFailure(
        code="MED854",
        title="the source of a stream was made anew",
        cause="A table of the same name is another table now; the stream's checkpoint belongs to the old one.",
        fix="full refresh of the reading dataset, where the new source holds everything",
        conditions=("DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE",),
        sample=(
            "[DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE] The streaming query was reading from an "
            "unexpected Delta table (id = 'a1'). It used to read from another Delta table (id = 'b2') "
            "according to checkpoint. SQLSTATE: 55019"
        ),
    ),
    KnownFailure(
        code="MED855",
        title="files that a stream still needs were vacuumed",
        cause="The stream fell behind the retention of its source.",
        fix="full refresh of the reading dataset; then lengthen delta.deletedFileRetentionDuration of the source",
        conditions=(
            "DELTA_FILE_NOT_FOUND_DETAILED",
            "DELTA_VERSION_INVALID",
            "DELTA_LOG_FILE_NOT_FOUND_FOR_STREAMING_SOURCE",
            "DELTA_TRUNCATED_TRANSACTION_LOG",
        ),
        sample=(
            "[DELTA_FILE_NOT_FOUND_DETAILED] File part-0001.parquet referenced in the transaction log cannot "
            "be found. This occurs when data has been manually deleted from the file system rather than "
            "using the table `DELETE` statement. SQLSTATE: 42K03"
        ),
    ),
    KnownFailure(
        code="MED856",
        title="a full refresh is not allowed on a table",
        cause="pipelines.reset.allowed is false, so that rows which the source no longer has are not lost.",
        fix="refresh what follows instead, or take the property away on purpose in a reviewed change",
        pattern=r"full refresh is not allowed|pipelines\.reset\.allowed is set to false",
        sample=(
            "Full refresh is not allowed on table 'shop.bronze.orders' because the table property "
            "pipelines.reset.allowed is set to false."
        ),
    ),
    KnownFailure(
        code="MED857",
        title="an event has no sequence",
        cause="The sequence column of AUTO CDC is NULL for some event.",
        fix="state keys and sequence in a contract: events without them are quarantined",
        pattern=r"(?:sequence|sequencing)[^\n]{0,60}(?:is null|must not be null|cannot be null|null values?)",
        sample=(
            "org.apache.spark.SparkRuntimeException: APPLY CHANGES: the sequencing column `changed_at` must "
            "not be null."
        ),
    ),
)
