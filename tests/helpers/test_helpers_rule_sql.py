"""The SQL of every rule is one the front end of the toolkit reads, and shows that it is never NULL."""

from __future__ import annotations

import pytest
import sqlglot
from rule_questions import distinct_questions

from medallion_toolkit.sql.conditions import is_decided
from medallion_toolkit.sql.reader import read_sql


@pytest.fixture(scope="module")
def conditions() -> dict[str, str]:
    """Every condition of the library by a name."""
    return {name: sql for (sql, _), name in distinct_questions().items()}


def test_every_condition_shows_that_it_is_never_null(conditions: dict[str, str]) -> None:
    assert [name for name, sql in conditions.items() if not is_decided(sql)] == []


def test_every_condition_stands_in_an_expectation(conditions: dict[str, str]) -> None:
    statements = [
        f"CREATE OR REFRESH STREAMING TABLE {name} (CONSTRAINT {name} EXPECT ({sql}) ON VIOLATION DROP ROW)\n"
        "AS SELECT * FROM STREAM(bronze.orders);"
        for name, sql in conditions.items()
    ]
    file = read_sql("\n".join(statements), "sql/silver/orders.sql")
    read = {one.expectations[0].name: one.expectations[0].condition for one in file.statements}
    assert read == conditions


def test_every_condition_is_read_by_the_parser_of_queries(conditions: dict[str, str]) -> None:
    for name, sql in conditions.items():
        query = sqlglot.parse_one(f"SELECT {sql} AS holds FROM t", read="databricks")
        assert isinstance(query, sqlglot.exp.Select), name
        assert query.named_selects == ["holds"], name
