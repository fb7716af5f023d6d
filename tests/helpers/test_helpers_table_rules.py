"""Every rule of a table says of its examples what they state, and answers in one row whatever the rows are."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from table_rule_rows import answers, bound, example_sql, kind_called, query

from medallion.model.contract import RuleLimit
from medallion.rules.kinds import TableExample, TableRuleKind
from medallion.rules.library import TABLE_RULE_KINDS
from medallion.sql.column_types import read_type

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXAMPLES = [(kind, example) for kind in TABLE_RULE_KINDS for example in kind.examples]
HARD = {
    "integer": ("bigint", ["9223372036854775807", "-9223372036854775808", "0", None, "9223372036854775807"]),
    "decimal": ("decimal(38,0)", ["9" * 38, "-" + "9" * 38, "9" * 38, "0", None]),
    "float": (
        "double",
        ["NaN", "Infinity", "-Infinity", "1.7976931348623157e308", "1.7e308", "-0.0", "4.9e-324", None],
    ),
    "timestamp": ("timestamp", ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "1969-12-31 23:00:00", None]),
    "date": ("date", ["0001-01-01", "9999-12-31", None]),
    "string": ("string", ["", "\x00", "😀", "'", None]),
    "boolean": ("boolean", ["true", "false", None]),
}


def hard_queries() -> list[tuple[str, str]]:
    """Every rule under a column, with the parameters of its examples, over values at the edge of their type."""
    found = []
    for kind, example in EXAMPLES:
        if example.column is None or example.other_tables or set(example.types) != {example.column}:
            continue
        for family, (sql_type, texts) in HARD.items():
            if kind.families is None or family in kind.families:
                rows = [{example.column: text} for text in texts]
                types = {example.column: sql_type}
                found.append(
                    (
                        f"{kind.name} {family}",
                        bound(query(kind, types, example.parameters, example.column), rows, types),
                    )
                )
    return list(dict(found).items())


def test_every_example_of_every_table_rule_holds_or_fails_as_stated(spark: SparkSession) -> None:
    rows = answers(spark, [example_sql(kind, example) for kind, example in EXAMPLES])
    wrong = [
        (kind.name, example.about or example.parameters, row["observed"])
        for (kind, example), row in zip(EXAMPLES, rows, strict=True)
        if row["ok"] is not example.holds
    ]
    assert wrong == []
    assert [row for row in rows if row["observed"] is None or row["limit_value"] is None] == []


def test_values_at_the_edge_of_their_type_give_a_verdict(spark: SparkSession) -> None:
    asked = hard_queries()
    rows = answers(spark, [sql for _, sql in asked])
    nulls = [name for (name, _), row in zip(asked, rows, strict=True) if row["ok"] is None or row["observed"] is None]
    assert nulls == []
    assert len(asked) > 40


def test_the_answer_has_four_columns_of_these_types(spark: SparkSession) -> None:
    for kind in TABLE_RULE_KINDS:
        frame = spark.sql(example_sql(kind, kind.examples[0]))
        found = [(field.name, field.dataType.simpleString()) for field in frame.schema]
        expected = [("metric", "double"), ("observed", "string"), ("limit_value", "string"), ("ok", "boolean")]
        assert found == expected, kind.name


def holds(kind: TableRuleKind) -> set[bool]:
    return {example.holds for example in kind.examples}


@pytest.mark.parametrize("kind", TABLE_RULE_KINDS, ids=lambda kind: kind.name)
def test_examples_show_a_hold_a_miss_and_an_empty_table(kind: TableRuleKind) -> None:
    assert holds(kind) == {True, False}
    assert any(not example.rows for example in kind.examples)
    assert all(read_type(one) for example in kind.examples for one in example.types.values())


def is_about_null(example: TableExample) -> bool:
    rows = [*example.rows, *(row for rows in example.other_tables.values() for row in rows)]
    return any(value is None for row in rows for value in row.values())


@pytest.mark.parametrize("kind", [kind for kind in TABLE_RULE_KINDS if kind.suffix], ids=lambda kind: kind.name)
def test_examples_of_rules_under_a_column_say_what_null_means(kind: TableRuleKind) -> None:
    assert any(is_about_null(example) for example in kind.examples)


def test_a_limit_allows_some_rows_by_number_or_share(spark: SparkSession) -> None:
    rows = [{"a": text} for text in ("1", "1", "2", "3")]
    types = {"a": "string"}
    limits = [
        None,
        RuleLimit(rows=0),
        RuleLimit(rows=1),
        RuleLimit(percent=Decimal("24.9")),
        RuleLimit(percent=Decimal(25)),
    ]
    queries = [bound(query(kind_called("unique"), types, {}, "a", limit), rows, types) for limit in limits]
    found = answers(spark, queries)
    assert [row["ok"] for row in found] == [False, False, True, False, True]
    assert [row["limit_value"] for row in found] == [
        "at most 0",
        "at most 0",
        "at most 1",
        "at most 24.9 %",
        "at most 25 %",
    ]
    assert found[0]["observed"] == "1 of 4 rows repeat another"


def test_where_says_which_rows_are_judged(spark: SparkSession) -> None:
    rows = [{"a": "1", "b": "x"}, {"a": "1", "b": "x"}, {"a": "2", "b": "y"}]
    types = {"a": "string", "b": "string"}
    asked = [query(kind_called("unique"), types, {}, "a", where=where) for where in ("b = 'y'", "b = 'x'")]
    assert [row["ok"] for row in answers(spark, [bound(sql, rows, types) for sql in asked])] == [True, False]
