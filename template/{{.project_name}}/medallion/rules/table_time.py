"""Rows over time: how old the newest is, whether a period is missing, whether a period is unusual."""

from __future__ import annotations

import re
from decimal import Decimal

from ..sql.words import literal
from ..yaml_files.shapes import Choice, Key, ListOf, Number, Text
from .kinds import Parameters, RuleRefused, TableExample, TableRuleKind, TableSubject, number_of
from .table_periods import PERIODS, WEEKDAYS, period_label, period_number
from .table_query import (
    COLUMN,
    INSTANTS,
    SHARE,
    asked_column,
    counted,
    needs,
    number_sql,
    percent_sql,
    share_of,
    share_text,
    verdict,
    where_asked,
)

_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_PERIOD = Key("period", Choice(PERIODS), "hour, day, week or month; default: day.")
_AT = {"at": "timestamp"}
_DAYS = ({"at": "2026-01-05 08:00:00"}, {"at": "2026-01-06 09:00:00"}, {"at": "2026-01-08 10:00:00"}, {"at": None})


def _freshness(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *INSTANTS)
    age = str(parameters["within"])
    return verdict(
        f"SELECT newest, timestampdiff(SECOND, newest, current_timestamp()) AS age"
        f" FROM (SELECT CAST(max({column.sql}) AS TIMESTAMP) AS newest FROM {subject.relation})",
        metric="age",
        observed="coalesce(concat('newest ', newest), 'no rows')",
        limit=f"at most {duration(seconds_of(age))} old",
        ok=f"age <= {seconds_of(age)}",
    )


def seconds_of(age: str) -> int:
    """An age in seconds: `24h` is 86400."""
    number, unit = re.sub(r"\D", "", age), re.sub(r"[\d ]", "", age)
    return int(number) * _SECONDS[unit[0]]


def duration(seconds: int) -> str:
    """A time in words: 86400 is `24 hours`."""
    for unit, length in (("days", 86400), ("hours", 3600)):
        if seconds % length == 0 and seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds // 60} minutes"


def _freshness_message(column: str, parameters: Parameters) -> str:
    return f"The newest {where_asked(column, parameters)} must be at most {parameters['within']} old."


FRESHNESS = TableRuleKind(
    name="freshness",
    suffix="fresh",
    about="The newest value of a date or timestamp is at most so old, in seconds as the metric. No rows and nothing "
    "but NULL are missed; a value in the future holds.",
    query=_freshness,
    message=_freshness_message,
    parameters=(
        Key("within", Text(r"[0-9]+ ?(m|h|d|min|minutes?|hours?|days?)", "an age like 24h"), "The age.", required=True),
        COLUMN,
    ),
    main="within",
    families=INSTANTS,
    dimension="timeliness",
    names_columns=("column",),
    examples=(
        TableExample(({"at": "9999-01-01 00:00:00"}, {"at": None}), _AT, True, {"within": "24h"}, "at", "the future"),
        TableExample(_DAYS, _AT, False, {"within": "2 hours", "column": "at"}),
        TableExample(_DAYS, {"at": "date"}, False, {"within": "3d"}, "at"),
        TableExample((), _AT, False, {"within": "24h"}, "at", "an empty table"),
        TableExample(({"at": None},), _AT, False, {"within": "24h"}, "at", "nothing but NULL"),
    ),
)


