"""Order lines: CSV, only ever added to."""

from __future__ import annotations

from sample_data.files import Row
from sample_data.orders import Order

COLUMNS = ("order_line_id", "order_id", "product_id", "quantity", "unit_price", "discount")


def clean_lines(orders: list[Order]) -> list[Row]:
    """The lines of the orders."""
    return [line for order in orders for line in order.lines]


def broken_lines(first: int, like: list[Row], count: int) -> list[Row]:
    """Up to eight lines that must not pass, each for a reason of its own."""
    changes: list[dict[str, object]] = [
        {"quantity": "0"},
        {"quantity": "1.5"},
        {"quantity": "two"},
        {"unit_price": None},
        {"unit_price": "-3.00"},
        {"discount": "1.5"},
        {"order_id": None},
        {"product_id": None, "quantity": None},
    ]
    return [
        {**like[number], "order_line_id": f"L-{first + number}", **change}
        for number, change in enumerate(changes[:count])
    ]
