"""Rules of a table stand under a column or under rules, with their options; what makes no sense is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medallion import MedallionContractError, read_contract
from medallion.model.contract import Contract, TableRule
from medallion.rules.library import TABLE_RULE_KINDS

ORDERS = """
table: silver.orders
from: orders_conformed
keys: [order_id]
history: {{type: 1, sequence_by: [changed_at], not_stored: [op]}}
columns:
  order_id:    {{type: string, rules: [unique]}}
  customer_id: {{type: string, rules: [reference: {{to: silver.customers.customer_id, limit: 1 %}}]}}
  amount:      {{type: "decimal(12,2)", rules: [outliers: {{method: mad, limit: 5 rows, sample: 10 %, on_fail: warn}}]}}
  changed_at:  {{type: timestamp, rules: [freshness: 24h]}}
  op:          {{type: string}}
rules:
{rules}
"""


def orders(rules: str = "  enough: {row_count: 1}") -> Contract:
    return read_contract(ORDERS.format(rules=rules))


def table_rule(contract: Contract, name: str) -> TableRule:
    return next(rule for rule in contract.table_rules if rule.name == name)


def refused(rules: str) -> MedallionContractError:
    with pytest.raises(MedallionContractError) as caught:
        orders(rules)
    return caught.value


def test_rules_of_the_table_stand_under_columns_and_under_rules() -> None:
    found = {rule.name: (rule.kind, rule.on_fail, rule.columns) for rule in orders().table_rules}
    assert found == {
        "order_id_unique": ("unique", "fail", ("order_id",)),
        "customer_id_known": ("reference", "fail", ("customer_id",)),
        "amount_without_outliers": ("outliers", "warn", ("amount",)),
        "changed_at_fresh": ("freshness", "fail", ("changed_at",)),
        "enough": ("row_count", "fail", ()),
    }


def test_tables_stand_in_the_query_as_marks() -> None:
    query = table_rule(orders(), "customer_id_known").query
    assert "[[silver.orders]]" in query
    assert "[[silver.customers]]" in query


def test_a_limit_and_a_sample_reach_the_query() -> None:
    contract = orders()
    assert "failing * 100 <= 1 * total" in table_rule(contract, "customer_id_known").query
    assert "failing <= 5" in table_rule(contract, "amount_without_outliers").query
    assert "pmod(xxhash64(_row_id), 10000) < 1000" in table_rule(contract, "amount_without_outliers").query


def test_a_carried_column_can_be_asked() -> None:
    contract = orders("  steady: {volume_change: {column: _ingestion_timestamp, max: 50 %}}")
    assert "_ingestion_timestamp" in table_rule(contract, "steady").query


def test_messages_say_what_must_hold() -> None:
    contract = orders(
        "  a: {unique: [customer_id, amount]}\n"
        "  b: {volume_change: {column: changed_at, max_fall: 50 %, periods: 14, against: median}}\n"
        "  c: {row_count: {min: 1, max: 10}}\n"
        "  d: {monotonic: {column: amount, by: changed_at, per: [order_id]}}\n"
    )
    assert [rule.message for rule in contract.table_rules if len(rule.name) == 1] == [
        "No two rows may have the same customer_id and amount.",
        "The rows of the newest day by changed_at must be at most 50 % less than the median of the 14 days before.",
        "silver.orders must have at least 1, at most 10 rows.",
        "amount may not fall in the order of changed_at for each order_id.",
    ]
    assert table_rule(contract, "order_id_unique").message == "No two rows may have the same order_id."


@pytest.mark.parametrize(
    ("rules", "code", "found"),
    [
        ("  a: {row_count: {min: 1}, limit: 5 %}", "MED312", "limit"),
        ("  a: {unique: [order_id], sample: 5 %}", "MED312", "sample"),
        ("  a: {unique: [op]}", "MED312", "op"),
        ("  a: {unique: [order]}", "MED310", "order"),
        ("  a: {mean_bounds: {column: amount}}", "MED308", "neither min nor max"),
        ("  a: {mean_bounds: {column: customer_id, min: 1}}", "MED308", "STRING"),
        ("  a: {mean_bounds: {min: 1}}", "MED308", "no column"),
        ("  a: {sum_bounds: {column: amount, min: 2, max: 1}}", "MED308", "2 to 1"),
        ("  a: {row_count: {equals: 2, max: 1}}", "MED308", "equals and a bound"),
        ("  a: {volume_change: {column: changed_at}}", "MED308", "no limit"),
        (
            "  a: {completeness_per_period: {column: changed_at, period: hour, except: [sunday]}}",
            "MED308",
            "period: hour",
        ),
        ("  a: {distribution: {column: amount, shape: normal, to: 1}}", "MED308", "to"),
        ("  a: {distribution: {column: amount, shape: quantiles, quantiles: [1, 2, 2]}}", "MED308", "1, 2, 2"),
        ("  a: {distribution: {column: amount, shape: normal, significance: 2}}", "MED308", "2"),
        ("  a: {drift: {column: amount}}", "MED308", "neither by nor reference"),
        ("  a: {drift: {column: amount, reference: changed < DATE '2026-01-01'}}", "MED310", "changed"),
        ("  a: {drift: {column: amount, reference: amount / 2 > 1}}", "MED308", "/"),
        ("  a: {correlation: {columns: [amount, amount], min: 0}}", "MED308", "1"),
        ("  a: {schema_equality: [order_id strin]}", "MED308", "strin"),
        ("  a: {schema_equality: {ordered: true}}", "MED308", "neither columns nor like"),
        ("  a: {reconciliation: {with: bronze.orders, figure: sum}}", "MED308", "no column"),
        ("  a: {reference: customers}", "MED304", "customers"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(rules: str, code: str, found: str) -> None:
    error = refused(rules)
    assert (error.code, error.found) == (code, found)
    assert error.line >= 12


def test_the_rules_of_the_page_about_quality_load(repository: Path) -> None:
    page = (repository / "docs" / "quality.md").read_text(encoding="utf-8")
    example, overlay = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    head = "table: silver.orders\nfrom: orders_conformed\n"
    more = "  invoice_number: {type: bigint}\n  shop: {type: string}\nrules:"
    text = head + example.replace("rules:\n  as_many", f"{more}\n  as_many") + overlay
    contract = read_contract(text)
    assert {rule.name for rule in contract.table_rules} >= {
        "order_amount_without_outliers", "ordered_at_volume_steady", "as_many_as_delivered", "no_gap_in_invoices",
    }  # fmt: skip
    in_dev = read_contract(text, target="dev")
    assert (in_dev.limits.quarantined_percent, [one.rule for one in in_dev.disabled]) == (50, ["as_many_as_delivered"])
    names = {kind.name for kind in TABLE_RULE_KINDS}
    assert [name for name in names if f"`{name}`" not in page] == []
