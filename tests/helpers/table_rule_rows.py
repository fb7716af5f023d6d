"""Rows as SQL for the tests of table rules, and answers of many rules in one Spark query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from medallion.model.contract import RuleLimit
from medallion.rules.kinds import Parameters, Row, Subject, TableExample, TableRuleKind, TableSubject, table_mark
from medallion.rules.library import TABLE_RULE_KINDS
from medallion.sql.column_types import read_type, typed_expression
from medallion.sql.words import literal

if TYPE_CHECKING:
    from pyspark.sql import Row as SparkRow
    from pyspark.sql import SparkSession

TABLE = "silver.judged"
PORTION = 25
Rows = Sequence[Mapping[str, str | None]]


def kind_called(name: str) -> TableRuleKind:
    return next(kind for kind in TABLE_RULE_KINDS if kind.name == name)


def relation(rows: Rows, types: Mapping[str, str]) -> str:
    """The rows as a subquery, typed as a contract types them."""
    columns = list(types)
    typed = []
    for name, sql_type in types.items():
        column_type = read_type(sql_type)
        assert column_type is not None, sql_type
        is_cast = not column_type.is_text and column_type.family != "nested"
        null = f"CAST(NULL AS {column_type.sql})"
        value = typed_expression(name, column_type) if is_cast else name if column_type.is_text else null
        typed.append(f"{value} AS {name}")
    values = ", ".join(f"({', '.join(_value(row.get(name)) for name in columns)})" for row in rows)
    empty = f"({', '.join('CAST(NULL AS STRING)' for _ in columns)})"
    source = f"VALUES {values or empty} AS came({', '.join(columns)})"
    return f"(SELECT {', '.join(typed)} FROM {source}{'' if rows else ' WHERE false'})"


def _value(text: str | None) -> str:
    return "CAST(NULL AS STRING)" if text is None else literal(text)


def query(
    kind: TableRuleKind,
    types: Mapping[str, str],
    parameters: Parameters,
    column: str | None = None,
    limit: RuleLimit | None = None,
    where: str | None = None,
) -> str:
    """The SQL of a rule of silver.judged."""
    subjects = {}
    for name, sql_type in types.items():
        column_type = read_type(sql_type)
        assert column_type is not None
        subjects[name] = Subject(name, name, name, column_type)
    row = Row(subjects)
    return kind.query(TableSubject(TABLE, row, (), subjects[column] if column else None, where, limit), parameters)


def bound(sql: str, rows: Rows, types: Mapping[str, str], others: Mapping[str, Rows] | None = None) -> str:
    """The SQL with rows in the place of its marks."""
    text = sql.replace(table_mark(TABLE), relation(rows, types))
    for table, other in (others or {}).items():
        names = dict.fromkeys(name for row in other for name in row) or {"none": None}
        text = text.replace(table_mark(table), relation(other, dict.fromkeys(names, "string")))
    assert "[[" not in text, text
    return text


def example_sql(kind: TableRuleKind, example: TableExample) -> str:
    sql = query(kind, example.types, example.parameters, example.column)
    return bound(sql, example.rows, example.types, example.other_tables)


def answers(spark: SparkSession, queries: Iterable[str]) -> list[SparkRow]:
    """The one row of each query, many asked in one go; planning each stage anew would take most of the time."""
    asked = [f"SELECT {number} AS number, * FROM ({sql})" for number, sql in enumerate(queries)]
    portions = [" UNION ALL ".join(asked[start : start + PORTION]) for start in range(0, len(asked), PORTION)]
    adaptive = spark.conf.get("spark.sql.adaptive.enabled")
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    try:
        rows = [row for portion in portions for row in spark.sql(portion).collect()]
    finally:
        spark.conf.set("spark.sql.adaptive.enabled", adaptive)
    assert len(rows) == len(asked)
    return sorted(rows, key=lambda row: int(row["number"]))
