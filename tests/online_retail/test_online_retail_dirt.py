"""Every kind of dirt that SOURCE.md counts is found by a rule of a contract, with that count."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING

import pytest
from online_retail_data import OnlineRetail
from online_retail_project import dataset_result

if TYPE_CHECKING:
    from conftest import DeliveredAtOnce

pytestmark = [pytest.mark.online_retail, pytest.mark.spark]

# Rule of contracts/bronze/invoice_lines.yml: the figure of SOURCE.md.
COUNTED: Mapping[str, int] = {
    "bad_debt_booking": 3,
    "no_description": 310,
    "padded_description": 20_681,
    "remark_description": 440,
    "unknown_customer": 37_633,
    "return_outside_credit_note": 215,
    "repeated_article": 1_995,
    "repeated_line": 982,
    "letter_case_of_codes": 79,
}


@pytest.fixture(scope="module")
def checks(at_once: DeliveredAtOnce) -> Mapping[tuple[str, str], str]:
    """What gate_silver observed, by dataset and check."""
    gate = next(gate for gate in at_once.result.gates if gate.name == "gate_silver")
    return {(check.dataset, check.check): check.observed for check in gate.checks}


@pytest.mark.parametrize("rule", COUNTED)
def test_a_rule_finds_the_dirt_that_the_source_counts(checks: Mapping[tuple[str, str], str], rule: str) -> None:
    observed = checks["bronze.invoice_lines", rule]
    assert int(observed.split()[0].replace(",", "")) == COUNTED[rule], observed


def test_outliers_by_mad_are_those_of_an_independent_count(
    checks: Mapping[tuple[str, str], str], online_retail: OnlineRetail
) -> None:
    quantities = [int(line.raw[3]) for line in online_retail.valid]
    middle = median(quantities)
    deviation = median(abs(value - middle) for value in quantities)
    far = sum(0.6745 * abs(value - middle) > 3.5 * deviation for value in quantities)
    observed = checks["invoice_lines", "quantity_without_outliers"]
    assert (far > 0, str(far) in observed.replace(",", "").replace("(", " ").split()) == (True, True), observed


def test_odd_prices_and_quantities_are_counted_by_the_rules_of_silver(at_once: DeliveredAtOnce) -> None:
    counts = dataset_result(at_once.shop, at_once.result, "silver.invoice_lines_checked").counts
    failed = {rule.name: rule.failed for rule in counts.expectations}
    assert (failed["price_above_zero"], failed["unit_price_in_range"], failed["quantity_plausible"]) == (548, 2, 4)
