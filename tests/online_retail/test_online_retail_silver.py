"""Every line of the source is in silver.invoice_lines or in its quarantine, and the counts are those of SOURCE.md."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from online_retail_data import HEADER, OnlineRetail
from online_retail_project import dataset_result

if TYPE_CHECKING:
    from conftest import DeliveredAtOnce

pytestmark = [pytest.mark.online_retail, pytest.mark.spark]

CHECKED = "silver.invoice_lines_checked"
COLUMNS = (
    *("invoice_id", "stock_code", "description", "quantity"),
    *("invoiced_at", "unit_price", "customer_id", "country"),
)


def test_bronze_holds_every_row_of_the_files_as_it_stands_there(
    at_once: DeliveredAtOnce, online_retail: OnlineRetail
) -> None:
    found = Counter(at_once.shop.rows("bronze.invoice_lines", (*HEADER, "_rescued_data")))
    written = Counter((*(value or None for value in line.raw), None) for line in online_retail.lines)
    assert found == written
    assert found.total() == 108_089


def test_lines_in_are_valid_and_quarantined_lines(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    valid, quarantined = (
        at_once.shop.table(name) for name in ("silver.invoice_lines", "silver.invoice_lines_quarantine")
    )
    assert valid.count() == len(online_retail.valid)
    assert quarantined.count() == len(online_retail.quarantined)
    assert valid.count() + quarantined.count() == 108_089
    ways = valid.select("_row_id").union(quarantined.select("_row_id"))
    assert ways.exceptAll(at_once.shop.table("bronze.invoice_lines").select("_row_id")).isEmpty()


def test_valid_lines_are_those_of_an_independent_reading(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    found = Counter(at_once.shop.rows("silver.invoice_lines", COLUMNS))
    assert found == Counter(line.values for line in online_retail.valid)


def test_quarantined_lines_keep_what_came_and_every_reason(
    at_once: DeliveredAtOnce, online_retail: OnlineRetail
) -> None:
    rows = at_once.shop.rows(
        "silver.invoice_lines_quarantine", ("invoice_id", "quantity", "unit_price", "transform(_errors, e -> e.rule)")
    )
    found = Counter((invoice, quantity, price, tuple(rules)) for invoice, quantity, price, rules in rows)
    assert found == Counter((line.raw[0], line.raw[3], line.raw[5], line.reasons) for line in online_retail.quarantined)


def test_bad_debt_bookings_are_quarantined(at_once: DeliveredAtOnce) -> None:
    rows = at_once.shop.table("silver.invoice_lines_quarantine").where("invoice_id LIKE 'A%'")
    found = [tuple(row) for row in rows.select("invoice_id", "unit_price").orderBy("invoice_id").collect()]
    assert found == [("A563185", "11062.06"), ("A563186", "-11062.06"), ("A563187", "-11062.06")]


def test_lines_without_customer_are_counted_and_kept(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    counts = dataset_result(at_once.shop, at_once.result, CHECKED).counts
    failed = {rule.name: rule.failed for rule in counts.expectations}
    assert failed["customer_known"] == 37_633
    kept = at_once.shop.table("silver.invoice_lines").where("customer_id IS NULL").count()
    assert kept == sum(line.customer is None for line in online_retail.valid)


def test_warnings_count_lines_and_keep_them(at_once: DeliveredAtOnce) -> None:
    counts = dataset_result(at_once.shop, at_once.result, CHECKED).counts
    failed = {rule.name: rule.failed for rule in counts.expectations}
    assert failed["price_above_zero"] == 546 + 2
    assert failed["quantity_plausible"] == 4
    assert failed["row_is_valid"] == at_once.shop.table("silver.invoice_lines_quarantine").count()


def test_every_quarantine_reason_was_counted_as_an_expectation(
    at_once: DeliveredAtOnce, online_retail: OnlineRetail
) -> None:
    counts = dataset_result(at_once.shop, at_once.result, CHECKED).counts
    warnings = {"customer_known", "price_above_zero", "quantity_plausible", "row_is_valid"}
    found = {rule.name: rule.failed for rule in counts.expectations if rule.failed and rule.name not in warnings}
    assert found == Counter(reason for line in online_retail.quarantined for reason in line.reasons)


def test_countries_called_na_are_no_nulls(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    rows = at_once.shop.rows("silver.countries", ("country_name", "country_code", "continent_code"))
    assert {name: (code, continent) for name, code, continent in rows} == dict(online_retail.countries)
    assert len(rows) == 249
    assert ("Namibia", "NA", "AF") in rows
    assert sum(continent == "NA" for _, _, continent in rows) == 41
