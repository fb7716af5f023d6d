"""Check digits: numbers that are computed here hold, and no single wrong digit goes through."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

import pytest
from person_numbers import NUMBERS, card, digits, ean_digit, iban

from medallion.rules.examples import subject
from medallion.rules.kinds import Parameters
from medallion.rules.library import BY_NAME

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark
EACH = 60
FORM_ONLY = ("US",)


def ean(dice: Random) -> str:
    body = digits(dice, 12)
    return body + ean_digit(body)


QUESTIONS: dict[str, tuple[str, Parameters, Callable[[Random], str]]] = {
    **{f"national_id {country}": ("national_id", {"country": country}, make) for country, make in NUMBERS.items()},
    "iban": ("iban", {}, iban),
    "card_number": ("card_number", {}, card),
    "ean": ("ean", {}, ean),
}


def with_one_wrong_digit(dice: Random, text: str) -> str:
    at = dice.choice([place for place, sign in enumerate(text) if sign.isdigit()])
    return text[:at] + dice.choice([sign for sign in "0123456789" if sign != text[at]]) + text[at + 1 :]


def test_computed_numbers_hold_and_one_wrong_digit_does_not(spark: SparkSession) -> None:
    dice = Random(11)
    rows = []
    for name, (*_, make) in QUESTIONS.items():
        right = [make(dice) for _ in range(EACH)]
        rows += [(name, True, text) for text in right]
        rows += [(name, False, with_one_wrong_digit(dice, text)) for text in right if name[-2:] not in FORM_ONLY]
    cases = " ".join(
        f"WHEN '{name}' THEN {BY_NAME[rule].sql(subject('string'), parameters)}"
        for name, (rule, parameters, _) in QUESTIONS.items()
    )
    frame = spark.createDataFrame(rows, "name STRING, is_right BOOLEAN, value STRING").coalesce(1)
    judged = frame.selectExpr("name", "is_right", "value", f"CASE name {cases} END AS holds").collect()
    wrong = [(row["name"], row["value"], row["holds"]) for row in judged if row["holds"] is not row["is_right"]]
    assert wrong == []
    assert len(judged) == EACH * (2 * len(QUESTIONS) - len(FORM_ONLY))
