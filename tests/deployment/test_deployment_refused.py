"""Why rows are refused: the form of their values, the SQL that changes it, and the line where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from medallion_toolkit.deployment.refused.expressions import find_expression
from medallion_toolkit.deployment.refused.library import recognise, value_forms
from medallion_toolkit.deployment.refused.mending import Mending, mending_of, text_words
from medallion_toolkit.deployment.refused.model import ValueForm
from medallion_toolkit.deployment.refused.words import TextWords
from medallion_toolkit.engine.files.rescue import literal
from medallion_toolkit.errors import Place
from medallion_toolkit.graph.project import Project, project_of
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.project.bundle import load_bundle
from medallion_toolkit.scaffold.project import create_project

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONFORMED, CONTRACT = "sql/silver/orders_conformed.sql", "contracts/silver/orders.yml"
TYPES = {
    "integer": "BIGINT", "decimal": "DECIMAL(12,2)", "date": "DATE", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN",
}  # fmt: skip
# Other types take them all the same, or have a form of their own for them.
FAMILY_OF = {"MED887": "integer", "MED878": "integer", "MED897": "boolean", "MED888": "timestamp"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample project."""
    folder = tmp_path_factory.mktemp("refused")
    create_project(folder, {"project_name": "shop"})
    return project_of(load_bundle(folder / "shop", "dev"))


@pytest.fixture(scope="module")
def words(shop: Project) -> TextWords:
    return text_words(shop)


def family_of(form: ValueForm) -> str:
    """A type that refuses values of the form."""
    return FAMILY_OF.get(form.code, "decimal" if "decimal" in form.families else "timestamp")


def mended(shop: Project, rule: str, values: Mapping[str, int]) -> Mending:
    contract = next(one for one in shop.contracts.by_table.values() if one.table == "silver.orders")
    found = next(one for one in contract.rules if one.name == rule)
    return mending_of(shop, contract, found, "order_amount must be of its declared type.", values)


def test_every_form_is_known_by_its_own_samples(words: TextWords) -> None:
    for form in value_forms(words):
        samples = dict.fromkeys(form.samples, 1)
        found = recognise(samples, family_of(form), words)
        assert found is not None, form.title
        assert (found.form.code, found.fitting, found.looked_at) == (form.code, len(samples), len(samples))
        assert form.write is not None or form.advice is not None


def test_a_form_counts_only_when_most_rows_have_it(words: TextWords) -> None:
    found = recognise({"12,50": 60, "8,00": 37, "much": 3}, "decimal", words)
    assert found is not None
    assert (found.form.code, found.fitting, found.looked_at) == ("MED891", 97, 100)
    assert recognise({"12,50": 5, "much": 5}, "decimal", words) is None
    assert recognise({}, "decimal", words) is None


def test_the_same_text_is_a_fault_only_for_types_that_refuse_it(words: TextWords) -> None:
    assert recognise({"12,50": 1}, "string", words) is None
    assert recognise({"31.12.2026": 1}, "decimal", words) is None
    assert recognise({"n/a": 1}, "string", words) is not None


def test_values_that_may_mean_two_things_say_so(words: TextWords) -> None:
    thousands = recognise({"1,234": 1, "5,678": 1}, "decimal", words)
    assert thousands is not None
    assert [thousands.form.code, *(form.code for form in thousands.also)][:2] == ["MED892", "MED891"]
    either = recognise({"3/4/2026": 2}, "date", words)
    assert either is not None
    assert (either.form.code, [form.code for form in either.also]) == ("MED898", ["MED899"])
    us = recognise({"3/4/2026": 2, "12/31/2026": 1}, "date", words)
    assert us is not None
    assert (us.form.code, us.also) == ("MED899", ())


def test_a_form_gives_the_sql_for_the_line_that_makes_the_column(shop: Project) -> None:
    found = mended(shop, "order_amount_typed", {"12,50": 1000, "8,00": 204})
    assert found == Mending(
        "MED891",
        "a comma for the decimal point",
        f"{CONFORMED}:7",
        "replace(amount, ',', '.') AS order_amount",
        f'{CONTRACT}:18   order_amount: {{…, normalize: [{{number: ","}}]}}',
    )
    partly = mended(shop, "order_amount_typed", {"12,50": 5, "-": 1, "much": 1})
    assert partly.cause == "a comma for the decimal point in 5 of 7 rows"
    dated = mended(shop, "ordered_at_typed", {"31.12.2026T5:00": 1})
    assert dated.write is not None
    assert r"try_to_timestamp(ordered_at, 'd.M.yyyy\'T\'H:mm')" in dated.write
    absent = mended(shop, "ordered_at_typed", {"N/A": 2, "-": 1})
    assert absent.write == "CASE WHEN lower(trim(ordered_at)) NOT IN ('n/a', '-') THEN ordered_at END AS ordered_at"


