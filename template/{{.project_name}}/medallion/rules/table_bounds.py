"""Figures of a column within bounds: sum, mean, standard deviation; and how two columns move together."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..yaml_files.shapes import Key, ListOf
from .kinds import Parameters, RuleRefused, Subject, TableExample, TableRuleKind, TableSubject
from .table_query import (
    BOUNDS,
    COLUMN,
    COLUMN_NAME,
    NUMBERS,
    asked_column,
    asked_columns,
    bounds_text,
    finite,
    needs,
    number_sql,
    summable,
    verdict,
    where_asked,
    within,
)

_PRICES = {"x": "decimal(12,2)"}
_TWO = ({"x": "1.50"}, {"x": "2.50"}, {"x": None})
_Query = Callable[[TableSubject, Parameters], str]


def _sum(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *NUMBERS)
    return verdict(
        f"SELECT count({column.sql}) AS found, try_sum(CAST({column.sql} AS {summable(column.type)})) AS total"
        f" FROM {subject.relation}",
        metric="CASE WHEN found = 0 THEN 0 ELSE total END",
        observed="CASE WHEN found = 0 THEN '0' ELSE coalesce(CAST(total AS STRING), 'too large to add up') END",
        limit=bounds_text(parameters),
        ok=within("CASE WHEN found = 0 THEN 0 ELSE total END", parameters),
    )


def _figure(function: str, least: int) -> _Query:
    """A query for an aggregate of a number; it holds for fewer than `least` values."""

    def query(subject: TableSubject, parameters: Parameters) -> str:
        column = needs(asked_column(subject, parameters), *NUMBERS)
        value = f"CAST({column.sql} AS DOUBLE)"
        return verdict(
            f"SELECT count({column.sql}) AS found, {function}({value}) AS figure FROM {subject.relation}",
            metric="figure",
            observed=f"CASE WHEN found < {least} THEN concat(found, ' values') ELSE {number_sql('figure')} END",
            limit=bounds_text(parameters),
            ok=f"found < {least} OR (NOT isnan(figure) AND {within('figure', parameters)})",
        )

    return query


def _message(figure: str) -> Callable[[str, Parameters], str]:
    return lambda column, parameters: (
        f"The {figure} of {where_asked(column, parameters)} must be {bounds_text(parameters)}."
    )


SUM_BOUNDS = TableRuleKind(
    name="sum_bounds",
    suffix="sum_in_bounds",
    about="The sum of a column is within bounds; the sum of no values is 0. Exact numbers add up in 38 digits, a sum "
    "with a NaN is in no bounds.",
    query=_sum,
    message=_message("sum"),
    parameters=(*BOUNDS, COLUMN),
    families=NUMBERS,
    dimension="accuracy",
    names_columns=("column",),
    examples=(
        TableExample(_TWO, _PRICES, True, {"min": 4, "max": 4}, "x"),
        TableExample(_TWO, _PRICES, False, {"max": 3, "column": "x"}),
        TableExample((), _PRICES, False, {"min": 1}, "x", "an empty table adds up to 0"),
        TableExample(({"x": None},), _PRICES, True, {"max": 0}, "x", "nothing but NULL"),
        TableExample(({"x": "NaN"},), {"x": "double"}, False, {"max": 1}, "x", "NaN is in no bounds"),
        TableExample(
            ({"x": "9" * 38}, {"x": "9" * 38}), {"x": "decimal(38,0)"}, False, {"min": 0}, "x", "too large to add up"
        ),
    ),
)

MEAN_BOUNDS = TableRuleKind(
    name="mean_bounds",
    suffix="mean_in_bounds",
    about="The arithmetic mean of a column is within bounds. A column without values holds, one with a NaN does not.",
    query=_figure("avg", 1),
    message=_message("mean"),
    parameters=(*BOUNDS, COLUMN),
    families=NUMBERS,
    dimension="accuracy",
    names_columns=("column",),
    may_sample=True,
    examples=(
        TableExample(_TWO, _PRICES, True, {"min": 2, "max": 2}, "x", "NULL does not count"),
        TableExample(_TWO, _PRICES, False, {"max": 1, "column": "x"}),
        TableExample((), _PRICES, True, {"min": 1}, "x", "an empty table"),
        TableExample(({"x": None},), _PRICES, True, {"min": 1}, "x", "nothing but NULL"),
        TableExample(({"x": "NaN"}, {"x": "1"}), {"x": "double"}, False, {"min": 0}, "x"),
    ),
)

STDDEV_BOUNDS = TableRuleKind(
    name="stddev_bounds",
    suffix="spread_in_bounds",
    about="The sample standard deviation of a column is within bounds. Fewer than two values hold, a NaN does not.",
    query=_figure("stddev_samp", 2),
    message=_message("standard deviation"),
    parameters=(*BOUNDS, COLUMN),
    families=NUMBERS,
    dimension="accuracy",
    names_columns=("column",),
    may_sample=True,
    examples=(
        TableExample(({"x": "1"}, {"x": "3"}), {"x": "int"}, True, {"min": Decimal("1.4"), "max": Decimal("1.5")}, "x"),
        TableExample(({"x": "1"}, {"x": "1"}), {"x": "int"}, False, {"min": 1, "column": "x"}),
        TableExample((), _PRICES, True, {"min": 1}, "x", "an empty table"),
        TableExample(({"x": "7"}, {"x": None}), {"x": "int"}, True, {"min": 1}, "x", "one value"),
    ),
)


def _correlation(subject: TableSubject, parameters: Parameters) -> str:
    first, second = _pair(asked_columns(subject, parameters, "columns"))
    pairs = f"SELECT {finite(first)} AS a, {finite(second)} AS b FROM {subject.relation}"
    return verdict(
        "SELECT count(*) AS found, round(try_divide(covar_pop(a, b), stddev_pop(a) * stddev_pop(b)), 12) AS figure"
        f" FROM ({pairs}) WHERE a IS NOT NULL AND b IS NOT NULL",
        metric="figure",
        observed=f"CASE WHEN found < 2 THEN concat(found, ' pairs') ELSE coalesce({number_sql('figure')},"
        " 'a column without spread') END",
        limit=bounds_text(parameters),
        ok=f"found < 2 OR (NOT isnan(figure) AND {within('figure', parameters)})",
    )


def _pair(columns: tuple[Subject, ...]) -> tuple[Subject, Subject]:
    if len(columns) != 2:
        raise RuleRefused("a correlation has two columns", found=str(len(columns)), expected="columns: [a, b]")
    return needs(columns[0], *NUMBERS), needs(columns[1], *NUMBERS)


def _correlation_message(column: str, parameters: Parameters) -> str:
    return f"The correlation of {where_asked(column, parameters, 'columns')} must be {bounds_text(parameters)}."


CORRELATION = TableRuleKind(
    name="correlation",
    about="Pearson's correlation of two columns, from -1 to 1, is within bounds. Rows with a NULL, NaN or infinite "
    "value do not count; fewer than two rows hold, a column without spread does not.",
    query=_correlation,
    message=_correlation_message,
    parameters=(Key("columns", ListOf(COLUMN_NAME, 2), "The two columns.", required=True), *BOUNDS),
    dimension="consistency",
    names_columns=("columns",),
    may_sample=True,
    examples=(
        TableExample(
            ({"x": "1", "y": "2"}, {"x": "2", "y": "4"}, {"x": "3", "y": None}),
            {"x": "int", "y": "int"}, True, {"columns": ("x", "y"), "min": Decimal("0.99")},
        ),
        TableExample(
            ({"x": "1", "y": "4"}, {"x": "2", "y": "2"}), {"x": "int", "y": "int"}, False,
            {"columns": ("x", "y"), "min": 0},
        ),
        TableExample(
            ({"x": "1", "y": "4"}, {"x": "1", "y": "2"}), {"x": "int", "y": "int"}, False,
            {"columns": ("x", "y"), "min": -1}, about="x has no spread",
        ),
        TableExample((), {"x": "int", "y": "int"}, True, {"columns": ("x", "y"), "min": 1}, about="an empty table"),
    ),
)  # fmt: skip

TABLE_RULES = (SUM_BOUNDS, MEAN_BOUNDS, STDDEV_BOUNDS, CORRELATION)
