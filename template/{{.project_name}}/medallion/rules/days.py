"""Days of the week and of the month, hours of work."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..sql.column_types import Family
from ..sql.words import literal
from ..yaml_files.shapes import AnyScalar, Choice, Key, ListOf, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject
from .words import joined, texts_of, values_of

_DAYS = {"sun": 1, "mon": 2, "tue": 3, "wed": 4, "thu": 5, "fri": 6, "sat": 7}
_WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
_DAY_LIST = ListOf(Choice(tuple(_DAYS)), minimum=1)
_MOMENTS: tuple[Family, ...] = ("date", "timestamp")


def _day_numbers(days: tuple[str, ...]) -> str:
    return ", ".join(str(_DAYS[day]) for day in days)


WEEKDAY = RuleKind(
    name="weekday",
    suffix="weekday",
    about="The day is one of these days of the week; default: Monday to Friday. A timestamp has the day of the "
    "session's time zone.",
    condition=lambda subject, parameters: (
        f"dayofweek({subject.sql}) IN ({_day_numbers(texts_of(parameters, 'days') or _WORKDAYS)})"
    ),
    message=lambda column, parameters: f"{column} must be on {joined(texts_of(parameters, 'days') or _WORKDAYS)}.",
    parameters=(Key("days", _DAY_LIST, "Days: mon, tue, wed, thu, fri, sat, sun."),),
    main="days",
    families=_MOMENTS,
    examples=(
        Example("2026-01-02", True, {}, "date", "a Friday"),
        Example("2026-01-03", False, {}, "date", "a Saturday"),
        Example("2026-01-03", True, {"days": ("sat", "sun")}, "date"),
        Example("2026-01-02 10:00:00", False, {"days": ("mon",)}, "timestamp"),
        Example("Friday", True, {}, "date", "does not cast: the typed rule fails instead"),
        Example(None, True, {}, "date"),
    ),
)


def _day_of_month(subject: Subject, parameters: Parameters) -> str:
    allowed = []
    for day in values_of(parameters, "days"):
        if day == "last":
            # The day after is the first of a month; last_day raises for the last month of the calendar.
            allowed.append(f"day(date_add(CAST({subject.sql} AS DATE), 1)) = 1")
        elif isinstance(day, int) and 1 <= day <= 31:
            allowed.append(f"day({subject.sql}) = {day}")
        else:
            raise RuleRefused("a month has no such day", found=str(day), expected="1 to 31, or last")
    return f"({' OR '.join(allowed)})"


DAY_OF_MONTH = RuleKind(
    name="day_of_month",
    suffix="day_of_month",
    about="The day is one of these days of its month; `last` is the end of the month, whatever its length.",
    condition=_day_of_month,
    message=lambda column, parameters: f"{column} must be day {joined(values_of(parameters, 'days'))} of its month.",
    parameters=(Key("days", ListOf(AnyScalar(), minimum=1), "Days: 1 to 31, or last.", required=True),),
    main="days",
    families=_MOMENTS,
    examples=(
        Example("2026-02-28", True, {"days": ("last",)}, "date"),
        Example("2028-02-28", False, {"days": ("last",)}, "date", "a leap year"),
        Example("2026-03-15", True, {"days": (1, 15)}, "date"),
        Example("2026-03-14", False, {"days": (1, 15)}, "date"),
        Example("2026-03-01 10:00:00", True, {"days": (1,)}, "timestamp"),
        Example("2026-02-30", True, {"days": (1,)}, "date", "does not cast: the typed rule fails instead"),
        Example(None, True, {"days": (1,)}, "date"),
    ),
)


_HOURS = (("from", "09:00"), ("to", "17:00"))


def _business_hours(subject: Subject, parameters: Parameters) -> str:
    start, end = (_minutes(str(parameters.get(name, default))) for name, default in _HOURS)
    if start >= end:
        raise RuleRefused("the hours end before they begin", found=f"{start} to {end} minutes", expected="from < to")
    local = _local(subject, str(parameters.get("zone", "")))
    minute = f"hour({local}) * 60 + minute({local})"
    days = _day_numbers(texts_of(parameters, "days") or _WORKDAYS)
    return f"{minute} >= {start} AND {minute} < {end} AND dayofweek({local}) IN ({days})"


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _local(subject: Subject, zone: str) -> str:
    if not zone:
        return subject.sql
    if subject.type.sql != "TIMESTAMP" or not _is_zone(zone):
        raise RuleRefused(
            "a zone needs a timestamp and a name", found=f"{zone}, {subject.type.sql}", expected="Europe/Berlin"
        )
    # Outside of these years the shift to another zone may overflow; such a moment is in no office's hours.
    low, high = "TIMESTAMP '0001-01-02 00:00:00'", "TIMESTAMP '9999-12-30 00:00:00'"
    guarded = f"CASE WHEN {subject.sql} BETWEEN {low} AND {high} THEN {subject.sql} END"
    return f"convert_timezone({literal(zone)}, CAST({guarded} AS TIMESTAMP_NTZ))"


def _is_zone(name: str) -> bool:
    try:
        return ZoneInfo(name).key == name
    except (ZoneInfoNotFoundError, ValueError):
        return False


BUSINESS_HOURS = RuleKind(
    name="business_hours",
    suffix="in_business_hours",
    about="The moment is on one of the days (default: Monday to Friday) from `from` (09:00) to before `to` (17:00), "
    "in `zone`, or else in the session's time zone.",
    condition=_business_hours,
    message=lambda column, _: f"{column} must be in business hours.",
    parameters=(
        Key("from", Text(r"[0-2][0-9]:[0-5][0-9]", "a time like 09:00"), "The first minute; default: 09:00."),
        Key("to", Text(r"[0-2][0-9]:[0-5][0-9]", "a time like 17:00"), "The minute that is too late; default: 17:00."),
        Key("days", _DAY_LIST, "Days; default: mon to fri."),
        Key("zone", Text(), "A time zone like Europe/Berlin, for columns of type timestamp."),
    ),
    families=("timestamp",),
    examples=(
        Example("2026-01-02 09:00:00", True, {}, "timestamp_ntz"),
        Example("2026-01-02 17:00:00", False, {}, "timestamp_ntz"),
        Example("2026-01-03 10:00:00", False, {}, "timestamp_ntz", "a Saturday"),
        Example("2026-01-03 10:00:00", True, {"days": ("sat",), "from": "08:00", "to": "12:00"}, "timestamp"),
        Example("2026-01-02T08:30:00Z", True, {"zone": "Europe/Berlin"}, "timestamp", "09:30 there"),
        Example("2026-01-02T16:30:00Z", False, {"zone": "Europe/Berlin"}, "timestamp", "17:30 there"),
        Example("noon", True, {}, "timestamp", "does not cast: the typed rule fails instead"),
        Example(None, True, {}, "timestamp"),
    ),
)
RULES = (WEEKDAY, DAY_OF_MONTH, BUSINESS_HOURS)
