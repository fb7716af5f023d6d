"""How much there is: rows of a table, absent values, different values."""

from __future__ import annotations

from ..sql.words import literal
from ..yaml_files.shapes import Key, Number
from .kinds import Parameters, RuleRefused, TableExample, TableRuleKind, TableSubject, number_of
from .table_query import (
    COLUMN,
    GROUPABLE,
    SHARE,
    asked_column,
    bounds_text,
    needs,
    percent_sql,
    refuse_bounds,
    share_of,
    share_text,
    verdict,
    where_asked,
    within,
)

_INT = {"n": "int"}
_THREE = ({"n": "1"}, {"n": "2"}, {"n": None})


def _row_count(subject: TableSubject, parameters: Parameters) -> str:
    exactly = number_of(parameters, "equals")
    if exactly is not None and ("min" in parameters or "max" in parameters):
        raise RuleRefused("equals stands alone", found="equals and a bound", expected="equals, or min and max")
    return verdict(
        f"SELECT count(*) AS total FROM {subject.relation}",
        metric="total",
        observed="CAST(total AS STRING)",
        limit=bounds_text(parameters) if exactly is None else f"exactly {exactly}",
        ok=within("total", parameters) if exactly is None else f"total = {literal(exactly)}",
    )


def _row_count_message(table: str, parameters: Parameters) -> str:
    bounds = f"exactly {parameters['equals']}" if "equals" in parameters else bounds_text(parameters)
    return f"{table} must have {bounds} rows."


ROW_COUNT = TableRuleKind(
    name="row_count",
    about="The table has at least, at most or exactly so many rows.",
    query=_row_count,
    message=_row_count_message,
    parameters=(
        Key("min", Number(whole=True), "At least so many rows."),
        Key("max", Number(whole=True), "At most so many rows."),
        Key("equals", Number(whole=True), "Exactly so many rows."),
    ),
    main="min",
    dimension="completeness",
    examples=(
        TableExample(_THREE, _INT, True, {"min": 3}),
        TableExample(_THREE, _INT, False, {"max": 2}),
        TableExample(_THREE, _INT, True, {"equals": 3}, about="a row of NULLs is a row"),
        TableExample((), _INT, False, {"min": 1}, about="an empty table has 0 rows"),
    ),
)


def _null_ratio(subject: TableSubject, parameters: Parameters) -> str:
    column, most = asked_column(subject, parameters), share_of(str(parameters.get("max", "0")))
    return verdict(
        f"SELECT count(*) AS total, count_if({column.sql} IS NULL) AS absent,"
        f" coalesce(try_divide(CAST(count_if({column.sql} IS NULL) AS DOUBLE), count(*)), 0) AS share"
        f" FROM {subject.relation}",
        metric="share",
        observed=f"concat({percent_sql('share')}, ' (', absent, ' of ', total, ')')",
        limit=f"at most {share_text(most)}",
        ok=f"absent <= {literal(most)} * total",
    )


def _null_ratio_message(column: str, parameters: Parameters) -> str:
    most = share_text(share_of(str(parameters.get("max", "0"))))
    return f"{where_asked(column, parameters)} may be absent in at most {most} of the rows."


NULL_RATIO = TableRuleKind(
    name="null_ratio",
    suffix="mostly_present",
    about="At most this share of a column is NULL. An empty table holds; NaN and blank text are values.",
    query=_null_ratio,
    message=_null_ratio_message,
    parameters=(Key("max", SHARE, "The greatest share; default: 0."), COLUMN),
    main="max",
    dimension="completeness",
    names_columns=("column",),
    may_sample=True,
    examples=(
        TableExample(_THREE, _INT, True, {"max": "34 %"}, "n"),
        TableExample(_THREE, _INT, False, {"max": "0.3"}, "n"),
        TableExample(_THREE, _INT, False, {"column": "n"}, about="without max no value may be absent"),
        TableExample((), _INT, True, {}, "n", "an empty table"),
        TableExample(({"n": None},), _INT, False, {"max": "99 %"}, "n", "nothing but NULL"),
        TableExample(({"x": "NaN"},), {"x": "double"}, True, {}, "x", "NaN is a value"),
    ),
)


def _distinct_ratio(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *GROUPABLE)
    refuse_bounds(parameters)
    return verdict(
        f"SELECT count({column.sql}) AS total, count(DISTINCT {column.sql}) AS different,"
        f" try_divide(CAST(count(DISTINCT {column.sql}) AS DOUBLE), count({column.sql})) AS share"
        f" FROM {subject.relation}",
        metric="share",
        observed=f"concat({percent_sql('share')}, ' (', different, ' of ', total, ')')",
        limit=bounds_text(parameters),
        ok=f"total = 0 OR ({within('share', parameters)})",
    )


def _distinct_ratio_message(column: str, parameters: Parameters) -> str:
    return f"The share of different values in {where_asked(column, parameters)} must be {bounds_text(parameters)}."


DISTINCT_RATIO = TableRuleKind(
    name="distinct_ratio",
    suffix="varied",
    about="The number of different values by the number of values, from 0 to 1, is within bounds. NULL does not count; "
    "a column without values holds.",
    query=_distinct_ratio,
    message=_distinct_ratio_message,
    parameters=(
        Key("min", Number(), "The smallest share allowed, from 0 to 1."),
        Key("max", Number(), "The greatest share allowed, from 0 to 1."),
        COLUMN,
    ),
    main="min",
    families=GROUPABLE,
    dimension="uniqueness",
    names_columns=("column",),
    examples=(
        TableExample(_THREE, _INT, True, {"min": 1}, "n", "NULL does not count"),
        TableExample(({"n": "1"}, {"n": "1"}), _INT, False, {"min": 1}, "n"),
        TableExample(({"n": "1"}, {"n": "1"}), _INT, True, {"max": 1, "column": "n"}),
        TableExample((), _INT, True, {"min": 1}, "n", "an empty table"),
        TableExample(({"n": None},), _INT, True, {"min": 1}, "n", "nothing but NULL"),
    ),
)

TABLE_RULES = (ROW_COUNT, NULL_RATIO, DISTINCT_RATIO)
