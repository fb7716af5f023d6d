"""Rules whose form depends on a country: said for the column, or taken from a neighbour."""

from __future__ import annotations

import pytest

from medallion import MedallionContractError, read_contract

CONTRACT = """table: silver.people
from: people_conformed
columns:
  country: {{type: string}}
  visits: {{type: int}}
  zip: {{type: string, rules: [{rule}]}}
"""


def test_the_country_may_stand_in_another_column() -> None:
    contract = read_contract(CONTRACT.format(rule="postal_code: {country_column: country}"))
    rule = next(one for one in contract.rules if one.kind == "postal_code")
    assert (rule.name, rule.columns) == ("zip_postal_code", ("zip", "country"))
    assert rule.message == "zip must be a postal code of the country in country."
    assert "CASE country WHEN 'AR' THEN" in rule.condition

    one = read_contract(CONTRACT.format(rule="postal_code: AT"))
    assert next(rule.message for rule in one.rules if rule.kind == "postal_code") == "zip must be a postal code of AT."


@pytest.mark.parametrize(
    ("rule", "code", "found"),
    [
        ("postal_code", "MED308", "nothing"),
        ("postal_code: {country: AT, country_column: country}", "MED308", "country, country_column"),
        ("phone: {country_column: visits}", "MED308", "INT"),
        ("national_id: {country_column: land}", "MED310", "land"),
        ("national_id: {country: XX}", "MED304", "XX"),
        ("iban: [DE, XX]", "MED304", "XX"),
        ("card_brand", "MED305", "card_brand"),
        ("uuid: 9", "MED304", "9"),
    ],
)
def test_a_country_that_makes_no_sense_is_refused_at_its_place(rule: str, code: str, found: str) -> None:
    with pytest.raises(MedallionContractError) as caught:
        read_contract(CONTRACT.format(rule=rule))
    assert (caught.value.code, caught.value.line, caught.value.found) == (code, 6, found)
