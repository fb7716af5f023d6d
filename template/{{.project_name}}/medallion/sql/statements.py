"""The only statements that the job's SQL uses, each with its page below https://docs.databricks.com/aws/en/sql/language-manual/.

>>> write("comment on table", table="daily_sales", comment="'Revenue per day'")
"COMMENT ON TABLE daily_sales IS 'Revenue per day';"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """A statement's form, and the page that documents it."""

    form: str
    page: str


STATEMENTS: Mapping[str, Statement] = {
    "use catalog": Statement("USE CATALOG IDENTIFIER(:catalog)", "sql-ref-syntax-ddl-use-catalog"),
    "use schema": Statement("USE SCHEMA IDENTIFIER(:{layer})", "sql-ref-syntax-ddl-use-schema"),
    "create function": Statement(
        "CREATE OR REPLACE FUNCTION {name}(value {type}) RETURNS {type}"
        " RETURN CASE WHEN {may_see} THEN value ELSE {mask} END",
        "sql-ref-syntax-ddl-create-sql-function",
    ),
    "create view": Statement("CREATE OR REPLACE VIEW {name} AS\n{query}", "sql-ref-syntax-ddl-create-view"),
    "create table": Statement(
        "CREATE TABLE IF NOT EXISTS {table} ({columns}) COMMENT {comment}", "sql-ref-syntax-ddl-create-table-using"
    ),
    "add column": Statement(
        "ALTER TABLE {table} ADD COLUMN ({definition})", "sql-ref-syntax-ddl-alter-table-manage-column"
    ),
    "insert by name": Statement("INSERT INTO {table} BY NAME\n{query}", "sql-ref-syntax-dml-insert-into"),
    "merge": Statement("MERGE INTO {changes}", "delta-merge-into"),
    "comment on table": Statement("COMMENT ON TABLE {table} IS {comment}", "sql-ref-syntax-ddl-comment"),
    "comment on column": Statement("COMMENT ON COLUMN {table}.{column} IS {comment}", "sql-ref-syntax-ddl-comment"),
    "streaming table tags": Statement(
        "ALTER STREAMING TABLE {table} SET TAGS ({tags})", "sql-ref-syntax-ddl-alter-streaming-table"
    ),
    "streaming table column tags": Statement(
        "ALTER STREAMING TABLE {table} ALTER COLUMN {column} SET TAGS ({tags})",
        "sql-ref-syntax-ddl-alter-streaming-table",
    ),
    "materialized view tags": Statement(
        "ALTER MATERIALIZED VIEW {table} SET TAGS ({tags})", "sql-ref-syntax-ddl-alter-materialized-view"
    ),
    "materialized view column tags": Statement(
        "ALTER MATERIALIZED VIEW {table} ALTER COLUMN {column} SET TAGS ({tags})",
        "sql-ref-syntax-ddl-alter-materialized-view",
    ),
    "view tags": Statement("ALTER VIEW {table} SET TAGS ({tags})", "sql-ref-syntax-ddl-alter-view"),
    "view column tags": Statement(
        "ALTER VIEW {table} ALTER COLUMN {column} SET TAGS ({tags})", "sql-ref-syntax-ddl-alter-view"
    ),
    "grant": Statement("GRANT SELECT ON TABLE {table} TO {group}", "security-grant"),
    "revoke": Statement("REVOKE SELECT ON TABLE {table} FROM {group}", "security-revoke"),
    "block": Statement("BEGIN {statements} END", "control-flow/compound-stmt"),
    "for": Statement("FOR {row} AS {query} DO {statements} END FOR", "control-flow/for-stmt"),
    "if": Statement("IF {condition} THEN", "control-flow/if-stmt"),
    "declare": Statement("DECLARE {variable} STRING", "control-flow/compound-stmt"),
    "set": Statement("SET {variable} = {expression}", "sql-ref-syntax-aux-set-variable"),
    "execute immediate": Statement("EXECUTE IMMEDIATE statement", "sql-ref-syntax-aux-execute-immediate"),
    "query": Statement("SELECT {columns}", "sql-ref-syntax-qry-select"),
}


def form(name: str, /, **parts: str) -> str:
    """The statement of that name with its parts put in; a name that is not listed is a KeyError."""
    return STATEMENTS[name].form.format(**parts)


def write(name: str, /, **parts: str) -> str:
    """The same with its semicolon."""
    return form(name, **parts) + ";"
