"""Every pattern of normalization does what its examples say, twice the same as once, and never raises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from rule_questions import arbitrary_texts

from medallion.normalize import normalized
from medallion.normalize.kinds import Pattern, PatternExample
from medallion.normalize.library import LIBRARY_PATTERNS
from medallion.rules.examples import HARD_TEXTS, text_literal
from medallion.rules.kinds import RuleRefused

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LONG = "regexp_replace(regexp_replace(came, '^never this$', ''), '^nor this$', '')"


def examples() -> list[tuple[Pattern, PatternExample]]:
    return [(pattern, example) for pattern in LIBRARY_PATTERNS.values() for example in pattern.examples]


def results(
    spark: SparkSession, texts: Sequence[str | None], expressions: Sequence[str]
) -> list[tuple[str | None, ...]]:
    """What each expression over `came` makes of each text."""
    values = ", ".join(f"({number}, {text_literal(text)})" for number, text in enumerate(texts))
    columns = ", ".join(f"{sql} AS r{number}" for number, sql in enumerate(expressions))
    rows = spark.sql(f"SELECT {columns} FROM VALUES {values} AS t(number, came) ORDER BY number").collect()
    return [tuple(row) for row in rows]


@pytest.mark.spark
@pytest.mark.parametrize("text", ["came", LONG], ids=["a column", "an expression"])
def test_every_example_becomes_what_it_states(spark: SparkSession, text: str) -> None:
    asked = list(dict.fromkeys((pattern.name, pattern.sql(text, one.parameters)) for pattern, one in examples()))
    texts = list(dict.fromkeys(one.value for _, one in examples()))
    made = results(spark, texts, [sql for _, sql in asked])
    wrong = []
    for pattern, example in examples():
        column = asked.index((pattern.name, pattern.sql(text, example.parameters)))
        result = made[texts.index(example.value)][column]
        if result != example.result:
            wrong.append((pattern.name, example.value, result))
    assert wrong == []


@pytest.mark.spark
def test_no_pattern_raises_and_doing_it_twice_changes_nothing(spark: SparkSession) -> None:
    asked = {pattern.sql("came", one.parameters): (pattern, one.parameters) for pattern, one in examples()}
    texts = [*HARD_TEXTS, *(one.value for _, one in examples()), *arbitrary_texts(200, seed=3)]
    once = results(spark, texts, list(asked))
    absent = [
        (pattern.name, text)
        for column, (pattern, _) in enumerate(asked.values())
        for text, row in zip(texts, once, strict=True)
        if (row[column] is None) != (text is None) and not (pattern.makes_absent and row[column] is None)
    ]
    assert absent == []
    changed = []
    for column, (sql, (pattern, parameters)) in enumerate(asked.items()):
        if parameters.get("decimal") == ",":
            continue  # the result has a point, which is the sign of groups in such a text
        twice = results(spark, [row[column] for row in once], [sql])
        changed += [
            (pattern.name, row[column], again[0])
            for row, again in zip(once, twice, strict=True)
            if row[column] != again[0]
        ]
    assert changed == []


def test_every_pattern_has_an_example_that_changes_and_one_without_a_value() -> None:
    assert len(LIBRARY_PATTERNS) >= 25
    for pattern in LIBRARY_PATTERNS.values():
        assert any(one.value is not None and one.value != one.result for one in pattern.examples), pattern.name
        assert any(one.value is None for one in pattern.examples), pattern.name


@pytest.mark.spark
def test_steps_are_applied_in_their_order(spark: SparkSession) -> None:
    sql = normalized("came", "visible", "trim", {"null_if_placeholder": []}, {"phone": "DE"})
    email = normalized("came", "collapse", {"email": {"mailbox": True}})
    made = results(spark, ["\u200b 030 1234567 ", " n/a", None, "A.B+x@gmail.com"], [sql, email])
    assert [row[0] for row in made[:3]] == ["+49301234567", None, None]
    assert made[3][1] == "ab@gmail.com"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("trimm", "did you mean trim?"),
        ("phone", "needs country"),
        ({"trim": {"sides": "both"}}, "does not know sides"),
        ({"date": ["YYYY"]}, "YYYY"),
        ({"mapped": ["a"]}, "old=new"),
        ({"currency": {"dollar": "XYZ"}}, "XYZ"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: str | dict[str, Any], said: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        normalized("came", step)
    assert said in f"{refused.value} {refused.value.found} {refused.value.expected} {refused.value.help}"
