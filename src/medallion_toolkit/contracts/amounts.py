"""Bounds and limits as numbers, so that two of them can be compared."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_AGE = re.compile(r"(\d+) ?(s|m|h|d|min|minutes?|hours?|days?)\Z")


def amount(value: object) -> Decimal | None:
    """A number, a share, a number of rows, an age in seconds, a date as seconds; None for anything else.

    >>> amount("5 %"), amount("2 days"), amount("soon")
    (Decimal('5'), Decimal('172800'), None)
    """
    text = str(value).strip()
    age = _AGE.match(text)
    if age:
        return Decimal(int(age[1]) * _SECONDS[age[2][0]])
    try:
        return Decimal(re.sub(r"( rows?| ?%)\Z", "", text))
    except InvalidOperation:
        return _instant(text)


def _instant(text: str) -> Decimal | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Decimal(str((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()))