def test_what_has_no_form_says_its_rule_and_where_it_stands(shop: Project) -> None:
    unknown = mended(shop, "order_amount_typed", {"much": 1, "more": 1})
    assert (unknown.code, unknown.place, unknown.write) == ("MED890", f"{CONFORMED}:7", None)
    allowed = mended(shop, "status_allowed", {"refused": 4})
    assert (allowed.code, allowed.place) == ("MED890", f"{CONTRACT}:17")
    several = mended(shop, "changed_not_before_ordered", {"changed_at=a, ordered_at=b": 1})
    assert (several.code, several.place) == ("MED890", f"{CONTRACT}:27")


def test_an_expression_is_found_where_it_begins_however_it_is_written() -> None:
    text = "SELECT id,\n    upper(\n        trim(s.code)) AS Code, s.amount, s.*\nFROM s"
    query = SqlQuery(text, Place("a.sql", 3, 4), (), "shop", "silver")
    code = find_expression(query, "code")
    assert code is not None
    assert (code.name, code.text, code.place.line, code.place.column) == ("Code", "upper( trim(s.code))", 4, 5)
    amount = find_expression(query, "amount")
    assert amount is not None
    assert (amount.text, str(amount.place)) == ("s.amount", "a.sql:5:32")
    first = find_expression(query, "id")
    assert first is not None
    assert str(first.place) == "a.sql:3:11"
    assert find_expression(query, "other") is None


def casts(form: ValueForm, sample: str) -> str:
    """One row: the form, whether its type refuses the sample, whether it takes what the form writes."""
    cast, value = f"try_cast({{}} AS {TYPES[family_of(form)]})", literal(sample)
    sql = form.sql(value, (sample,))
    written = cast.format(sql) if sql else "NULL"
    return f"SELECT {literal(form.code)}, {value}, {cast.format(value)} IS NULL, {written} IS NOT NULL"


def changed_others(form: ValueForm, types: Mapping[str, str]) -> str:
    """Values that the type of the form takes as they are, and whether its SQL would change one of them."""
    kind = types[family_of(form)]
    taken = ("1e5", "99.90", "-7", "20", "2026-11-21", "2026-11-21 05:00:00", "true")
    rows = []
    for value in map(literal, taken):
        sql = form.sql(value, form.samples)
        rows.append(
            f"SELECT {literal(form.title)}, {value}, try_cast({value} AS {kind}) IS NOT NULL "
            f"AND NOT try_cast({value} AS {kind}) <=> try_cast({sql} AS {kind})"
        )
    return " UNION ALL ".join(rows)


def test_what_a_form_writes_leaves_values_alone_that_were_taken(spark: SparkSession, words: TextWords) -> None:
    asked = [changed_others(form, TYPES) for form in value_forms(words) if form.write]
    assert [tuple(row) for row in spark.sql(" UNION ALL ".join(asked)).collect() if row[2]] == []


def test_a_refused_value_of_another_form_stays_refused(spark: SparkSession, words: TextWords) -> None:
    thousands = recognise({"1,234": 2, "1,234,567": 7, "12,50": 1}, "decimal", words)
    dates = recognise({"46347.25": 6, "99999999999": 1}, "timestamp", words)
    assert thousands is not None
    assert dates is not None
    numbers = ", ".join(
        f"try_cast({thousands.form.sql(value, ())} AS DECIMAL(12,2))" for value in ("'12,50'", "'1,234'")
    )
    times = ", ".join(
        f"CAST(try_cast({dates.form.sql(value, ())} AS TIMESTAMP_NTZ) AS STRING)"
        for value in ("'99999999999'", "'46347.25'")
    )
    (row,) = spark.sql(f"SELECT {numbers}, {times}").collect()
    assert [None if one is None else str(one) for one in row] == [None, "1234.00", None, "2026-11-21 06:00:00"]


def test_what_each_form_writes_is_taken_by_the_type_that_refused_it(spark: SparkSession, words: TextWords) -> None:
    forms = value_forms(words)
    rows = spark.sql(" UNION ALL ".join(casts(form, sample) for form in forms for sample in form.samples)).collect()
    assert [tuple(row) for row in rows if not row[2]] == []
    left = {form.code for form in forms if form.write is None} | {"MED896"}
    assert {row[0] for row in rows if not row[3]} == left
