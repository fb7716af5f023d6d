"""Personal data: how much of it is found in tables where it is known, and what names alone say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pii_figures import measure

from medallion.pii import Sampled, find, sample_query
from medallion.pii.content import DETECTORS
from medallion.pii.names import name_evidence
from medallion.rules.examples import HARD_TEXTS
from medallion.sql.column_types import ColumnType, read_type

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEAST = 0.9
MORE_HARD_TEXTS = [
    "DE89 3704", "4" * 16, "+" * 30, "::", "a-" * 10_000, "a.b@" * 5_000, "+1 " * 5_000, "1" * 20_000, "Anna " * 4_000,
]  # fmt: skip
LEAST_OF_A_KIND = {"free_text": 0.6, "user_name": 0.6, "birth_date": 0.8, "geo_position": 0.8}


def type_of(text: str) -> ColumnType:
    found = read_type(text)
    assert found is not None
    return found


@pytest.mark.spark
def test_precision_and_recall_are_those_of_the_page_and_above_the_floors(spark: SparkSession, repository: Path) -> None:
    figures, mistakes = measure(spark)
    for one in figures:
        least = LEAST_OF_A_KIND.get(one.kind, LEAST)
        assert (one.precision >= least, one.recall >= least) == (True, True), (one, mistakes)
    page = (repository / "docs" / "pii.md").read_text(encoding="utf-8")
    stated = [line for line in page.splitlines() if re.match(r"\| \w[\w ]* \| \d+ \| \d+ \|", line)]
    assert stated == [one.line for one in figures]


@pytest.mark.spark
def test_detectors_take_any_text_and_count_only_values_that_are_there(spark: SparkSession) -> None:
    rows = [(text, None) for text in (*HARD_TEXTS, *MORE_HARD_TEXTS)]
    spark.createDataFrame(rows, "hard STRING, empty STRING").coalesce(1).createOrReplaceTempView("hard_texts")
    found = {
        row["column_name"]: row.asDict()
        for row in spark.sql(sample_query([Sampled("t", "hard_texts", ("hard", "empty"))])).collect()
    }
    assert set(found) == {"hard", "empty"}
    assert found["empty"]["texts"] == 0
    assert 0 < found["hard"]["texts"] < len(rows)
    assert all(found[name][detector.name] is not None for name in found for detector in DETECTORS)


@pytest.mark.parametrize(
    ("name", "sql_type", "kind", "weight"),
    [
        ("Kunden_EMail-Adresse", "string", "email", 0.9),
        ("emailAddress", "string", "email", 0.9),
        ("email_id", "string", "email", 0.27),
        ("PLZ", "int", "postal_code", 0.8),
        ("fecha_de_nacimiento", "date", "birth_date", 0.9),
        ("prénom", "string", "person_name", 0.85),
        ("Straße", "string", "street_address", 0.85),
        ("fødselsnummer", "string", "national_id", 0.9),
        ("client_ip", "string", "ip_address", 0.85),
        ("passwordHash", "string", "credential", 0.85),
    ],
)
def test_names_of_several_languages_and_spellings_speak(name: str, sql_type: str, kind: str, weight: float) -> None:
    assert name_evidence(name, type_of(sql_type).family).get(kind) == weight


@pytest.mark.parametrize(
    ("name", "sql_type"),
    [("email_sent_at", "timestamp"), ("has_phone", "boolean"), ("product_name", "string"), ("file_name", "string"),
     ("order_id", "string"), ("description", "string"), ("latency", "double"), ("shipping_method", "string")],
)  # fmt: skip
def test_names_that_only_sound_alike_do_not(name: str, sql_type: str) -> None:
    assert dict(name_evidence(name, type_of(sql_type).family)) == {}


def test_name_and_values_together_say_more_and_values_may_say_no() -> None:
    columns = {"email": type_of("string")}
    (alone,) = find(columns, {})
    (both,) = find(columns, {"email": {"texts": 100, "email": 100}})
    against = find(columns, {"email": {"texts": 100, "email": 0}})
    assert (alone.confidence, both.confidence) == (0.9, 0.99)
    assert against == ()
    assert both.why == "its name and 100% of 100 values"


def test_places_count_half_where_nobody_is_named() -> None:
    columns = {"plz": type_of("string")}
    (shop,) = find(columns, {})
    (customer, _) = find({**columns, "email": type_of("string")}, {})
    assert (shop.confidence, shop.classification) == (0.4, None)
    assert (customer.confidence, customer.classification) == (0.8, "pii")
    assert shop.why == "its name, but nothing else in the table names a person"


def test_matches_that_chance_explains_say_nothing() -> None:
    """One random number in ten has a right check digit."""
    assert find({"reference": type_of("string")}, {"reference": {"texts": 1000, "national_id_NL": 100}}) == ()
