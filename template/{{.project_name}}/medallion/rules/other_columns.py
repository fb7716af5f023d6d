"""A column compared with another column of the same row; an absent neighbour leaves nothing to compare."""

from __future__ import annotations

from ..yaml_files.shapes import Key, Number, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, text_of
from .words import as_compared, comparable, not_nan

_COLUMN = Key("column", Text(), "A column of the same row, of the same type or a number as well.", required=True)


def _other(subject: Subject, parameters: Parameters) -> Subject:
    return subject.row.column(text_of(parameters, "column"))


def _unless_absent(other: Subject, condition: str) -> str:
    return f"({other.sql} IS NULL OR {condition})"


def _comparison(name: str, sign: str, words: str, examples: tuple[Example, ...]) -> RuleKind:
    def condition(subject: Subject, parameters: Parameters) -> str:
        other = _other(subject, parameters)
        comparable(subject, other)
        compared = f"{as_compared(subject, other)} {sign} {as_compared(other, subject)}"
        return _unless_absent(other, " AND ".join([*not_nan(subject, other), compared]))

    def message(column: str, parameters: Parameters) -> str:
        return f"{column} must be {words} {text_of(parameters, 'column')}."

    return RuleKind(
        name=f"{name}_column",
        suffix=f"{name}_column",
        about=f"The value is {words} that of another column of the row; holds where either is absent. "
        "NaN compares with nothing.",
        condition=condition,
        message=message,
        parameters=(_COLUMN,),
        main="column",
        families=("string", "boolean", "integer", "decimal", "float", "date", "timestamp"),
        dimension="consistency",
        names_columns=("column",),
        examples=(
            *examples,
            Example("1", True, {"column": "other"}, "int", "nothing to compare with", {"other": None}),
            Example(
                "x", True, {"column": "other"}, "int", "does not cast: the typed rule fails instead", {"other": "1"}
            ),
            Example("NaN", False, {"column": "other"}, "double", beside={"other": "1"}),
            Example(None, True, {"column": "other"}, "int", beside={"other": "1"}),
        ),
    )


def _pair(value: str, other: str, holds: bool, sql_type: str = "int", about: str = "") -> Example:
    return Example(value, holds, {"column": "other"}, sql_type, about, {"other": other})


AT_LEAST = _comparison("at_least", ">=", "at least", (_pair("2", "2", True), _pair("1", "2", False)))
ABOVE = _comparison(
    "above",
    ">",
    "above",
    (_pair("2026-01-02", "2026-01-01", True, "date"), _pair("2026-01-01", "2026-01-01", False, "date")),
)
AT_MOST = _comparison(
    "at_most",
    "<=",
    "at most",
    (_pair("1.50", "1.50", True, "decimal(12,2)"), _pair("1.51", "1.50", False, "decimal(12,2)")),
)
BELOW = _comparison("below", "<", "below", (_pair("1", "2", True), _pair("2", "2", False)))
EQUALS = _comparison(
    "equals",
    "=",
    "the same as",
    (_pair("a", "a", True, "string"), _pair("a", "A", False, "string", "capital letters count")),
)
DIFFERS = _comparison(
    "differs_from",
    "<>",
    "another than",
    (_pair("DE", "FR", True, "string"), _pair("DE", "DE", False, "string")),
)


def _within_days(subject: Subject, parameters: Parameters) -> str:
    other = _other(subject, parameters)
    if other.type.family not in ("date", "timestamp"):
        raise RuleRefused(
            f"{other.name} has no days", found=other.type.sql, expected="a column of type date or timestamp"
        )
    # unix_date counts days without the overflow that a difference of dates far apart has.
    own, neighbour = (f"CAST(unix_date(CAST({one.sql} AS DATE)) AS BIGINT)" for one in (subject, other))
    return _unless_absent(other, f"abs({own} - {neighbour}) <= {parameters['days']}")


WITHIN_DAYS = RuleKind(
    name="within_days_of_column",
    suffix="within_days",
    about="A date is at most so many days before or after that of another column; holds where either is absent.",
    condition=_within_days,
    message=lambda column, parameters: (
        f"{column} must be within {parameters['days']} days of {text_of(parameters, 'column')}."
    ),
    parameters=(
        Key("column", Text(), "A date or timestamp of the same row.", required=True),
        Key("days", Number(whole=True), "The greatest distance in days.", required=True),
    ),
    families=("date", "timestamp"),
    dimension="consistency",
    names_columns=("column",),
    examples=(
        Example("2026-01-31", True, {"column": "other", "days": 30}, "date", beside={"other": "2026-01-01"}),
        Example("2026-02-01", False, {"column": "other", "days": 30}, "date", beside={"other": "2026-01-01"}),
        Example(
            "2025-12-31 23:00:00", True, {"column": "other", "days": 1}, "timestamp", beside={"other": "2026-01-01"}
        ),
        Example("2026-02-01", True, {"column": "other", "days": 30}, "date", beside={"other": None}),
        Example("soon", True, {"column": "other", "days": 30}, "date", "does not cast", {"other": "2026-01-01"}),
        Example(None, True, {"column": "other", "days": 30}, "date", beside={"other": "2026-01-01"}),
    ),
)
RULES = (AT_LEAST, ABOVE, AT_MOST, BELOW, EQUALS, DIFFERS, WITHIN_DAYS)
