"""What a contract says becomes rules with derived names, conditions that are never NULL, and plain settings."""

from __future__ import annotations

from decimal import Decimal

from contract_samples import CUSTOMERS, DAILY_SALES, LINES, ORDERS, contract

from medallion.model.contract import Freshness

DELETED = "coalesce(change_type = 'delete', false)"


def test_rule_names_are_derived_from_columns_keys_and_types() -> None:
    assert [rule.name for rule in contract(ORDERS).rules] == [
        "order_id_present",
        "order_id_matches",
        "customer_id_present",
        "status_allowed",
        "order_amount_typed",
        "order_amount_in_range",
        "currency_code_currency",
        "contact_email_email",
        "ordered_at_typed",
        "changed_at_typed",
        "changed_at_present",
        "event_id_typed",
        "event_id_present",
        "changed_not_before_ordered",
        "order_amount_plausible",
    ]


def test_a_delete_needs_its_keys_and_sequence_and_nothing_else() -> None:
    exempt = {rule.name for rule in contract(ORDERS).rules if DELETED in rule.condition}
    assert {rule.name for rule in contract(ORDERS).rules} - exempt == {
        "order_id_present",
        "changed_at_typed",
        "changed_at_present",
        "event_id_typed",
        "event_id_present",
    }


def test_a_rule_of_the_library_holds_for_null_and_a_rule_in_sql_does_not() -> None:
    rules = {rule.name: rule.condition for rule in contract(LINES).rules}
    assert rules["quantity_in_range"] == "(quantity IS NULL OR coalesce(quantity >= 1, false))"
    assert rules["no_test_rows"] == "coalesce(NOT coalesce(is_test, false), false)"
    assert rules["line_id_present"] == "coalesce(line_id IS NOT NULL, false)"


def test_presence_and_type_look_at_the_value_as_it_came() -> None:
    rules = {rule.name: rule.condition for rule in contract(LINES, **{"range: {min: 1}": "not_null"}).rules}
    assert rules["quantity_typed"] == "coalesce(_source.quantity IS NULL OR quantity IS NOT NULL, false)"
    assert rules["quantity_present"] == "coalesce(_source.quantity IS NOT NULL, false)"


def test_nan_is_in_no_range() -> None:
    rules = {rule.name: rule.condition for rule in contract(LINES).rules}
    assert "NOT isnan(price) AND price >= 0 AND price <= 1000" in rules["price_in_range"]


def test_keys_and_sequence_of_a_history_are_never_only_warned_about() -> None:
    rules = {rule.name: rule.on_fail for rule in contract(ORDERS, **{"on_fail: quarantine": "on_fail: warn"}).rules}
    assert rules["order_id_present"] == rules["event_id_typed"] == "quarantine"
    assert rules["customer_id_present"] == rules["ordered_at_typed"] == "warn"


def test_the_observed_value_of_a_classified_column_is_hidden() -> None:
    rules = {rule.name: rule for rule in contract(ORDERS).rules}
    assert rules["contact_email_email"].value == "CASE WHEN contact_email IS NOT NULL THEN '***' END"
    assert rules["order_amount_in_range"].value == "_source.order_amount"
    assert rules["changed_not_before_ordered"].columns == ("ordered_at", "changed_at")


def test_a_rule_may_have_its_own_name_message_and_consequence() -> None:
    text = ORDERS.replace("[email]", "[email: {name: contact_reachable, on_fail: warn, message: Ask the shop.}]")
    rule = next(rule for rule in contract(text).rules if rule.name == "contact_reachable")
    assert (rule.on_fail, rule.message, rule.kind) == ("warn", "Ask the shop.", "email")


def test_limits_and_governance_are_plain_values() -> None:
    orders, lines, sales = contract(ORDERS), contract(LINES), contract(DAILY_SALES)
    assert orders.limits.quarantined_percent == Decimal(10)
    assert orders.limits.freshness == Freshness(86400, "_ingestion_timestamp")
    assert (lines.limits.quarantined_percent, lines.limits.least_rows, lines.limits.most_rows) == (
        Decimal("2.5"),
        1,
        1000,
    )
    assert sales.limits.freshness == Freshness(2 * 86400, "sold_on")
    assert (orders.owner, orders.governance.read, orders.governance.retention) == (
        "sales-data",
        ("analysts",),
        "7 years",
    )
    assert contract(CUSTOMERS).governance.tags == (("domain", "sales"),)


def test_only_stored_values_open_a_version() -> None:
    history = contract(CUSTOMERS).history
    assert history is not None
    assert history.track == ("full_name", "born_on", "segment")


def test_a_contract_without_from_judges_columns_as_they_are() -> None:
    rules = {rule.name: (rule.condition, rule.on_fail) for rule in contract(DAILY_SALES).rules}
    assert rules == {
        "sold_on_present": ("coalesce(sold_on IS NOT NULL, false)", "fail"),
        "orders_in_range": ("(orders IS NULL OR coalesce(orders >= 1, false))", "fail"),
        "revenue_present": ("coalesce(revenue IS NOT NULL, false)", "fail"),
        "revenue_in_range": ("(revenue IS NULL OR coalesce(revenue >= 0, false))", "warn"),
    }


def test_metadata_columns_can_be_chosen() -> None:
    chosen = contract(LINES + "carry: {_row_id: string, _line: bigint}\n")
    assert [(one.name, one.type.sql) for one in chosen.carry] == [("_row_id", "STRING"), ("_line", "BIGINT")]
    assert [one.name for one in contract(LINES + "carry: [_row_id]\n").carry] == ["_row_id"]


def test_a_comment_and_line_breaks_in_sql_do_not_reach_the_pipeline() -> None:
    text = LINES.replace('"NOT coalesce(is_test, false)"', "\"quantity > 1 -- one\\n  AND line_id <> 'a--b'\"")
    rule = next(rule for rule in contract(text).rules if rule.name == "no_test_rows")
    assert rule.condition == "coalesce(quantity > 1 AND line_id <> 'a--b', false)"
