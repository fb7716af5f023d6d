"""The data or its schema is not as the code expects.

Conditions are those of https://docs.databricks.com/aws/en/error-messages/error-classes.
"""

from __future__ import annotations

from .model import KnownFailure

RAISED_CONDITION = "USER_RAISED_EXCEPTION"
# Errors of the project's own SQL: their words are its own, so nothing else is looked for in them. The last takes all.
RAISED = (
    KnownFailure(
        code="MED838",
        title="a gate stopped the job",
        cause="{name}",
        fix="medallion gate -t {target}",
        pattern=r"(?P<name>gate_\w+ missed: [^\n]{1,300})",
        sample=(
            "[USER_RAISED_EXCEPTION] gate_silver missed: orders quarantined: 19.1 % (1204 of 6304), limit 10 "
            "% SQLSTATE: P0001"
        ),
    ),
    KnownFailure(
        code="MED840",
        title="the project's own SQL raised an error",
        cause="{name}",
        fix="look for raise_error, assert_true or SIGNAL with this text in sql/ and jobs/",
        pattern=r"USER_RAISED_EXCEPTION\]?:?\s*(?P<name>(?:(?! SQLSTATE: )[^\n]){0,300})",
        sample="[USER_RAISED_EXCEPTION] quota of suppliers exceeded, permission denied by purchasing SQLSTATE: P0001",
    ),
)

LACKS_COLUMNS = KnownFailure(
    code="MED826",
    title="a table lacks columns that are written to it",
    cause="The rows have {columns}, the table has not.",
    fix="medallion watch -t {target} --heal   adds them where no pipeline makes the table and all is certain",
    heals="add column",
    sample=(
        "[DELTA_METADATA_MISMATCH] A metadata mismatch was detected when writing to the Delta table.\nA schema "
        "mismatch detected when writing to the Delta table (Table ID: 25740aa1-4437-4811-8c8b-f819b2933166).\nTo "
        "enable schema migration using DataFrameWriter or DataStreamWriter, please set:\n"
        '\'.option("mergeSchema", "true")\'.\n\nTable schema:\nroot\n-- order_id: string (nullable = true)\n\n\n'
        "Data schema:\nroot\n-- order_id: string (nullable = true)\n-- coupon: string (nullable = true)\n\n"
    ),
)

SCHEMA = (
    KnownFailure(
        code="MED821",
        title="the source has a new column, and the stream stopped to take it up",
        cause=(
            "Auto Loader ends a stream once when a file brings new fields, and goes on with them when it starts again."
        ),
        fix="start the pipeline again: medallion start -t {target}",
        conditions=("UNKNOWN_FIELD_EXCEPTION",),
        retry="helps",
        heals="restart",
        sample=(
            "[UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE] Encountered unknown fields during parsing: coupon, "
            "which can be fixed by an automatic retry: true. SQLSTATE: KD003"
        ),
    ),
    KnownFailure(
        code="MED822",
        title="rows do not fit the table's schema",
        cause="The query gives columns or types that the table does not have.",
        fix="medallion plan --deployed -t {target}   shows which column changed and whether a full refresh is needed",
        conditions=("DELTA_METADATA_MISMATCH", "DELTA_SCHEMA_MISMATCH", "_LEGACY_ERROR_TEMP_DELTA_0007"),
        pattern=r"A schema mismatch detected when writing to the Delta table",
        sample=(
            "[DELTA_METADATA_MISMATCH] A metadata mismatch was detected when writing to the Delta table. "
            "SQLSTATE: 42KDG"
        ),
    ),
    LACKS_COLUMNS,
    KnownFailure(
        code="MED823",
        title="a column changed to a type the old one cannot become",
        cause="Column {name} has another type now; Delta widens types, it does not turn them.",
        fix="give the new type a new column name, or full-refresh the table where its source still holds everything",
        conditions=(
            "DELTA_FAILED_TO_MERGE_FIELDS",
            "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
            "DELTA_MERGE_INCOMPATIBLE_DATATYPE",
        ),
        pattern=r"Failed to merge fields '?`?(?P<name>\w+)",
        sample=(
            "[DELTA_FAILED_TO_MERGE_FIELDS] Failed to merge fields 'order_amount' and 'order_amount' SQLSTATE: 22005"
        ),
    ),
    KnownFailure(
        code="MED824",
        title="the schema of a streamed table changed in a way streams cannot follow",
        cause="A column of the source was renamed, dropped or changed its type.",
        fix="full refresh of the reader where its source still holds all: medallion plan --deployed -t {target}",
        conditions=(
            "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE",
            "DELTA_STREAMING_CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION",
            "DELTA_SCHEMA_CHANGED_WITH_VERSION",
            "DELTA_STREAMING_SCHEMA_EVOLUTION",
        ),
        sample=(
            "[DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE] Streaming read is not supported on tables with "
            "read-incompatible schema changes (e.g. rename or drop or datatype changes). SQLSTATE: 42KD4"
        ),
    ),
    KnownFailure(
        code="MED825",
        title="a column list and the query differ",
        cause="The declared columns are not those the query gives.",
        fix="medallion run --validate-only   names the column and both places",
        conditions=(
            "USER_SPECIFIED_AND_INFERRED_SCHEMA_NOT_COMPATIBLE",
            "CREATE_VIEW_COLUMN_ARITY_MISMATCH",
            "INSERT_COLUMN_ARITY_MISMATCH",
        ),
        sample=(
            "[USER_SPECIFIED_AND_INFERRED_SCHEMA_NOT_COMPATIBLE] Table 'shop.silver.orders' has a "
            "user-specified schema that is incompatible with the schema inferred from its query. SQLSTATE: "
            "42000"
        ),
    ),
)

