"""Periods as numbers without gaps: the day, hour, week (from Monday) or month that an instant is in."""

from __future__ import annotations

from collections.abc import Sequence

PERIODS = ("hour", "day", "week", "month")
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_LABELS = {"hour": "yyyy-MM-dd HH:mm", "day": "yyyy-MM-dd", "week": "yyyy-MM-dd", "month": "yyyy-MM"}


def period_number(value: str, period: str, left_out: Sequence[int] = ()) -> str:
    """SQL for the number of the period: one more for each period, days on a weekday that is left out not counted.

    1970-01-01, day 0, was a Thursday; weekdays count from Sunday, 0.
    """
    day = f"unix_date(CAST({value} AS DATE))"
    if left_out:
        counted = [f"floor(({day} + 4 - {weekday}) / 7)" for weekday in range(7) if weekday not in left_out]
        return f"({' + '.join(counted)})"
    return {
        "hour": f"floor(unix_seconds(CAST({value} AS TIMESTAMP)) / 3600)",
        "day": day,
        "week": f"floor(({day} + 3) / 7)",
        "month": f"(year({value}) * 12 + month({value}))",
    }[period]


def period_label(value: str, period: str) -> str:
    """SQL for the period's name: `2026-11-21`, a week by its Monday."""
    return f"date_format(date_trunc('{period.upper()}', CAST({value} AS TIMESTAMP)), '{_LABELS[period]}')"
