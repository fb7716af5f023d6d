"""The words that decide what a query reads."""

from __future__ import annotations

QUERY_STARTS = frozenset({"SELECT", "WITH", "FROM", "VALUES", "TABLE"})
SET_OPERATORS = frozenset({"UNION", "INTERSECT", "EXCEPT", "MINUS"})

# Behind one of these a comma no longer separates relations.
FROM_ENDS = frozenset(
    {"WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET", "WINDOW",
     "SELECT", "SET", "|>", *SET_OPERATORS}
)  # fmt: skip

# Words that may follow a relation and are therefore not its alias.
NOT_AN_ALIAS = FROM_ENDS | {
    "ANTI", "APPLY", "CROSS", "DELAY", "FOR", "FROM", "FULL", "INNER", "JOIN", "LATERAL", "LEFT", "NATURAL", "ON",
    "OUTER", "PIVOT", "RIGHT", "SEMI", "TABLESAMPLE", "UNPIVOT", "USING", "VALUES", "WATERMARK", "WHEN", "WITH",
    "KEYS", "SEQUENCE", "COLUMNS", "STORED", "TRACK", "BY",
}  # fmt: skip

SOURCE_FUNCTIONS = frozenset({"read_files", "cloud_files", "read_kafka", "read_kinesis", "read_pubsub", "read_pulsar"})
FILE_FORMATS = frozenset(
    {"json", "csv", "parquet", "delta", "avro", "orc", "text", "binaryfile", "xml", "cloudfiles", "iceberg"}
)

INTERVAL_UNITS = frozenset(
    unit + plural
    for unit in ("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND")
    for plural in ("", "S")
)

# A parenthesis behind one of these words holds a query or an expression, not a function's arguments.
NOT_A_FUNCTION = frozenset(
    {"ALL", "AND", "ANY", "AS", "BY", "CASE", "ELSE", "EXCEPT", "EXISTS", "FROM", "HAVING", "IN", "INTERSECT", "JOIN",
     "LATERAL", "LIKE", "MINUS", "NOT", "ON", "OR", "SELECT", "SOME", "STREAM", "THEN", "UNION", "USING", "WHEN",
     "WHERE", "DISTINCT"}
)  # fmt: skip
