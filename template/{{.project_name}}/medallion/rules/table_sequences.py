"""Values in an order: numbers without gaps, readings that only rise."""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Flag, Key
from .kinds import Parameters, TableExample, TableRuleKind, TableSubject
from .table_query import (
    COLUMN,
    COLUMN_NAME,
    GROUPABLE,
    INSTANTS,
    NUMBERS,
    PER,
    asked_column,
    counted,
    listed,
    named_column,
    named_columns,
    needs,
    per_text,
    where_asked,
)

_N = {"n": "int"}
_READINGS = {"meter": "string", "read_on": "date", "n": "int"}


def _no_gaps(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), "integer")
    per = named_columns(subject, parameters, "per")
    parts = f"PARTITION BY {listed(per)} " if per else ""
    value = f"CAST({column.sql} AS DECIMAL(20,0))"
    distinct = f"SELECT DISTINCT {', '.join([*(one.sql for one in per), f'{value} AS number'])} FROM {subject.relation}"
    following = (
        f"SELECT number, lead(number) OVER ({parts}ORDER BY number) AS following"
        f" FROM ({distinct}) WHERE number IS NOT NULL"
    )
    figures = (
        "SELECT coalesce(sum(following - number - 1), 0) AS failing, coalesce(sum(following - number - 1), 0)"
        " + count(*) AS total, min(CASE WHEN following - number > 1 THEN number END) AS gap_after"
        f" FROM ({following})"
    )
    return counted(subject, figures, "numbers missing", more="coalesce(concat(', the first after ', gap_after), '')")


def _no_gaps_message(column: str, parameters: Parameters) -> str:
    return f"No number of {where_asked(column, parameters)} may be missing{per_text(parameters)}."


NO_GAPS = TableRuleKind(
    name="no_gaps",
    suffix="without_gaps",
    about="No number between the smallest and the greatest is missing, in the table or for each key. NULL is no "
    "number; a number that stands twice leaves no gap.",
    query=_no_gaps,
    message=_no_gaps_message,
    parameters=(PER, COLUMN),
    main="per",
    families=("integer",),
    dimension="completeness",
    names_columns=("column", "per"),
    counts_rows=True,
    examples=(
        TableExample(({"n": "3"}, {"n": "1"}, {"n": "2"}, {"n": None}), _N, True, {}, "n"),
        TableExample(({"n": "1"}, {"n": "3"}), _N, False, {"column": "n"}),
        TableExample(({"n": "-128"}, {"n": "127"}), {"n": "tinyint"}, False, {}, "n"),
        TableExample(
            ({"n": "1", "meter": "a"}, {"n": "3", "meter": "b"}), _READINGS, True, {"per": ("meter",)}, "n"
        ),
        TableExample(
            ({"n": "-9223372036854775808"}, {"n": "9223372036854775807"}), {"n": "bigint"}, False, {}, "n",
            "the widest gap there is",
        ),
        TableExample((), _N, True, {}, "n", "an empty table"),
        TableExample(({"n": None},), _N, True, {}, "n", "nothing but NULL"),
    ),
)  # fmt: skip


def _monotonic(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *NUMBERS, *INSTANTS)
    by = needs(named_column(subject, str(parameters["by"])), *GROUPABLE)
    per = named_columns(subject, parameters, "per")
    falls = parameters.get("direction") == "decreasing"
    order = f"{by.sql}, {column.sql}{' DESC' if falls else ''}"
    parts = f"PARTITION BY {listed(per)} " if per else ""
    sign = (">" if falls else "<") + ("=" if parameters.get("strict") is True else "")
    before = (
        f"SELECT {column.sql} AS value, lag({column.sql}) OVER ({parts}ORDER BY {order}) AS earlier"
        f" FROM {subject.relation} WHERE {column.sql} IS NOT NULL AND {by.sql} IS NOT NULL"
    )
    figures = f"SELECT count_if(value {sign} earlier) AS failing, count(*) AS total FROM ({before})"
    return counted(subject, figures, "values out of order")


def _monotonic_message(column: str, parameters: Parameters) -> str:
    never = "rise" if parameters.get("direction") == "decreasing" else "fall"
    strictly = " or stay" if parameters.get("strict") is True else ""
    asked = where_asked(column, parameters)
    return f"{asked} may not {never}{strictly} in the order of {parameters['by']}{per_text(parameters)}."


MONOTONIC = TableRuleKind(
    name="monotonic",
    suffix="monotonic",
    about="Values only rise (or only fall) in the order of another column, in the table or for each key. Rows with a "
    "NULL in one of the two do not count; rows that are level in `by` are taken in the favourable order.",
    query=_monotonic,
    message=_monotonic_message,
    parameters=(
        Key("by", COLUMN_NAME, "The column that puts rows in order.", required=True),
        PER,
        Key("direction", Choice(("increasing", "decreasing")), "default: increasing."),
        Key("strict", Flag(), "true: the same value twice is out of order; default: false."),
        COLUMN,
    ),
    main="by",
    families=(*NUMBERS, *INSTANTS),
    dimension="consistency",
    names_columns=("column", "by", "per"),
    counts_rows=True,
    examples=(
        TableExample(
            ({"n": "2", "read_on": "2026-01-02"}, {"n": "1", "read_on": "2026-01-01"}), _READINGS, True,
            {"by": "read_on"}, "n",
        ),
        TableExample(
            ({"n": "2", "read_on": "2026-01-01"}, {"n": "1", "read_on": "2026-01-02"}), _READINGS, False,
            {"by": "read_on", "column": "n"},
        ),
        TableExample(
            ({"n": "2", "read_on": "2026-01-01"}, {"n": "2", "read_on": "2026-01-02"}), _READINGS, False,
            {"by": "read_on", "strict": True}, "n",
        ),
        TableExample(
            ({"n": "2", "read_on": "2026-01-01"}, {"n": "1", "read_on": "2026-01-02"}), _READINGS, True,
            {"by": "read_on", "direction": "decreasing"}, "n",
        ),
        TableExample(
            (
                {"n": "2", "read_on": "2026-01-01", "meter": "a"},
                {"n": "1", "read_on": "2026-01-02", "meter": "b"},
                {"n": None, "read_on": "2026-01-03", "meter": "a"},
            ),
            _READINGS, True, {"by": "read_on", "per": ("meter",)}, "n",
        ),
        TableExample((), _READINGS, True, {"by": "read_on"}, "n", "an empty table"),
    ),
)  # fmt: skip

TABLE_RULES = (NO_GAPS, MONOTONIC)
