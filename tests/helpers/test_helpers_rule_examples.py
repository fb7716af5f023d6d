"""Every rule does what its examples say, and none raises or answers NULL whatever text comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from rule_questions import answers, arbitrary_texts, asked_examples, distinct_questions, undecided

from medallion.rules.examples import HARD_TEXTS, row_of, subject, type_of
from medallion.rules.library import BY_NAME, ROW_RULE_KINDS, RULE_KINDS, TABLE_RULE_KINDS
from medallion.sql.column_types import typed_expression

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def test_every_example_of_every_rule_holds_or_fails_as_stated(spark: SparkSession) -> None:
    questions = asked_examples()
    wrong = [
        (question.rule, question.came, holds)
        for question, holds in zip(questions, answers(spark, questions), strict=True)
        if holds is not question.holds
    ]
    assert wrong == []


def test_every_rule_has_an_example_that_holds_one_that_fails_and_one_without_a_value() -> None:
    for kind in RULE_KINDS:
        assert {example.holds for example in kind.examples} == {True, False}, kind.name
        assert any(example.value is None for example in kind.examples), kind.name
    for row_kind in ROW_RULE_KINDS:
        assert {example.holds for example in row_kind.examples} == {True, False}, row_kind.name
        assert any(None in example.values.values() for example in row_kind.examples), row_kind.name


def test_every_rule_that_is_only_for_types_that_are_cast_has_an_example_that_does_not_cast() -> None:
    cast = [
        kind
        for kind in RULE_KINDS
        if kind.families and not {"string", "nested", "boolean"} & set(kind.families) and not kind.implied
    ]
    assert len(cast) >= 10
    for kind in cast:
        assert any("does not cast" in example.about for example in kind.examples), kind.name


def test_the_library_has_its_rules_once_each() -> None:
    rows, tables = ROW_RULE_KINDS, TABLE_RULE_KINDS
    names = [*(kind.name for kind in RULE_KINDS), *(kind.name for kind in rows), *(kind.name for kind in tables)]
    suffixes = [*(kind.suffix for kind in RULE_KINDS), *(kind.suffix for kind in tables if kind.suffix)]
    assert len(names) == len(set(names)) >= 70
    assert len(suffixes) == len(set(suffixes))


def test_every_rule_says_what_it_asks_in_one_sentence() -> None:
    for kind in RULE_KINDS:
        for example in kind.examples:
            assert kind.message("amount", example.parameters).startswith("amount "), kind.name
    for row_kind in ROW_RULE_KINDS:
        for row_example in row_kind.examples:
            message = row_kind.message(row_example.parameters)
            named = [str(one) for value in row_example.parameters.values() for one in _several(value)]
            assert any(name in message for name in named), row_kind.name


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def test_no_rule_raises_or_is_null_whatever_text_comes(spark: SparkSession) -> None:
    assert len(distinct_questions()) >= 200
    assert undecided(spark, [*HARD_TEXTS, *arbitrary_texts(400, seed=7)]) == []


def test_a_format_reads_dates_as_they_are_written(spark: SparkSession) -> None:
    values = "VALUES ('31.12.2026 23:59'), ('2026-12-31'), ('32.12.2026 00:00'), ('01.01.-290309 00:00'), (NULL)"
    rows = spark.sql(
        f"SELECT {typed_expression('came', type_of('date'), 'dd.MM.yyyy HH:mm')} AS day,"
        f" {typed_expression('came', type_of('timestamp'), 'dd.MM.yyyy HH:mm')} AS moment FROM {values} AS t(came)"
    ).collect()
    assert [(str(row["day"]), str(row["moment"])) for row in rows] == [
        ("2026-12-31", "2026-12-31 23:59:00"),
        *[("None", "None")] * 4,
    ]


def test_numbers_that_are_no_numbers_fail_a_range(spark: SparkSession) -> None:
    condition = BY_NAME["range"].sql(subject("double"), {"min": 0, "max": 10})
    values = "VALUES (double('NaN')), (double('Infinity')), (-0.0D), (10.0D), (NULL)"
    rows = spark.sql(f"SELECT {condition} AS holds FROM {values} AS t(value)").collect()
    assert [row["holds"] for row in rows] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("left", "right", "value", "other", "holds"),
    [
        ("int", "decimal(12,2)", "2", "1.99", False),
        ("bigint", "decimal(38,18)", "9223372036854775807", "1.5", False),
        ("decimal(38,0)", "decimal(38,18)", "9" * 38, "1.5", False),
        ("bigint", "double", "9007199254740993", "9007199254740992", True),
        ("float", "int", "NaN", "1", False),
    ],
)
def test_numbers_of_two_types_are_compared_without_an_error(
    spark: SparkSession, left: str, right: str, value: str, other: str, holds: bool
) -> None:
    row = row_of({"value": left, "other": right})
    condition = BY_NAME["at_most_column"].sql(subject(left, "value", row), {"column": "other"})
    values = f"SELECT try_cast('{value}' AS {left}) AS value, try_cast('{other}' AS {right}) AS other"
    assert spark.sql(f"SELECT {condition} AS holds FROM ({values})").collect()[0]["holds"] is holds


def test_an_accent_that_is_a_sign_of_its_own_is_found_in_every_letter_that_has_one(spark: SparkSession) -> None:
    letters = "áàâäãåąçćčďéèêëęěíìîïłñńňóòôöõőøřśšťúùûüůűýÿźżžάέήίόύώйёїąǅấệ"
    written = ", ".join(f"('{letter}', '{normalize('NFD', letter)}')" for letter in letters)
    condition = BY_NAME["nfc"].sql(subject("string"), {})
    rows = spark.sql(
        f"SELECT letter, came = letter AS same, {condition.replace('value', 'letter')} AS one,"
        f" {condition.replace('value', 'came')} AS two FROM VALUES {written} AS t(letter, came)"
    ).collect()
    assert [row["letter"] for row in rows if not row["one"] or row["two"] != row["same"]] == []
    assert len(rows) > 50
