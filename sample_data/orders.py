"""Orders: the shop's change feed in JSON lines, with what real feeds have: late, repeated and broken events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sample_data.customers import customer_ids
from sample_data.dice import Dice
from sample_data.files import Row

_CURRENCIES = ("eur", "EUR", "usd", "GBP", "chf", "PLN", "sek")
_STEPS = (("placed", 0), ("paid", 2), ("shipped", 26), ("returned", 200))


@dataclass(frozen=True)
class Order:
    """An order before it became events: its lines, and the moment of each step."""

    order_id: str
    customer_id: str
    currency: str
    ordered_at: datetime
    lines: tuple[Row, ...]
    steps: int
    is_deleted: bool

    @property
    def amount(self) -> str:
        """Sum of the lines, as text."""
        return str(sum((line_amount(line) for line in self.lines), Decimal(0)).quantize(Decimal("0.01")))


def line_amount(line: Row) -> Decimal:
    """What a line costs, to the cent."""
    discount = Decimal(str(line["discount"] or 0))
    full = Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"])) * (1 - discount)
    return full.quantize(Decimal("0.01"), ROUND_HALF_UP)


def make_order(number: int, day: datetime, dice: Dice, prices: Sequence[tuple[str, str]]) -> Order:
    """An order of `day` with one to three lines."""
    order_id = f"O-{number}"
    chosen = dice.shuffled(prices)[: dice.between(1, 3)]
    lines = tuple(
        {
            "order_line_id": f"L-{number}{position}",
            "order_id": order_id,
            "product_id": product_id,
            "quantity": str(dice.between(1, 6)),
            "unit_price": price,
            "discount": dice.one_of(("", "", "", "0.1", "0.125")),
        }
        for position, (product_id, price) in enumerate(chosen, start=1)
    )
    return Order(
        order_id=order_id,
        customer_id=dice.one_of(customer_ids()),
        currency=dice.one_of(_CURRENCIES),
        ordered_at=day + timedelta(minutes=dice.between(0, 1000)),
        lines=lines,
        steps=dice.one_of((1, 1, 2, 2, 3, 3, 3, 4)),
        is_deleted=dice.happens(5),
    )


def events_of(order: Order, until: datetime, after: datetime | None = None) -> list[Row]:
    """What the shop wrote about an order up to `until`, and later than `after` when given."""
    steps = [(status, order.ordered_at + timedelta(hours=hours)) for status, hours in _STEPS[: order.steps]]
    rows: list[tuple[datetime, Row]] = [(moment, _event(order, status, moment)) for status, moment in steps]
    if order.is_deleted:
        moment = steps[-1][1] + timedelta(hours=3)
        rows.append((moment, {"order_id": order.order_id, "op": "delete", "changed_at": instant(moment)}))
    return [row for moment, row in rows if moment <= until and (after is None or moment > after)]


def _event(order: Order, status: str, moment: datetime) -> Row:
    spelled = status.upper() if int(order.order_id[2:]) % 7 == 0 else status
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "status": spelled,
        "amount": order.amount,
        "currency": order.currency,
        "email": f"Buyer.{order.customer_id[2:]}@Example.org",
        "ordered_at": instant(order.ordered_at),
        "op": "insert" if status == "placed" else "update",
        "changed_at": instant(moment),
    }


def instant(moment: datetime) -> str:
    """The moment in UTC; every fifth with the offset of another time zone, as shops abroad write it."""
    if moment.minute % 5 == 0:
        return (moment + timedelta(hours=1)).replace(tzinfo=None).isoformat() + "+01:00"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