def _complete(subject: TableSubject, parameters: Parameters) -> str:
    column, period = needs(asked_column(subject, parameters), *INSTANTS), str(parameters.get("period", "day"))
    left_out, least = _left_out(parameters, period), number_of(parameters, "min_rows") or 1
    number = period_number(column.sql, period, left_out)
    kept = f" AND dayofweek({column.sql}) NOT IN ({', '.join(str(day + 1) for day in left_out)})" if left_out else ""
    grouped = (
        f"SELECT {number} AS number, min({column.sql}) AS instant, count(*) AS found FROM {subject.relation}"
        f" WHERE {column.sql} IS NOT NULL{kept} GROUP BY {number}"
    )
    following = f"SELECT *, lead(number) OVER (ORDER BY number) AS following FROM ({grouped})"
    label = period_label("instant", period)
    figures = (
        f"SELECT coalesce(max(number) - min(number) + 1 - count_if(found >= {least}), 0) AS failing,"
        " coalesce(max(number) - min(number) + 1, 0) AS total,"
        f" min_by({label}, number) FILTER (WHERE following - number > 1) AS gap_after,"
        f" min_by({label}, number) FILTER (WHERE found < {least}) AS too_few FROM ({following})"
    )
    more = "coalesce(concat(', missing after ', gap_after), ''), coalesce(concat(', too few in ', too_few), '')"
    return counted(subject, figures, f"{period}s missing", more=more)


def _left_out(parameters: Parameters, period: str) -> tuple[int, ...]:
    given = parameters.get("except", ())
    days = given if isinstance(given, tuple) else (given,)
    if days and period != "day":
        raise RuleRefused("weekdays are left out of days only", found=f"period: {period}", expected="period: day")
    if len(set(days)) == len(WEEKDAYS):
        raise RuleRefused("every weekday is left out", found="seven days", expected="at least one day that counts")
    return tuple(index for index, weekday in enumerate(WEEKDAYS) if weekday in days)


def _complete_message(column: str, parameters: Parameters) -> str:
    least = parameters.get("min_rows", 1)
    return f"Every {parameters.get('period', 'day')} of {where_asked(column, parameters)} must have {least} rows."


COMPLETENESS_PER_PERIOD = TableRuleKind(
    name="completeness_per_period",
    suffix="without_missing_period",
    about="No hour, day, week or month between the first and the newest is missing or has too few rows. An absent "
    "value is in no period; an empty table holds.",
    query=_complete,
    message=_complete_message,
    parameters=(
        _PERIOD,
        Key("min_rows", Number(whole=True), "The least number of rows of a period; default: 1."),
        Key("except", ListOf(Choice(WEEKDAYS)), "Weekdays on which nothing is expected; for days only."),
        COLUMN,
    ),
    main="period",
    families=INSTANTS,
    dimension="completeness",
    names_columns=("column",),
    counts_rows=True,
    examples=(
        TableExample(_DAYS[:2], _AT, True, {"period": "day"}, "at"),
        TableExample(_DAYS, _AT, False, {"column": "at"}, about="2026-01-07 is missing"),
        TableExample(_DAYS, _AT, True, {"except": ("wednesday",)}, "at", "2026-01-07 is a Wednesday"),
        TableExample(_DAYS, _AT, True, {"period": "week", "min_rows": 3}, "at"),
        TableExample(_DAYS, _AT, False, {"period": "month", "min_rows": 4}, "at"),
        TableExample(_DAYS[:2], _AT, False, {"period": "hour"}, "at"),
        TableExample((), _AT, True, {}, "at", "an empty table"),
        TableExample(({"at": None},), _AT, True, {}, "at", "nothing but NULL"),
    ),
)


def _volume(subject: TableSubject, parameters: Parameters) -> str:
    column, period = needs(asked_column(subject, parameters), *INSTANTS), str(parameters.get("period", "day"))
    most = {name: _share(parameters, name) for name in ("max_fall", "max_rise")}
    before = number_of(parameters, "periods") or 7
    number = period_number(column.sql, period)
    usual = "percentile(found, 0.5)" if parameters.get("against") == "median" else "avg(found)"
    grouped = (
        f"SELECT min({column.sql}) AS instant, count(*) AS found, row_number() OVER (ORDER BY {number} DESC) AS age"
        f" FROM {subject.relation} WHERE {column.sql} IS NOT NULL GROUP BY {number}"
    )
    figures = (
        f"SELECT *, round(try_divide(CAST(newest AS DOUBLE), usual) - 1, 12) AS change FROM ("
        "SELECT max(found) FILTER (WHERE age = 1) AS newest,"
        f" max({period_label('instant', period)}) FILTER (WHERE age = 1) AS label,"
        f" {usual} FILTER (WHERE age BETWEEN 2 AND {before + 1}) AS usual FROM ({grouped}))"
    )
    bounds = [f"change >= -{literal(most['max_fall'])}"] if most["max_fall"] is not None else []
    bounds += [f"change <= {literal(most['max_rise'])}"] if most["max_rise"] is not None else []
    return verdict(
        figures,
        metric="change",
        observed="CASE WHEN newest IS NULL THEN 'no rows' WHEN usual IS NULL THEN concat('nothing before ', label) ELSE"
        f" concat({percent_sql('change')}, ' (', newest, ' in ', label, ', usually ', {number_sql('usual')}, ')') END",
        limit=_volume_limit(parameters),
        ok=f"usual IS NULL OR ({' AND '.join(bounds)})",
    )


