"""`normalize:` of a column: before types and rules, with the value as it came kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from contract_samples import plan_of, run_steps

from medallion import Contract, MedallionContractError, plan_tables, read_contract
from medallion.contracts.schema import contract_schema_text
from medallion.tables.masks import masked_columns

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONTRACT = """
table: silver.people
from: people_conformed
carry: [_row_id]
columns:
  phone:  {type: string, normalize: [{phone: DE}], rules: [phone], class: pii}
  email:  {type: string, normalize: [trim, email], rules: [email]}
  active: {type: boolean, normalize: [boolean]}
  born:   {type: date, normalize: [{date: [dd.MM.yyyy, yyyy-MM-dd]}], rules: [range: {min: 1900-01-01}]}
  city:   {type: string, normalize: [null_if_placeholder], rules: [not_null]}
  note:   {type: string}
"""


def people(**replaced: str) -> Contract:
    text = CONTRACT
    for old, new in replaced.items():
        text = text.replace(old, new)
    return read_contract(text, "contracts/silver/people.yml")


def test_what_is_normalized_is_kept_as_it_came_and_masked_there() -> None:
    contract = people()
    assert [column.name for column in contract.columns if column.is_changed] == [
        "phone",
        "email",
        "active",
        "born",
        "city",
    ]
    masked = masked_columns(contract)
    assert masked["_source"].type == "STRUCT<phone: STRING, email: STRING, active: STRING, born: STRING, city: STRING>"
    assert "email" not in masked


@pytest.mark.spark
def test_rows_are_judged_by_the_normal_form_and_quarantined_as_they_came(spark: SparkSession) -> None:
    plans = plan_tables(people(), {"silver": "silver"})
    (from_source, *_) = plan_of(plans, "silver.people_checked").flows
    rows = spark.sql(
        "SELECT * FROM VALUES ('1', '030 1234567', ' A@X.org', 'Ja', '31.12.1999', 'Bonn', 'n'),"
        " ('2', 'ask', 'A@X.org', 'maybe', '1999-12-31', 'n/a', 'n'), ('3', NULL, NULL, NULL, NULL, 'Ulm', NULL)"
        " AS t(_row_id, phone, email, active, born, city, note)"
    )
    checked = run_steps(rows, from_source.steps)
    checked.createOrReplaceTempView("people_checked")
    found = spark.sql("SELECT * FROM people_checked ORDER BY _row_id").collect()
    assert [str(found[0][name]) for name in ("phone", "email", "active", "born", "city")] == [
        "+49301234567", "a@x.org", "True", "1999-12-31", "Bonn",
    ]  # fmt: skip
    assert [row["_errors"] is None for row in found] == [True, False, True]
    reasons = {reason["rule"]: reason["value"] for reason in found[1]["_errors"]}
    assert reasons == {"phone_phone": "***", "active_typed": "maybe", "city_present": "n/a"}
    (quarantined,) = plan_of(plans, "silver.people_quarantine").flows
    came = run_steps(checked, quarantined.steps).collect()
    assert [(row["phone"], row["active"], row["city"], row["note"]) for row in came] == [("ask", "maybe", "n/a", "n")]


def test_editors_are_offered_patterns() -> None:
    text = contract_schema_text()
    assert "A phone number becomes E.164." in text
    assert '"null_if_blank"' in text


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("[trim, email]", "[trimm]", "MED314", "did you mean trim?"),
        ("[{phone: DE}]", "[phone]", "MED305", "country"),
        ("[{phone: DE}]", "[{phone: XX}]", "MED304", "DE"),
        ("[{phone: DE}]", "[{phone: {contry: DE}}]", "MED303", "country"),
        ("[trim, email]", "[{trim: 1}]", "MED304", "parameters"),
        ("[trim, email]", "[]", "MED304", "at least 1"),
        ("[dd.MM.yyyy, yyyy-MM-dd]", "[DD.MM.YYYY]", "MED308", "YYYY"),
        ("from: people_conformed\ncarry: [_row_id]\n", "", "MED312", "needs from"),
    ],
)
def test_what_cannot_be_normalized_is_refused_at_its_place(old: str, new: str, code: str, said: str) -> None:
    assert old in CONTRACT
    with pytest.raises(MedallionContractError) as refused:
        people(**{old: new})
    assert refused.value.code == code
    assert said in str(refused.value)
    assert "people.yml:" in str(refused.value)


def test_a_format_that_spark_cannot_read_is_refused() -> None:
    with pytest.raises(MedallionContractError) as refused:
        read_contract("table: silver.t\nfrom: t\ncolumns:\n  day: {type: date, format: dd.MM.YYYY}\n")
    assert refused.value.code == "MED312"
    assert refused.value.line == 4
