"""The long form is the short form in other words: nothing it says is lost, every error keeps its place."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import yaml
from long_samples import ORDERS_LONG, SPECIFIED

from medallion import Contract, MedallionContractError, read_contract
from medallion.model import sections

FILE = "contracts/silver/customers.yml"


@pytest.fixture(scope="module")
def customers() -> Contract:
    return read_contract(SPECIFIED, FILE)


def refused(text: str, path: str = "c.yml") -> MedallionContractError:
    with pytest.raises(MedallionContractError) as raised:
        read_contract(text, path)
    return raised.value


def specified(old: str, new: str) -> str:
    assert SPECIFIED.count(old) == 1
    return SPECIFIED.replace(old, new)


def test_the_specified_example_is_the_contract_of_silver_customers(customers: Contract) -> None:
    assert (customers.table, customers.source) == ("silver.customers", "customers_conformed")
    assert customers.description == "Cleaned and standardized customer data"
    assert (customers.owner, customers.keys) == ("customer_data_team", ("customer_id",))
    assert customers.evolution == "add_nullable"


def test_every_column_that_a_section_names_is_there_once_with_type_and_class(customers: Contract) -> None:
    assert [(column.name, column.type.sql, column.classification) for column in customers.columns] == [
        ("customer_id", "STRING", "internal"),
        ("email", "STRING", "pii"),
        ("phone", "STRING", "pii"),
        ("customer_type", "STRING", "internal"),
        ("start_date", "STRING", "internal"),
        ("end_date", "STRING", "internal"),
        ("age", "DOUBLE", "internal"),
        ("purchase_amount", "DOUBLE", "internal"),
        ("name", "STRING", "internal"),
        ("address", "STRING", "pii"),
        ("effective_date", "TIMESTAMP", "internal"),
    ]


def test_rules_keep_their_names_and_say_what_they_do(customers: Contract) -> None:
    rules = {rule.name: (rule.kind, rule.on_fail, rule.columns) for rule in customers.rules}
    assert rules["valid_email"] == ("email", "quarantine", ("email",))
    assert rules["valid_phone"] == ("phone", "quarantine", ("phone",))
    assert rules["valid_customer_type"] == ("allowed_values", "quarantine", ("customer_type",))
    assert rules["valid_date_range"] == ("sql", "quarantine", ("start_date", "end_date"))
    assert rules["age_usual"] == ("range", "tag", ("age",))
    assert rules["purchase_amount_usual"] == ("range", "quarantine", ("purchase_amount",))
    bounds = {rule.name: rule.condition for rule in customers.rules}
    assert "age >= 0 AND age <= 90" in bounds["age_usual"]
    assert "purchase_amount >= 0 AND purchase_amount <= 10000" in bounds["purchase_amount_usual"]


def test_statements_about_all_rows_are_table_rules(customers: Contract) -> None:
    rules = {rule.name: (rule.kind, rule.on_fail) for rule in customers.table_rules}
    assert rules == {
        "age_distributed_as_stated": ("distribution", "warn"),
        "values_complete": ("completeness", "fail"),
    }
    complete = next(rule for rule in customers.table_rules if rule.kind == "completeness")
    assert "share >= 99.5" in complete.query
    assert complete.message == "At least 99.5 % of the values of silver.customers must be filled."


def test_scd_is_a_history_in_the_order_of_effective_from(customers: Contract) -> None:
    history = customers.history
    assert history is not None
    assert (history.type, history.sequence_by) == (2, ("effective_date",))
    assert history.track == ("name", "address", "phone", "customer_type")
    assert (history.effective_from, history.effective_to, history.current_flag) == (
        "effective_date", "end_date", "is_current",
    )  # fmt: skip


def test_thresholds_are_limits(customers: Contract) -> None:
    limits = customers.limits
    assert limits.freshness is not None
    assert (limits.freshness.within_seconds, limits.least_rows, limits.most_rows) == (86400, 1000, None)


def test_what_other_work_acts_on_is_kept(customers: Contract) -> None:
    assert customers.performance == sections.Performance(
        sections.Partitioning(("year", "month"), "time"), ("customer_id", "region"), (), sections.Caching(True, "daily")
    )
    assert customers.compliance == sections.Compliance(("gdpr", "ccpa"), right_to_be_forgotten=True)
    assert customers.monitoring == sections.Monitoring(
        "slack:#data-alerts",
        (
            sections.Metric("record_count", "Total number of records", warning=Decimal(2000)),
            sections.Metric("new_records_percentage", "Percentage of new records vs updates"),
        ),
    )
    assert customers.testing == sections.Testing(
        (
            sections.Scenario("missing_values", ("email", "phone")),
            sections.Scenario("schema_changes", compatibility="backward"),
            sections.Scenario("data_drift", ("purchase_amount", "age"), threshold=Decimal("0.2")),
        ),
        (
            sections.GoldenDataset("s3://test-data/customers_golden.parquet", "regression"),
            sections.GoldenDataset("s3://test-data/customers_edge_cases.parquet", "edge_cases"),
        ),
    )
    assert customers.governance.catalog == sections.Catalog("collibra", "customer_domain")
    assert (customers.governance.retention, customers.governance.steward) == ("7 years", "john.doe@company.com")


def test_positions_are_those_of_the_long_file(customers: Contract) -> None:
    lines = SPECIFIED.splitlines()
    for rule in customers.rules:
        assert rule.position.path == FILE
        assert lines[rule.position.line - 1][rule.position.column - 1] != " "
    email = next(rule for rule in customers.rules if rule.name == "valid_email")
    assert lines[email.position.line - 1].strip() == '- name: "valid_email"'


def test_json_says_the_same_at_its_own_places() -> None:
    text = json.dumps(yaml.safe_load(SPECIFIED), indent="\t")
    contract = read_contract(text, "contracts/silver/customers.json")
    assert [rule.name for rule in contract.rules] == [rule.name for rule in read_contract(SPECIFIED).rules]
    error = refused(text.replace('"key_columns"', '"key_colums"'), "contracts/silver/customers.json")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if '"key_columns"' in line)
    assert (error.code, error.line, error.column, error.help) == ("MED303", line, 3, "did you mean key_columns?")


@pytest.mark.parametrize(
    ("text", "found", "place"),
    [
        ('{"table": "silver.a",}', "Expecting property name enclosed in double quotes", (1, 22)),
        ("table: silver.a", "Expecting value", (1, 1)),
        ('{"table": "silver.a"}\n{}', "Extra data", (2, 1)),
    ],
)
def test_what_is_no_json_is_refused_in_a_json_file(text: str, found: str, place: tuple[int, int]) -> None:
    error = refused(text, "a.json")
    assert (error.code, error.message, error.found) == ("MED301", "not readable as JSON", found)
    assert abs(error.column - place[1]) <= 1
    assert error.line == place[0]


def test_signs_beyond_the_basic_plane_are_read_from_json() -> None:
    text = '{"table": "silver.a", "description": "\\ud83d\\ude00 \\\\ud83d", "columns": {"x": {"type": "int"}}}'
    assert read_contract(text, "a.json").description == "\U0001f600 \\ud83d"


def test_a_long_contract_can_say_what_the_example_does_not() -> None:
    contract = read_contract(ORDERS_LONG, "contracts/silver/orders.yml", "prod")
    assert contract.source == "orders_conformed"
    assert [(column.name, column.type.sql, column.date_format) for column in contract.columns] == [
        ("order_id", "STRING", None),
        ("amount", "DECIMAL(12,2)", None),
        ("ordered_at", "TIMESTAMP", "dd.MM.yyyy HH:mm"),
        ("note", "STRING", None),
    ]
    rules = {rule.name: (rule.kind, rule.on_fail, rule.severity) for rule in contract.rules}
    assert rules["looks_like_an_order"] == ("regex", "drop", "critical")
    assert rules["not_free"] == ("range", "warn", "major")
    assert rules["short"] == ("length", "drop", "major")
    assert rules["not_early"] == ("sql", "tag", "major")
    assert contract.history is not None
    assert contract.history.delete_when == "coalesce(note = 'gone', false)"
    assert contract.limits.quarantined_percent == 10
    assert (contract.governance.read, contract.governance.tags) == (("analysts",), (("domain", "sales"),))


def test_an_overlay_of_a_long_contract_is_long_too() -> None:
    contract = read_contract(ORDERS_LONG, "contracts/silver/orders.yml", "dev")
    assert contract.on_fail == "warn"
    assert [(one.rule, one.reason) for one in contract.disabled] == [("not_free", "test data is free")]
    assert contract.limits.freshness is not None
    assert contract.limits.freshness.within_seconds == 90 * 86400


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("key_columns:", "key_colums:", "MED303", "did you mean key_columns?"),
        ("  layer: silver", "  layr: silver", "MED303", "did you mean layer?"),
        ("outlier_action: \"tag\"", "outlier_acton: tag", "MED303", "did you mean outlier_action?"),
        ("type: \"phone\"", "type: \"phon\"", "MED306", "did you mean phone?"),
        ("mode: \"add_nullable\"", "mode: add_null", "MED304", "add_nullable"),
        ("refresh: \"daily\"", "refrsh: daily", "MED303", "did you mean refresh?"),
        ("warning_threshold:", "warn_threshold:", "MED303", "did you mean warning_threshold?"),
        ("regulations:", "regulation:", "MED303", "did you mean regulations?"),
        ("compatibility: \"backward\"", "compatibility: backwards", "MED304", "did you mean backward?"),
        ("default: \"internal\"", "default: secret", "MED304", "confidential"),
        ("freshness: \"24h\"", "freshness: soon", "MED304", "24h"),
        ("enforce: true", "enforce: false", "MED312", "string"),
        ("allowed: true", "allowed: false", "MED312", "fail"),
        ("      email: \"pii\"", "      email: internal", "MED312", "c.yml:"),
        ("start_date < end_date", "start_date / 2 < end_date", "MED309", "try_divide"),
        ("column: \"email\"", "severity: minor", "MED305", "valid_email lacks column"),
        ("    mean: 45", "    mean: many", "MED304", "a number"),
        ("table:\n  name: silver_customers", "table:\n  title: silver_customers", "MED303", "name, layer"),
        ("testing:", "tests:", "MED303", "did you mean testing?"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_code_its_place_and_says_what_is_meant(old: str, new: str, code: str, said: str) -> None:
    text = specified(old, new)
    error = refused(text)
    assert error.code == code
    assert said in str(error)
    assert error.line > 0


def test_parameters_that_a_type_does_not_have_are_refused() -> None:
    error = refused(specified('type: "phone"', 'type: "phone"\n      values: [1]'))
    assert (error.code, error.found) == ("MED303", "values")


def test_a_history_without_an_order_is_refused() -> None:
    error = refused(specified('  effective_from: "effective_date"\n', ""))
    assert (error.code, error.expected) == ("MED305", "effective_from: column, or sequence_by: [column, …]")


def test_a_section_of_the_long_form_in_a_short_contract_is_unknown_there() -> None:
    error = refused("table: silver.a\nfrom: a_conformed\nscd: {type: 2}\ncolumns: {x: {type: int}}\n")
    assert (error.code, error.found, error.line) == ("MED303", "scd", 3)
