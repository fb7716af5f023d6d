"""Dates held against the present: these rules read the clock, so their verdict depends on when they are asked."""

from __future__ import annotations

from ..sql.column_types import Family
from ..yaml_files.shapes import Key, Number, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, number_of, text_of
from .words import bounds_words

_UNITS = {"minute": "MINUTE", "hour": "HOUR", "day": "DAY"}
_PERIOD = Text(r"[0-9]{1,6} ?(minutes?|hours?|days?)", "a period like 90 days, 24 hours or 5 minutes")
_MOMENTS: tuple[Family, ...] = ("date", "timestamp")


def _now(subject: Subject) -> str:
    """The present as a value of the column's type."""
    if subject.type.family == "date":
        return "current_date()"
    return "current_timestamp()" if subject.type.sql == "TIMESTAMP" else "CAST(current_timestamp() AS TIMESTAMP_NTZ)"


def _period(parameters: Parameters, name: str, subject: Subject) -> str:
    amount, unit = text_of(parameters, name).rstrip("s").replace(" ", ""), ""
    for word, sql_unit in _UNITS.items():
        if amount.endswith(word):
            amount, unit = amount[: -len(word)], sql_unit
    if subject.type.family == "date" and unit != "DAY":
        raise RuleRefused(f"{subject.name} has no time of day", found=text_of(parameters, name), expected="days")
    return f"INTERVAL '{int(amount)}' {unit}"


def _not_in_future(subject: Subject, parameters: Parameters) -> str:
    ahead = f" + {_period(parameters, 'tolerance', subject)}" if "tolerance" in parameters else ""
    return f"{subject.sql} <= {_now(subject)}{ahead}"


NOT_IN_FUTURE = RuleKind(
    name="not_in_future",
    suffix="not_in_future",
    about="The moment is not after now, or the day not after today, in the session's time zone. Reads the clock.",
    condition=_not_in_future,
    message=lambda column, _: f"{column} must not be in the future.",
    parameters=(Key("tolerance", _PERIOD, "How far ahead another system's clock may be: 5 minutes."),),
    main="tolerance",
    families=_MOMENTS,
    dimension="timeliness",
    examples=(
        Example("2020-01-01", True, {}, "date"),
        Example("9999-12-31", False, {}, "date"),
        Example("2020-01-01 00:00:00", True, {"tolerance": "5 minutes"}, "timestamp"),
        Example("9999-12-31 00:00:00", False, {"tolerance": "5 minutes"}, "timestamp_ntz"),
        Example("tomorrow", True, {}, "date", "does not cast: the typed rule fails instead"),
        Example(None, True, {}, "date"),
    ),
)
NOT_IN_PAST = RuleKind(
    name="not_in_past",
    suffix="not_in_past",
    about="The moment is not before now, or the day not before today: an expiry, an appointment. Reads the clock.",
    condition=lambda subject, _: f"{subject.sql} >= {_now(subject)}",
    message=lambda column, _: f"{column} must not be in the past.",
    families=_MOMENTS,
    dimension="timeliness",
    examples=(
        Example("9999-12-31", True, {}, "date"),
        Example("2020-01-01", False, {}, "date"),
        Example("2020-01-01 00:00:00", False, {}, "timestamp"),
        Example("soon", True, {}, "date", "does not cast: the typed rule fails instead"),
        Example(None, True, {}, "date"),
    ),
)
NOT_OLDER_THAN = RuleKind(
    name="not_older_than",
    suffix="recent",
    about="The moment is at most so long ago. Reads the clock: a row that is judged again later may fail.",
    condition=lambda subject, parameters: f"{subject.sql} >= {_now(subject)} - {_period(parameters, 'age', subject)}",
    message=lambda column, parameters: f"{column} must be at most {parameters['age']} ago.",
    parameters=(Key("age", _PERIOD, "The greatest age: 90 days, 24 hours.", required=True),),
    main="age",
    families=_MOMENTS,
    dimension="timeliness",
    examples=(
        Example("9999-12-31", True, {"age": "90 days"}, "date", "the future is the business of not_in_future"),
        Example("2020-01-01", False, {"age": "90 days"}, "date"),
        Example("2020-01-01 00:00:00", False, {"age": "24 hours"}, "timestamp"),
        Example("long ago", True, {"age": "90 days"}, "date", "does not cast: the typed rule fails instead"),
        Example(None, True, {"age": "90 days"}, "date"),
    ),
)


def _age(subject: Subject, parameters: Parameters) -> str:
    low, high = number_of(parameters, "min"), number_of(parameters, "max")
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise RuleRefused("an age has a min, a max or both", found=bounds_words(parameters), expected="min and max")
    today, born = "current_date()", subject.sql
    birthday_is_ahead = f"month({today}) * 100 + day({today}) < month({born}) * 100 + day({born})"
    years = f"year({today}) - year({born}) - CASE WHEN {birthday_is_ahead} THEN 1 ELSE 0 END"
    bounds = [f"{years} >= {low}"] if low is not None else []
    return " AND ".join([*bounds, *([f"{years} <= {high}"] if high is not None else [])])


AGE_YEARS = RuleKind(
    name="age_years",
    suffix="age",
    about="The day lies so many full years back: the age of a person born then. Reads the clock.",
    condition=_age,
    message=lambda column, parameters: f"{column} must be {bounds_words(parameters)} years ago.",
    parameters=(
        Key("min", Number(whole=True), "The smallest age in full years."),
        Key("max", Number(whole=True), "The greatest age in full years."),
    ),
    families=_MOMENTS,
    dimension="validity",
    examples=(
        Example("1990-06-15", True, {"min": 18, "max": 120}, "date"),
        Example("1850-06-15", False, {"min": 18, "max": 120}, "date"),
        Example("9999-12-31", False, {"min": 0}, "date"),
        Example("1990-06-15 12:00:00", False, {"max": 5}, "timestamp"),
        Example("unknown", True, {"min": 18}, "date", "does not cast: the typed rule fails instead"),
        Example(None, True, {"min": 18}, "date"),
    ),
)
RULES = (NOT_IN_FUTURE, NOT_IN_PAST, NOT_OLDER_THAN, AGE_YEARS)
