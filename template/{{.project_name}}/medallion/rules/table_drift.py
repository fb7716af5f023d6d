"""`drift`: values lie as they did in a reference period."""

from __future__ import annotations

from ..sql.words import literal, on_one_line
from ..yaml_files.shapes import Choice, Key, Number, Text
from .goodness import kolmogorov_factor
from .kinds import Parameters, RuleRefused, Subject, TableExample, TableRuleKind, TableSubject, number_of
from .sql_rule import check_sql, total
from .table_query import (
    COLUMN,
    COLUMN_NAME,
    GROUPABLE,
    INSTANTS,
    NUMBERS,
    asked_column,
    finite,
    named_column,
    needs,
    number_sql,
    verdict,
    where_asked,
)

_FLOOR = "0.0001D"
_X = {"x": "int", "at": "date"}
_OLD = tuple({"x": str(number), "at": "2026-01-01"} for number in range(20))
_SAME = tuple({"x": str(number), "at": "2026-01-02"} for number in range(20))
_HIGH = tuple({"x": str(number + 15), "at": "2026-01-02"} for number in range(20))
_SINCE = {"reference": "at < DATE '2026-01-02'"}


def _drift(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *GROUPABLE)
    is_number = column.type.family in NUMBERS
    value = finite(column) if is_number else f"CAST({column.sql} AS STRING)"
    sided = (
        f"SELECT x, is_reference FROM (SELECT {value} AS x, {_side(subject, parameters)})"
        " WHERE x IS NOT NULL AND is_reference IS NOT NULL"
    )
    if parameters.get("method") == "ks":
        return _kolmogorov(sided, parameters, needs(column, *NUMBERS))
    return _population_stability(sided, parameters, is_number)


def _side(subject: TableSubject, parameters: Parameters) -> str:
    """SQL: true for rows of the reference, false for those judged, NULL for the others; and where they come from."""
    if "by" not in parameters:
        return f"{_by_condition(subject, parameters)} AS is_reference FROM {subject.relation}"
    by = needs(named_column(subject, str(parameters["by"])), *INSTANTS)
    days, before = (number_of(parameters, name) or usual for name, usual in (("days", 1), ("reference_days", 28)))
    day = f"CAST({by.sql} AS DATE)"
    return (
        f"CASE WHEN datediff(newest, {day}) < {days} THEN false"
        f" WHEN datediff(newest, {day}) < {days + before} THEN true END AS is_reference"
        f" FROM {subject.relation} CROSS JOIN (SELECT max({day}) AS newest FROM {subject.relation})"
    )


def _by_condition(subject: TableSubject, parameters: Parameters) -> str:
    if "reference" not in parameters:
        raise RuleRefused("drift needs a reference", found="neither by nor reference", expected="by or reference")
    reference = _checked(subject, str(parameters["reference"]), "reference")
    current = (
        f"WHEN {_checked(subject, str(parameters['current']), 'current')} THEN false"
        if "current" in parameters
        else "ELSE false"
    )
    return f"CASE WHEN {reference} THEN true {current} END"


def _checked(subject: TableSubject, text: str, what: str) -> str:
    known = {name: column.type for name, column in subject.row.columns.items()} | dict(subject.known)
    check_sql(text, known, what)
    return total(on_one_line(text))


def _population_stability(sided: str, parameters: Parameters, is_number: bool) -> str:
    bins = int(number_of(parameters, "bins") or 10)
    if is_number:
        cuts = ", ".join(repr(index / bins) for index in range(1, bins))
        edges = f"SELECT percentile(x, array({cuts})) FILTER (WHERE is_reference) AS edges FROM ({sided})"
        binned = (
            f"SELECT size(filter(edges, edge -> x > edge)) AS bin, is_reference FROM ({sided}) CROSS JOIN ({edges})"
        )
    else:
        binned = f"SELECT x AS bin, is_reference FROM ({sided})"
    counts = (
        "SELECT CAST(count_if(is_reference) AS DOUBLE) AS old, CAST(count_if(NOT is_reference) AS DOUBLE) AS new"
        f" FROM ({binned}) GROUP BY bin"
    )
    shares = (
        f"SELECT old, new, greatest(try_divide(old, sum(old) OVER ()), {_FLOOR}) AS expected,"
        f" greatest(try_divide(new, sum(new) OVER ()), {_FLOOR}) AS actual FROM ({counts})"
    )
    figures = (
        "SELECT coalesce(sum(old), 0) AS old, coalesce(sum(new), 0) AS new,"
        f" sum((actual - expected) * ln(actual / expected)) AS figure FROM ({shares})"
    )
    most = number_of(parameters, "max")
    limit = "0.2" if most is None else literal(most)
    return _compared(figures, "PSI", f"PSI at most {limit}", f"figure <= {limit}")


