"""Text to values as the contracts' types demand; None for what does not cast."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal


def to_decimal(text: str | None, places: int = 2) -> Decimal | None:
    """A plain decimal number, rounded half up."""
    if text is None or not re.fullmatch(r"[+-]?\d+(\.\d*)?", text.strip()):
        return None
    return Decimal(text.strip()).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def to_int(text: str | None) -> int | None:
    """A whole number."""
    return int(text) if text is not None and re.fullmatch(r"[+-]?\d+", text.strip()) else None


def to_instant(text: str | None) -> datetime | None:
    """An ISO instant; UTC where no offset stands."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def to_date(text: str | None) -> date | None:
    """An ISO date."""
    if text is None or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        return None
    return date.fromisoformat(text.strip())


def clean(text: str | None) -> str | None:
    """The text without blanks around it."""
    return None if text is None else text.strip(" ")
