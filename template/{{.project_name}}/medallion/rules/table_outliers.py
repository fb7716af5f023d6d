"""`outliers`: values far from the others, by z-score, by quartiles or by the median's deviation."""

from __future__ import annotations

from decimal import Decimal

from ..sql.words import literal
from ..yaml_files.shapes import Choice, Key, Number
from .kinds import Parameters, RuleRefused, TableExample, TableRuleKind, TableSubject, number_of
from .table_query import COLUMN, NUMBERS, asked_column, counted, finite, needs, where_asked

_FACTORS = {"zscore": Decimal(3), "iqr": Decimal("1.5"), "mad": Decimal("3.5")}
_X = {"x": "double"}
_ONE_FAR = tuple({"x": text} for text in ("1", "2", "3", "4", "5", "6", "7", "1000"))


def outside(value: str, method: str, factor: Decimal) -> str:
    """SQL: whether a value is an outlier; reads `mean`, `spread`, `low`, `high`, `median`, `deviation`."""
    if method == "zscore":
        return f"abs({value} - mean) > {literal(factor)} * spread"
    if method == "iqr":
        return (
            f"({value} < low - {literal(factor)} * (high - low) OR {value} > high + {literal(factor)} * (high - low))"
        )
    return f"0.6745D * abs({value} - median) > {literal(factor)} * deviation"


def _figures(values: str, method: str) -> str:
    if method == "zscore":
        return f"SELECT avg(x) AS mean, stddev_samp(x) AS spread FROM ({values})"
    if method == "iqr":
        return f"SELECT percentile(x, 0.25) AS low, percentile(x, 0.75) AS high FROM ({values})"
    middle = f"SELECT percentile(x, 0.5) AS median FROM ({values})"
    return (
        "SELECT any_value(median) AS median, percentile(abs(x - median), 0.5) AS deviation"
        f" FROM ({values}) CROSS JOIN ({middle})"
    )


def _outliers(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *NUMBERS)
    method = str(parameters["method"])
    factor = Decimal(number_of(parameters, "factor") or _FACTORS[method])
    if factor < 0:
        raise RuleRefused("a factor is not negative", found=str(factor), expected=f"{_FACTORS[method]}, for example")
    values = f"SELECT x FROM (SELECT {finite(column)} AS x FROM {subject.relation}) WHERE x IS NOT NULL"
    judged = f"SELECT count_if({outside('x', method, factor)}) AS failing, count(*) AS total"
    return counted(
        subject, f"{judged} FROM ({values}) CROSS JOIN ({_figures(values, method)})", "values far out", is_share=True
    )


def _message(column: str, parameters: Parameters) -> str:
    factor = parameters.get("factor", _FACTORS[str(parameters["method"])])
    words = {"zscore": "standard deviations from the mean", "iqr": "interquartile ranges beyond the quartiles"}
    far = words.get(str(parameters["method"]), "deviations (modified z-score) from the median")
    return f"{where_asked(column, parameters)} may not be more than {factor} {far}."


OUTLIERS = TableRuleKind(
    name="outliers",
    suffix="without_outliers",
    about="Few values are far from the others; the metric is their share, `limit` says how many are allowed. "
    "zscore: more than 3 sample standard deviations from the mean. iqr: more than 1.5 interquartile ranges beyond "
    "the quartiles (Tukey, Exploratory Data Analysis, 1977). mad: modified z-score 0.6745 |x - median| / MAD above 3.5 "
    "(Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993); when more than half of the values are equal "
    "the MAD is 0 and every other value is far. Quantiles interpolate linearly. NULL, NaN and infinite values do not "
    "count.",
    query=_outliers,
    message=_message,
    parameters=(
        Key("method", Choice(tuple(_FACTORS)), "zscore, iqr or mad.", required=True),
        Key("factor", Number(), "How far is far; default: 3, 1.5 or 3.5."),
        COLUMN,
    ),
    main="method",
    families=NUMBERS,
    dimension="accuracy",
    names_columns=("column",),
    counts_rows=True,
    may_sample=True,
    examples=(
        TableExample(_ONE_FAR[:-1], _X, True, {"method": "mad"}, "x"),
        TableExample(_ONE_FAR, _X, False, {"method": "mad"}, "x"),
        TableExample(_ONE_FAR, _X, False, {"method": "iqr", "column": "x"}),
        TableExample(_ONE_FAR, _X, True, {"method": "zscore"}, "x", "one of eight cannot be 3 deviations away"),
        TableExample(_ONE_FAR, _X, False, {"method": "zscore", "factor": 2}, "x"),
        TableExample(({"x": "1"}, {"x": "1"}, {"x": "NaN"}, {"x": None}), _X, True, {"method": "mad"}, "x"),
        TableExample((), _X, True, {"method": "mad"}, "x", "an empty table"),
        TableExample(({"x": "5"},), _X, True, {"method": "zscore"}, "x", "one value"),
    ),
)

TABLE_RULES = (OUTLIERS,)
