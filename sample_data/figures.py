"""Gold by hand: facts, daily sales and lifetime value out of the valid rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from sample_data.casts import clean, to_decimal, to_instant, to_int
from sample_data.history import Version, current_rows, versions
from sample_data.judge import Raw

CENT = Decimal("0.01")


class ValidRows(Protocol):
    """The valid rows of every source."""

    orders: list[Raw]
    order_lines: list[Raw]
    customers: list[Raw]
    products: list[Mapping[str, object]]
    currencies: list[Raw]


def gold_truth(valid: ValidRows) -> dict[str, object]:
    """What the gold tables must hold."""
    facts, history = order_facts(valid), versions(valid.customers)
    known = {version.customer_id for version in history}
    lines = [line for line in valid.order_lines if str(clean(line["order_id"])) in facts]
    return {
        "gold.dim_customers": {"rows": len(history) + 1},
        "gold.dim_products": {"rows": len({row["product_id"] for row in valid.products}) + 1},
        "gold.fact_orders": {
            "rows": len(facts),
            "order_amount_eur": str(sum((fact.euro for fact in facts.values()), Decimal(0))),
            "of_unknown_customers": sum(fact.customer_id not in known for fact in facts.values()),
            "by_segment": dict(sorted(Counter(segment_then(fact, history) for fact in facts.values()).items())),
        },
        "gold.fact_order_lines": {"rows": len(lines), "line_amount": str(sum(map(line_amount, lines), Decimal(0)))},
        "gold.daily_sales": daily_sales(facts.values()),
        "gold.customer_lifetime_value": lifetime_value(list(facts.values()), known),
    }


class Fact:
    """An order as gold sees it."""

    def __init__(self, event: Raw, rates: Mapping[str, Decimal]) -> None:
        ordered = to_instant(event["ordered_at"])
        if ordered is None:
            raise ValueError("a valid order has a date")
        amount = to_decimal(event["amount"]) or Decimal(0)
        self.customer_id = str(clean(event["customer_id"]))
        self.is_returned = str(event["status"]).strip().lower() == "returned"
        self.ordered_at: datetime = ordered
        self.euro = (amount * rates[str(event["currency"]).upper()]).quantize(CENT, ROUND_HALF_UP)
        self.revenue = Decimal(0) if self.is_returned else self.euro


def order_facts(valid: ValidRows) -> dict[str, Fact]:
    """Every current order by its number."""
    rates = {str(row["currency_code"]): to_decimal(row["euro_rate"], 6) or Decimal(0) for row in valid.currencies}
    return {order_id: Fact(event, rates) for order_id, event in current_rows(valid.orders).items()}


def segment_then(fact: Fact, history: Sequence[Version]) -> str:
    """The segment of the customer when the order was placed; the first version holds for all time before it."""
    own = [version for version in history if version.customer_id == fact.customer_id]
    if not own:
        return "unknown"
    return [version for version in own if version is own[0] or version.starts <= fact.ordered_at][-1].segment


def line_amount(line: Raw) -> Decimal:
    """What a line costs, to the cent."""
    discount = to_decimal(clean(line["discount"]) or "0", 3) or Decimal(0)
    full = Decimal(to_int(line["quantity"]) or 0) * (to_decimal(line["unit_price"]) or Decimal(0)) * (1 - discount)
    return full.quantize(CENT, ROUND_HALF_UP)


def daily_sales(facts: Iterable[Fact]) -> dict[str, object]:
    """Orders, returns and revenue of each day."""
    by_day: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_day[fact.ordered_at.date().isoformat()].append(fact)
    return {
        day: {
            "orders": len(group),
            "returned_orders": sum(fact.is_returned for fact in group),
            "revenue_eur": str(sum((fact.revenue for fact in group), Decimal(0)).quantize(CENT)),
        }
        for day, group in sorted(by_day.items())
    }


def lifetime_value(facts: list[Fact], known: set[str]) -> dict[str, object]:
    """How many known customers have bought, and for how much."""
    bought = [fact for fact in facts if fact.customer_id in known]
    return {
        "rows": len({fact.customer_id for fact in bought}),
        "lifetime_value_eur": str(sum((fact.revenue for fact in bought), Decimal(0)).quantize(CENT)),
    }