TYPES = (
    KnownFailure(
        code="MED831",
        title="a value does not cast",
        cause="The value {value} cannot become {type}.",
        fix=(
            "take the column's type out of the SQL and state it in the contract (a value that does not cast "
            "is quarantined), or try_cast"
        ),
        conditions=("CAST_INVALID_INPUT",),
        pattern=r"The value '?(?P<value>[^']*)'? of the type \"?\w+\"? cannot be cast to \"?(?P<type>[A-Z(),0-9]+)",
        sample=(
            "[CAST_INVALID_INPUT] The value '12,50' of the type \"STRING\" cannot be cast to "
            '"DECIMAL(12,2)" because it is malformed. Correct the value as per the syntax, or change its '
            "target type. SQLSTATE: 22018"
        ),
    ),
    KnownFailure(
        code="MED832",
        title="division by zero",
        cause="A divisor is zero for some row.",
        fix="try_divide(a, b)   gives NULL instead",
        conditions=("DIVIDE_BY_ZERO",),
        sample=(
            "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL "
            "instead. SQLSTATE: 22012"
        ),
    ),
    KnownFailure(
        code="MED833",
        title="a number is too large for its type",
        cause="A result does not fit the type it has.",
        fix="widen the type, or try_add, try_multiply, try_cast",
        conditions=("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW", "BINARY_ARITHMETIC_OVERFLOW"),
        sample=(
            "[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION] The 123456789012.34 rounded half up from "
            "123456789012.34 cannot be represented as Decimal(12, 2). SQLSTATE: 22003"
        ),
    ),
    KnownFailure(
        code="MED834",
        title="a date does not parse",
        cause="The text {value} is no date or timestamp of the stated form.",
        fix="try_to_timestamp, or type and format in the contract",
        conditions=("CANNOT_PARSE_TIMESTAMP", "CANNOT_PARSE_TIME", "INVALID_TIMESTAMP_FORMAT"),
        pattern=r"Text '(?P<value>[^']*)' could not be parsed",
        sample=(
            "[CANNOT_PARSE_TIMESTAMP] Text '31.12.2026' could not be parsed at index 0. Use "
            "`try_to_timestamp` to tolerate invalid input string and return NULL instead. SQLSTATE: 22007"
        ),
    ),
    KnownFailure(
        code="MED835",
        title="an expression mixes types",
        cause="An operator or function is given types it does not take.",
        fix="medallion run --validate-only   and cast one side",
        conditions=("DATATYPE_MISMATCH", "INCOMPATIBLE_COLUMN_TYPE"),
        sample=(
            '[DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES] Cannot resolve "(amount > name)" due to data type '
            'mismatch: the left and right operands of the binary operator have incompatible types ("INT" '
            'and "BOOLEAN"). SQLSTATE: 42K09'
        ),
    ),
    KnownFailure(
        code="MED836",
        title="a file is broken",
        cause="A file of the source cannot be read: {name}.",
        fix=(
            "deliver the file again under a new name and move the broken one away; ignoreCorruptFiles would "
            "lose it silently"
        ),
        conditions=("FAILED_READ_FILE", "CANNOT_READ_FILE_FOOTER", "MALFORMED_RECORD_IN_PARSING"),
        pattern=r"(?:while reading file|footer for(?: file)?:?|detected in record parsing:) `?(?P<name>[\w:/.@-]+)",
        sample=(
            "[FAILED_READ_FILE.NO_HINT] Error while reading file "
            "dbfs:/Volumes/shop/bronze/landing/products/2026-11-21.parquet. SQLSTATE: KD001"
        ),
    ),
    KnownFailure(
        code="MED837",
        title="rows violate an expectation that fails the update",
        cause="Rule {name} is violated; nothing of this batch was written.",
        fix=(
            "look at the rows (medallion status -t {target}), mend the source or the rule; on_fail: "
            "quarantine keeps the update going"
        ),
        conditions=("EXPECTATION_VIOLATION",),
        pattern=r"Violated expectations?: '?(?P<name>\w+)",
        sample=(
            "[EXPECTATION_VIOLATION.VERBOSITY_ALL] Flow 'shop.silver.orders_checked' failed to meet the "
            "expectation. Violated expectations: 'order_amount_in_range'. Input data: "
            '\'{"order_id":"O-1"}\'. SQLSTATE: 22000'
        ),
    ),
    KnownFailure(
        code="MED839",
        title="several rows of a batch are the newest of one key",
        cause="The source has more than one row for a key and sequence, so a merge cannot choose.",
        fix="add a column to sequence_by that tells the rows apart",
        conditions=("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",),
        sample=(
            "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot perform Merge as multiple "
            "source rows matched and attempted to modify the same target row in the Delta table in possibly "
            "conflicting ways. SQLSTATE: 21506"
        ),
    ),
)