def _kolmogorov(sided: str, parameters: Parameters, _column: Subject) -> str:
    counts = (
        "SELECT x, CAST(count_if(is_reference) AS DOUBLE) AS old, CAST(count_if(NOT is_reference) AS DOUBLE) AS new"
        f" FROM ({sided}) GROUP BY x"
    )
    ranked = (
        "SELECT sum(old) OVER (ORDER BY x) AS old_upto, sum(new) OVER (ORDER BY x) AS new_upto,"
        f" sum(old) OVER () AS old_all, sum(new) OVER () AS new_all FROM ({counts})"
    )
    figures = (
        "SELECT coalesce(max(old_all), 0) AS old, coalesce(max(new_all), 0) AS new,"
        f" max(abs(try_divide(old_upto, old_all) - try_divide(new_upto, new_all))) AS figure FROM ({ranked})"
    )
    most = number_of(parameters, "max")
    factor = kolmogorov_factor(float(number_of(parameters, "significance") or 0.01))
    limit = f"{factor!r}D * sqrt((old + new) / (old * new))" if most is None else literal(most)
    text = f"D at most {most}" if most is not None else f"level {parameters.get('significance', '0.01')}"
    return _compared(figures, "D", f"Kolmogorov-Smirnov {text}", f"figure <= {limit}")


def _compared(figures: str, name: str, limit: str, ok: str) -> str:
    """The verdict; nothing is compared while one of the two sides has no value."""
    return verdict(
        figures,
        metric="CASE WHEN old > 0 AND new > 0 THEN figure END",
        observed="CASE WHEN new = 0 THEN 'no values to judge' WHEN old = 0 THEN 'no values in the reference' ELSE"
        f" concat('{name} = ', {number_sql('figure')}, ' (', CAST(new AS BIGINT), ' values against ',"
        " CAST(old AS BIGINT), ')') END",
        limit=limit,
        ok=f"CASE WHEN old > 0 AND new > 0 THEN {ok} ELSE true END",
    )


def _message(column: str, parameters: Parameters) -> str:
    since = parameters.get("reference", f"the {parameters.get('reference_days', 28)} days before")
    return f"{where_asked(column, parameters)} must be distributed as in the reference ({since})."


DRIFT = TableRuleKind(
    name="drift",
    suffix="without_drift",
    about="Values lie as in a reference: rows for which `reference` is true, or the days before the newest `days` by a "
    "date. psi: population stability index, the sum of (actual - expected) ln(actual / expected) over bins at the "
    "reference's quantiles, or over the values of text; an empty bin counts 0.0001; 0.1 is small, 0.25 large "
    "(Siddiqi, Credit Risk Scorecards, 2006). ks: two-sample Kolmogorov-Smirnov distance with `max`, or the "
    "asymptotic limit of a level. NULL, NaN and infinite values do not count; without values on both sides it holds.",
    query=_drift,
    message=_message,
    parameters=(
        Key("method", Choice(("psi", "ks")), "default: psi."),
        Key("reference", Text(), "SQL that is true for rows of the reference."),
        Key("current", Text(), "SQL that is true for rows to judge; default: every other row."),
        Key("by", COLUMN_NAME, "Instead of reference: the date or timestamp that says which rows are newest."),
        Key("days", Number(whole=True), "With by: so many newest days are judged; default: 1."),
        Key("reference_days", Number(whole=True), "With by: so many days before them are the reference; default: 28."),
        Key("max", Number(), "The greatest figure allowed; default for psi: 0.2."),
        Key("significance", Number(), "The level of ks where max is not stated; default: 0.01."),
        Key("bins", Number(whole=True), "Bins of psi for numbers; default: 10."),
        COLUMN,
    ),
    main="method",
    families=GROUPABLE,
    dimension="accuracy",
    names_columns=("column", "by"),
    may_sample=True,
    examples=(
        TableExample((*_OLD, *_SAME), _X, True, {"method": "psi", **_SINCE}, "x"),
        TableExample((*_OLD, *_HIGH), _X, False, {"method": "psi", **_SINCE, "column": "x"}),
        TableExample((*_OLD, *_SAME), _X, True, {"method": "ks", **_SINCE}, "x"),
        TableExample((*_OLD, *_HIGH), _X, False, {"method": "ks", "by": "at"}, "x"),
        TableExample(
            ({"x": "a", "at": "2026-01-01"}, {"x": "b", "at": "2026-01-02"}),
            {"x": "string", "at": "date"}, False, {"by": "at", "days": 1}, "x", "another word",
        ),
        TableExample(_SAME, _X, True, _SINCE, "x", "no reference"),
        TableExample(({"x": None, "at": "2026-01-02"}, *_OLD), _X, True, _SINCE, "x", "nothing but NULL to judge"),
        TableExample((), _X, True, {"by": "at"}, "x", "an empty table"),
    ),
)  # fmt: skip

TABLE_RULES = (DRIFT,)
