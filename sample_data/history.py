"""Type 1 and type 2 history by sorting: the oracle's idea of AUTO CDC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sample_data.casts import clean, to_instant
from sample_data.judge import Raw, is_delete


@dataclass(frozen=True)
class Version:
    """A customer's record while it held."""

    customer_id: str
    country_code: str
    segment: str
    starts: datetime
    ends: datetime | None


def current_rows(events: Sequence[Raw]) -> dict[str, Raw]:
    """The newest event of each order, deleted orders left out."""
    newest: dict[str, Raw] = {}
    for event in sorted(events, key=_sequence):
        newest[str(clean(event["order_id"]))] = event
    return {order_id: event for order_id, event in newest.items() if not is_delete(event)}


def _sequence(event: Raw) -> tuple[datetime, int]:
    return _instant(event["changed_at"]), int(str(event["event_id"]))


def _instant(text: str | None) -> datetime:
    moment = to_instant(text)
    if moment is None:
        raise ValueError(f"a valid row has an instant, not {text}")
    return moment


def versions(rows: Sequence[Raw]) -> list[Version]:
    """Every version of every customer, each ending where the next begins."""
    by_key: dict[str, dict[datetime, Raw]] = {}
    for row in rows:
        by_key.setdefault(str(clean(row["customer_id"])), {})[_instant(row["updated_at"])] = row
    return [version for customer_id, changes in sorted(by_key.items()) for version in _chain(customer_id, changes)]


def _chain(customer_id: str, changes: dict[datetime, Raw]) -> list[Version]:
    starts = sorted(changes)
    ends = [*starts[1:], None]
    return [
        Version(
            customer_id=customer_id,
            country_code=str(clean(changes[start]["country"])).upper(),
            segment=str(clean(changes[start]["segment"])).lower(),
            starts=start,
            ends=end,
        )
        for start, end in zip(starts, ends, strict=True)
    ]