def _share(parameters: Parameters, name: str) -> Decimal | None:
    given = parameters.get(name, parameters.get("max"))
    if given is None and not {"max_fall", "max_rise"} & set(parameters):
        raise RuleRefused("a change has a limit", found="no limit", expected="max, max_fall or max_rise")
    return None if given is None else share_of(str(given))


def _volume_limit(parameters: Parameters) -> str:
    words = (("max_fall", "at most {} less"), ("max_rise", "at most {} more"))
    limits = [word.format(share_text(share)) for name, word in words if (share := _share(parameters, name)) is not None]
    return ", ".join(limits)


def _volume_message(column: str, parameters: Parameters) -> str:
    period, before = parameters.get("period", "day"), parameters.get("periods", 7)
    return (
        f"The rows of the newest {period} by {where_asked(column, parameters)} must be {_volume_limit(parameters)} than"
        f" the {parameters.get('against', 'mean')} of the {before} {period}s before."
    )


VOLUME_CHANGE = TableRuleKind(
    name="volume_change",
    suffix="volume_steady",
    about="The rows of the newest period are not far from the mean or median of the periods before it. The metric is "
    "the change as a share: -0.5 is half as many. Periods without rows do not count; the first period holds.",
    query=_volume,
    message=_volume_message,
    parameters=(
        Key("max", SHARE, "The greatest change in both directions."),
        Key("max_fall", SHARE, "The greatest change to fewer rows."),
        Key("max_rise", SHARE, "The greatest change to more rows."),
        _PERIOD,
        Key("periods", Number(whole=True), "How many periods before it are compared; default: 7."),
        Key("against", Choice(("mean", "median")), "default: mean."),
        COLUMN,
    ),
    main="max",
    families=INSTANTS,
    dimension="completeness",
    names_columns=("column",),
    examples=(
        TableExample(_DAYS, _AT, True, {"max": "0 %"}, "at"),
        TableExample((*_DAYS, {"at": "2026-01-08 11:00:00"}), _AT, False, {"max": "50 %", "column": "at"}),
        TableExample((*_DAYS, {"at": "2026-01-08 11:00:00"}), _AT, True, {"max_fall": "0.5"}, "at"),
        TableExample(
            (*_DAYS, {"at": "2026-01-06 11:00:00"}), _AT, False, {"max_fall": "30 %", "against": "mean"}, "at",
            "1 row, 1.5 on average before",
        ),
        TableExample(
            (*_DAYS[:1] * 5, *_DAYS[1:2] * 8), _AT, True, {"max": "60 %"}, "at", "5 rows, then 8: as many as may be"
        ),
        TableExample(_DAYS, _AT, True, {"max": "50 %", "period": "month"}, "at", "the first month"),
        TableExample((), _AT, True, {"max": "50 %"}, "at", "an empty table"),
        TableExample(({"at": None},), _AT, True, {"max": "50 %"}, "at", "nothing but NULL"),
    ),
)  # fmt: skip

TABLE_RULES = (FRESHNESS, COMPLETENESS_PER_PERIOD, VOLUME_CHANGE)
