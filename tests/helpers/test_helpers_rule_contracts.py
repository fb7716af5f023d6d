"""Rules of the library in a contract: which columns they read, what they refuse and where."""

from __future__ import annotations

import pytest

from medallion import Contract, MedallionContractError, read_contract
from medallion.model.contract import Rule

CONTRACT = """
table: silver.visits
from: visits_conformed
keys: [visit_id]
columns:
  visit_id: {{type: string}}
  email:    {{type: string}}
  phone:    {{type: string}}
  status:   {{type: string}}
  codes:    {{type: array<string>}}
  started:  {{type: timestamp, rules: [{started}]}}
  ended:    {{type: timestamp}}
  born:     {{type: date, rules: [{born}]}}
  amount:   {{type: "decimal(12,2)", rules: [{amount}]}}
rules: {{{rules}}}
"""


def visits(**rules: str) -> Contract:
    given = {"started": "", "born": "", "amount": "", "rules": "", **rules}
    return read_contract(CONTRACT.format(**given), "contracts/silver/visits.yml")


def rule(contract: Contract, name: str) -> Rule:
    return next(one for one in contract.rules if one.name == name)


def test_a_rule_of_a_row_observes_its_columns_and_those_its_condition_reads() -> None:
    contract = visits(
        rules="contact: {any_of: [email, phone]}, "
        "end_known: {required_when: {columns: [ended], when: \"STATUS = 'done'\"}}, "
        "times: {in_order: {columns: [started, ended], strict: true}, on_fail: warn, severity: critical}"
    )
    assert rule(contract, "contact").columns == ("email", "phone")
    assert rule(contract, "end_known").columns == ("status", "ended")
    assert rule(contract, "times").on_fail == "warn"
    assert rule(contract, "times").severity == "critical"
    assert rule(contract, "times").message == "started, ended must be in this order."


def test_a_rule_that_compares_with_a_neighbour_observes_both() -> None:
    compared = rule(visits(started="at_most_column: ended"), "started_at_most_column")
    assert compared.columns == ("started", "ended")
    assert "started <= ended" in compared.condition


def test_rules_that_read_the_clock_look_around() -> None:
    contract = visits(born="not_in_future, age_years: {max: 120}, weekday: {days: [mon]}")
    assert {one.name: one.looks_around for one in contract.rules if one.name.startswith("born_")} == {
        "born_typed": False,
        "born_not_in_future": True,
        "born_age": True,
        "born_weekday": False,
    }


def test_values_that_look_like_numbers_stay_text_where_text_is_asked() -> None:
    contract = visits(rules="known: {allowed_combinations: {columns: [email, phone], values: [1.50/007]}}")
    assert "IN ('1.50/007')" in rule(contract, "known").condition
    assert (
        "startswith(phone, '007')"
        in read_contract("table: silver.t\nfrom: t\ncolumns: {phone: {type: string, rules: [starts_with: [007]]}}")
        .rules[0]
        .condition
    )


@pytest.mark.parametrize(
    ("rules", "code", "said"),
    [
        ({"started": "at_most_column: born"}, "MED308", "cannot be compared"),
        ({"started": "at_most_column: end"}, "MED310", "ended"),
        ({"started": "business_hours: {zone: Europe/Berlni}"}, "MED308", "Europe/Berlni"),
        ({"started": "business_hours: {from: '17:00', to: '09:00'}"}, "MED308", "end before they begin"),
        ({"born": "not_older_than: 24 hours"}, "MED308", "no time of day"),
        ({"born": "day_of_month: [32]"}, "MED308", "32"),
        ({"amount": "precision: {scale: 3, digits: 2}"}, "MED308", "digits 2, scale 3"),
        ({"amount": "multiple_of: 0"}, "MED308", "above zero"),
        ({"amount": "array_size: 3"}, "MED308", "does not fit"),
        ({"rules": "a: {any_of: [email]}"}, "MED304", "at least 2"),
        ({"rules": "a: {any_of: [email, fone]}"}, "MED310", "phone"),
        ({"rules": "a: {any_of: [email, email]}"}, "MED308", "twice"),
        ({"rules": "a: {sum_equals: {columns: [amount, email], equals: amount}}"}, "MED308", "email is no number"),
        ({"rules": "a: {in_order: [started, born]}"}, "MED308", "cannot be compared"),
        ({"rules": "a: {cross_field: amount / 2 > 1}"}, "MED308", "try_divide"),
        ({"rules": "a: {required_when: {columns: [email], when: total > 1}}"}, "MED310", "total"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(rules: dict[str, str], code: str, said: str) -> None:
    with pytest.raises(MedallionContractError) as refused:
        visits(**rules)
    assert refused.value.code == code
    assert said in str(refused.value)
    assert "visits.yml:" in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("date_format: [YYYY-MM-dd]", "YYYY"),
        ("date_format: ['yyyy-MM-dd[']", "["),
        ("time_format: ['hh:mm']", "hh needs a"),
        ("castable: string", "string"),
        ("number_format: {decimal: ',', group: ','}", "two different signs"),
        ("json_schema: '{\"minimum\": 1}'", "minimum"),
        ("json_schema: 'type: object'", "not JSON"),
        ("json_keys: {}", "needs keys"),
        ("starts_with: ['']", "empty text"),
        ("word_count: {min: 3, max: 1}", "min not above max"),
        ("not_regex: 'a$'", "newline"),
    ],
)
def test_parameters_of_text_rules_that_would_raise_or_never_fail_are_refused(rule: str, said: str) -> None:
    with pytest.raises(MedallionContractError) as refused:
        read_contract(f"table: silver.t\nfrom: t\ncolumns:\n  note: {{type: string, rules: [{rule}]}}\n")
    assert refused.value.code == "MED308"
    assert said in str(refused.value)
