"""What a wholesaler looks at: figures of gold against the same figures computed from the files by Python alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from online_retail_data import Line, OnlineRetail

if TYPE_CHECKING:
    from conftest import DeliveredAtOnce

pytestmark = [pytest.mark.online_retail, pytest.mark.spark]


def test_daily_sales(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    columns = (
        *("CAST(sold_on AS STRING)", "invoices", "cancellations", "lines", "lines_without_customer", "net_units"),
        *("sales_gbp", "cancelled_gbp", "net_gbp", "net_charges_gbp"),
    )
    expected = {
        (
            day,
            len({line.invoice for line in lines if not line.is_credit}),
            len({line.invoice for line in lines if line.is_credit}),
            len(lines),
            sum(line.customer is None for line in lines),
            sum(line.quantity for line in lines),
            amount(line for line in lines if not line.is_credit),
            amount(line for line in lines if line.is_credit),
            amount(lines),
            amount(line for line in lines if line.is_charge),
        )
        for day, lines in grouped(online_retail.valid, lambda line: line.day).items()
    }
    assert len(expected) == 70
    assert set(at_once.shop.rows("gold.daily_sales", columns)) == expected


def test_customers(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    columns = (
        *("customer_id", "country", "countries", "CAST(first_invoice_on AS STRING)", "CAST(last_invoice_on AS STRING)"),
        *("invoices", "cancellations", "sales_gbp", "cancelled_gbp", "net_gbp"),
    )
    known = [line for line in online_retail.valid if line.customer]
    expected = {
        (
            customer,
            max(lines, key=lambda line: (line.at, line.invoice, line.country)).country,
            len({line.country for line in lines}),
            min(line.day for line in lines),
            max(line.day for line in lines),
            len({line.invoice for line in lines if not line.is_credit}),
            len({line.invoice for line in lines if line.is_credit}),
            amount(line for line in lines if not line.is_credit),
            amount(line for line in lines if line.is_credit),
            amount(lines),
        )
        for customer, lines in grouped(known, lambda line: str(line.customer)).items()
    }
    found = at_once.shop.rows("gold.customers", columns)
    assert set(found) == expected
    assert len(found) == 1_778
    assert sum(row[2] == 2 for row in found) == 2


def test_products(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    columns = (
        *("stock_code", "product_name", "names", "is_charge", "sold_units", "returned_units", "customers"),
        *("CAST(first_invoice_on AS STRING)", "CAST(last_invoice_on AS STRING)", "net_gbp"),
    )
    expected = {
        (
            article,
            most_used(line.description for line in lines),
            len({line.description for line in lines}),
            lines[0].is_charge,
            sum(line.quantity for line in lines if not line.is_credit),
            -sum(line.quantity for line in lines if line.is_credit),
            len({line.customer for line in lines if line.customer}),
            min(line.day for line in lines),
            max(line.day for line in lines),
            amount(lines),
        )
        for article, lines in grouped(online_retail.valid, lambda line: line.article).items()
    }
    assert set(at_once.shop.rows("gold.products", columns)) == expected


def test_stock_codes_that_differ_in_letter_case_are_one_product(
    at_once: DeliveredAtOnce, online_retail: OnlineRetail
) -> None:
    spellings = {line.raw[1] for line in online_retail.lines}
    assert len(spellings) == 3_474
    assert len(spellings) - len({spelling.upper() for spelling in spellings}) == 79
    codes = {str(code) for (code,) in at_once.shop.rows("gold.products", ("stock_code",))}
    assert codes == {line.article for line in online_retail.valid}


def test_cancellations(at_once: DeliveredAtOnce, online_retail: OnlineRetail) -> None:
    columns = (
        *("cancellation_id", "customer_id", "cancelled_at", "lines", "lines_of_known_sales"),
        *("sold_on_invoices", "returned_units", "cancelled_gbp"),
    )
    sales = grouped((line for line in online_retail.valid if not line.is_credit), sale_key)
    expected = []
    for credit_note, lines in grouped(
        (line for line in online_retail.valid if line.is_credit), lambda line: line.invoice
    ).items():
        reversed_sales = [sale_reversed_by(line, sales) for line in lines]
        expected.append(
            (
                *(credit_note, lines[0].customer, min(line.at for line in lines), len(lines)),
                sum(sale is not None for sale in reversed_sales),
                sorted({sale for sale in reversed_sales if sale}),
                -sum(line.quantity for line in lines),
                amount(lines),
            )
        )
    found = at_once.shop.rows("gold.cancellations", columns)
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert len(found) == 812
    assert sum(row[3] for row in found if isinstance(row[3], int)) == 1_917


@pytest.mark.parametrize(
    ("credit_note", "invoice", "units"), [("C581484", "581483", 80_995), ("C541433", "541431", 74_215)]
)
def test_the_largest_orders_and_their_cancellations_cancel_out(
    at_once: DeliveredAtOnce, credit_note: str, invoice: str, units: int
) -> None:
    note = at_once.shop.table("gold.cancellations").where(f"cancellation_id = '{credit_note}'").collect()
    assert [(row.sold_on_invoices, row.returned_units, row.lines_of_known_sales) for row in note] == [
        ([invoice], units, 1)
    ]
    pair = at_once.shop.table("gold.sales_lines").where(f"invoice_id IN ('{credit_note}', '{invoice}')").collect()
    assert sorted(row.quantity for row in pair) == [-units, units]
    assert sum(row.line_amount_gbp for row in pair) == 0


def test_countries_that_the_reference_lacks_keep_their_turnover(
    at_once: DeliveredAtOnce, online_retail: OnlineRetail
) -> None:
    found = at_once.shop.rows(
        "gold.country_sales", ("country", "country_code", "continent_code", "lines", "customers", "net_gbp")
    )
    expected = {
        (
            *(country, *online_retail.countries.get(country, (None, None)), len(lines)),
            len({line.customer for line in lines if line.customer}),
            amount(lines),
        )
        for country, lines in grouped(online_retail.valid, lambda line: line.country).items()
    }
    assert set(found) == expected
    lacking = {row[0]: row[3] for row in found if row[1] is None}
    assert lacking == {"EIRE": 1_108, "Channel Islands": 59}
    assert at_once.shop.table("gold.sales_lines").where("country_code IS NULL").count() == 1_167


def test_repeated_lines_are_counted_and_stay_in_the_figures(
    at_once: DeliveredAtOnce, online_retail: OnlineRetail
) -> None:
    extra = Counter(copies - 1 for copies in online_retail.copies.values() if copies > 1)
    found = Counter(count for (count,) in at_once.shop.rows("gold.repeated_lines", ("extra_copies",)))
    assert found == extra
    assert found.total() == 904
    assert sum(number * groups for number, groups in found.items()) == 982
    assert at_once.shop.table("gold.sales_lines").count() == len(online_retail.valid)


def grouped(lines: Iterable[Line], key: Callable[[Line], str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[key(line)].append(line)
    return found


def amount(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def most_used(texts: Iterable[str | None]) -> str | None:
    """The text used most often, the last by code point among equals."""
    counts = Counter(texts)
    return max(counts, key=lambda text: (counts[text], str(text)))


def sale_key(line: Line) -> str:
    return f"{line.customer} {line.article} {abs(line.quantity)} {line.price}"


def sale_reversed_by(credit: Line, sales: Mapping[str, list[Line]]) -> str | None:
    """The newest earlier invoice on which the same customer bought exactly what the line takes back."""
    if credit.customer is None:
        return None
    earlier = [(sale.at, sale.invoice) for sale in sales.get(sale_key(credit), []) if sale.at <= credit.at]
    return max(earlier)[1] if earlier else None
