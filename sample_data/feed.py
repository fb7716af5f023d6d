"""The two days of the order feed: exactly 412 events on the first, 23 of them broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sample_data.dice import Dice
from sample_data.files import Row
from sample_data.orders import Order, events_of, make_order

END_OF_DAY_1 = datetime(2026, 11, 20, 23, tzinfo=UTC)
END_OF_DAY_2 = datetime(2026, 11, 21, 23, tzinfo=UTC)
CLEAN_EVENTS_OF_DAY_1 = 389
BROKEN_LINE = '{"order_id": "O-5999", "customer_id": "C-1003", "status": "placed", "amou'
_REPEATED = 9


def orders_of_day_1(prices: list[tuple[str, str]]) -> list[Order]:
    """As many orders as it takes for the clean events of the first day."""
    dice = Dice("orders 1")
    orders: list[Order] = []
    while _event_count(orders) < CLEAN_EVENTS_OF_DAY_1 - _REPEATED:
        day = datetime(2026, 11, 2, 6, tzinfo=UTC) + timedelta(days=dice.below(18))
        orders.append(make_order(5001 + len(orders), day, dice, prices))
    surplus = _event_count(orders) - (CLEAN_EVENTS_OF_DAY_1 - _REPEATED)
    return [*orders[:-1], *_shortened(orders[-1], surplus)]


def _event_count(orders: list[Order]) -> int:
    return sum(len(events_of(order, END_OF_DAY_1)) for order in orders)


def _shortened(order: Order, surplus: int) -> list[Order]:
    if surplus == 0:
        return [order]
    steps = len(events_of(order, END_OF_DAY_1)) - surplus
    return [Order(**{**vars(order), "steps": steps, "is_deleted": False})] if steps else []


def orders_of_day_2(prices: list[tuple[str, str]]) -> list[Order]:
    """Fifteen new orders."""
    dice = Dice("orders 2")
    day = datetime(2026, 11, 21, 5, tzinfo=UTC)
    return [make_order(5501 + number, day, dice, prices) for number in range(15)]


def feed_of_day_1(orders: list[Order]) -> list[Row | str]:
    """Events in the order they arrived: some late, some twice, some broken."""
    dice = Dice("feed 1")
    clean = numbered([event for order in orders for event in events_of(order, END_OF_DAY_1)], first=1)
    repeated = [clean[dice.below(len(clean))] for _ in range(_REPEATED)]
    special = _plant_specials(clean)
    broken = numbered(_broken(special, dice), first=9001)
    return [*late_ones_moved([*special, *repeated], dice, broken), BROKEN_LINE]


def feed_of_day_2(old: list[Order], new: list[Order]) -> list[Row | str]:
    """What happened on the second day, three events of the first once more, and three that are broken."""
    dice = Dice("feed 2")
    changes = [event for order in old for event in events_of(order, END_OF_DAY_2, after=END_OF_DAY_1)]
    opened = [event for order in new for event in events_of(order, END_OF_DAY_2)]
    first = numbered([event for order in old for event in events_of(order, END_OF_DAY_1)], first=1)
    sample = opened[0]
    broken: list[Row] = [
        {**sample, "order_id": "O-5601", "amount": "8,00"},
        {**sample, "order_id": "O-5602", "amount": "17,90"},
        {**sample, "order_id": "O-5603", "status": "lost"},
    ]
    return list(
        late_ones_moved([*numbered([*changes, *opened], first=2001), *first[300:303]], dice, numbered(broken, 9101))
    )


def numbered(events: list[Row], first: int) -> list[Row]:
    """The events in the order of their changes, each with its event_id."""
    in_order = sorted(events, key=lambda event: datetime.fromisoformat(str(event["changed_at"])))
    return [{**event, "event_id": first + number} for number, event in enumerate(in_order)]


def late_ones_moved(events: list[Row], dice: Dice, broken: list[Row]) -> list[Row]:
    """The events with the broken ones among them, every eighth a good deal later than it happened."""
    on_time = [event for number, event in enumerate(events) if number % 8]
    for event in [*events[::8], *broken]:
        on_time.insert(dice.between(len(on_time) // 3, len(on_time)), event)
    return on_time


def _plant_specials(clean: list[Row]) -> list[Row]:
    """Odd but good: a field nobody announced, no address, a huge amount (a warning only), an unknown customer."""
    inserts = [number for number, event in enumerate(clean) if event["op"] == "insert"]
    changed = dict(enumerate(clean))
    for number in inserts[4:8]:
        changed[number] = {**clean[number], "channel": "app"}
    for number in inserts[10:14]:
        changed[number] = {**clean[number], "email": None}
    for number in inserts[20:22]:
        changed[number] = {**clean[number], "amount": "140000.00"}
    for number in inserts[30:33]:
        changed[number] = {**clean[number], "customer_id": "C-9999"}
    return [changed[number] for number in range(len(clean))]


def _broken(clean: list[Row], dice: Dice) -> list[Row]:
    """Twenty-two events that must not pass; with the broken line they are twenty-three."""
    full = [event for event in clean if event["op"] != "delete" and event.get("email")]
    start = dice.below(100)
    base = [{**event, "order_id": f"O-{5901 + number}"} for number, event in enumerate(full[start : start + 16])]
    updates = [{**event, "op": "update", "changed_at": "2026-11-20T22:30:00Z"} for event in full[-40:-35]]
    day_before = "2026-10-31T08:00:00Z"
    return [
        *(
            {**event, "amount": amount}
            for event, amount in zip(base[:4], ("12,50", "8,00", "1.299,00", "n/a"), strict=True)
        ),
        *({**event, "amount": amount} for event, amount in zip(updates[:2], ("19,99", "45,00"), strict=True)),
        *({**event, "customer_id": None} for event in base[4:7]),
        *({**event, "status": "lost"} for event in updates[2:5]),
        *({**event, "currency": code} for event, code in zip(base[7:9], ("EURO", "DEM"), strict=True)),
        *(
            {**event, "email": address}
            for event, address in zip(base[9:12], ("none", "a@b", "x y@example.org"), strict=True)
        ),
        *({**event, "changed_at": day_before} for event in base[12:14]),
        {**base[14], "order_id": "5915"},
        {**base[15], "customer_id": None, "status": "?", "amount": "-"},
        {"op": "delete", "changed_at": "2026-11-20T21:00:00Z"},
    ]
