"""`distribution`: values lie as a normal or uniform distribution would have them, or as stored quantiles say."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist

from ..sql.words import literal
from ..yaml_files.shapes import Choice, Key, ListOf, Number
from .goodness import chi_square_limit, kolmogorov_factor
from .kinds import Parameters, RuleRefused, TableExample, TableRuleKind, TableSubject, Value, number_of
from .table_query import COLUMN, NUMBERS, asked_column, finite, needs, number_sql, verdict, where_asked

SHAPES = ("normal", "uniform", "quantiles")
_PARAMETERS = {"normal": ("mean", "stddev"), "uniform": ("from", "to"), "quantiles": ("quantiles",)}
_X = {"x": "double"}
_EVEN = tuple({"x": str(number)} for number in range(100))
_LOW = tuple({"x": str(number % 10)} for number in range(100))
_BELL = tuple({"x": f"{NormalDist().inv_cdf((number + 0.5) / 100):.4f}"} for number in range(100))


def _distribution(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *NUMBERS)
    _refuse(parameters)
    values = f"SELECT x FROM (SELECT {finite(column)} AS x FROM {subject.relation}) WHERE x IS NOT NULL"
    with_parameters = f"SELECT x, {_first(parameters)} AS a, {_second(parameters)} AS b FROM ({values})"
    if parameters.get("test") == "chi_square":
        return _chi_square(with_parameters, parameters)
    return _kolmogorov(with_parameters, parameters)


def _kolmogorov(values: str, parameters: Parameters) -> str:
    counted = (
        f"SELECT x, any_value(a) AS a, any_value(b) AS b, CAST(count(*) AS DOUBLE) AS found FROM ({values}) GROUP BY x"
    )
    ranked = f"SELECT *, sum(found) OVER (ORDER BY x) AS upto, sum(found) OVER () AS total FROM ({counted})"
    expected = (
        f"SELECT upto / total AS here, (upto - found) / total AS before, total, {_cdf(parameters)} AS cdf"
        f" FROM ({ranked})"
    )
    figures = (
        "SELECT coalesce(max(total), 0) AS total,"
        f" coalesce(max(greatest(abs(here - cdf), abs(cdf - before))), 1) AS figure FROM ({expected})"
    )
    most = number_of(parameters, "max")
    level = number_of(parameters, "significance") or "0.01"
    limit = f"{kolmogorov_factor(float(level))!r}D / sqrt(total)" if most is None else literal(most)
    return verdict(
        figures,
        metric="CASE WHEN total > 0 THEN figure END",
        observed=f"CASE WHEN total = 0 THEN 'no values' ELSE concat('D = ', {number_sql('figure')}, ' of ',"
        " CAST(total AS BIGINT), ' values') END",
        limit=f"Kolmogorov-Smirnov D at most {most}" if most is not None else f"Kolmogorov-Smirnov at level {level}",
        ok=f"total = 0 OR figure <= {limit}",
    )


def _chi_square(values: str, parameters: Parameters) -> str:
    edges, bins = _edges(parameters)
    binned = f"SELECT size(filter(array({', '.join(edges)}), edge -> x > edge)) AS bin FROM ({values})"
    per_bin = f"SELECT CAST(count(*) AS DOUBLE) AS found FROM ({binned}) GROUP BY bin"
    figures = (
        f"SELECT coalesce(sum(found), 0) AS total, {bins} * sum(found * found) / nullif(sum(found), 0) - sum(found)"
        f" AS figure FROM ({per_bin})"
    )
    most = number_of(parameters, "max")
    level = number_of(parameters, "significance") or "0.01"
    freedom = max(bins - 1 - _estimated(parameters), 1)
    limit = repr(chi_square_limit(freedom, float(level))) + "D" if most is None else literal(most)
    return verdict(
        figures,
        metric="figure",
        observed=f"CASE WHEN total = 0 THEN 'no values' ELSE concat('chi-square = ', {number_sql('figure')}, ' of ',"
        " CAST(total AS BIGINT), ' values') END",
        limit=f"chi-square at most {most}" if most is not None else f"chi-square at level {level}, {freedom} degrees",
        ok=f"total = 0 OR figure <= {limit}",
    )


def _first(parameters: Parameters) -> str:
    """SQL for the first parameter of the distribution: as stated, or estimated from the values."""
    estimate = {"normal": "avg(x) OVER ()", "uniform": "min(x) OVER ()"}
    return _stated(parameters, 0) or estimate.get(str(parameters["shape"]), "0D")


def _second(parameters: Parameters) -> str:
    estimate = {"normal": "stddev_samp(x) OVER ()", "uniform": "max(x) OVER ()"}
    return _stated(parameters, 1) or estimate.get(str(parameters["shape"]), "0D")


def _stated(parameters: Parameters, place: int) -> str | None:
    names = _PARAMETERS[str(parameters["shape"])]
    value = number_of(parameters, names[place]) if len(names) > place else None
    return None if value is None else f"CAST({literal(value)} AS DOUBLE)"


def _estimated(parameters: Parameters) -> int:
    shape = str(parameters["shape"])
    return 0 if shape == "quantiles" else sum(name not in parameters for name in _PARAMETERS[shape])


def _cdf(parameters: Parameters) -> str:
    """SQL for the share of values that should be at most x."""
    shape = str(parameters["shape"])
    if shape == "normal":
        return normal_cdf("try_divide(x - a, b)")
    if shape == "uniform":
        return "least(greatest(try_divide(x - a, b - a), 0D), 1D)"
    return _interpolated([float(str(one)) for one in _quantiles(parameters)])


def normal_cdf(z: str) -> str:
    """SQL for the standard normal distribution function at z.

    Formula 26.2.17 of Abramowitz and Stegun, Handbook of Mathematical Functions, 1964; error below 7.5e-8.
    """
    t = f"(1D / (1D + 0.2316419D * abs({z})))"
    polynomial = "1.330274429D"
    for coefficient in ("-1.821255978D", "1.781477937D", "-0.356563782D", "0.319381530D"):
        polynomial = f"({coefficient} + {t} * {polynomial})"
    tail = f"(0.3989422804014327D * exp(-0.5D * ({z}) * ({z})) * {t} * {polynomial})"
    return f"CASE WHEN {z} >= 0 THEN 1D - {tail} ELSE {tail} END"


def _interpolated(quantiles: list[float]) -> str:
    """SQL for the share at x between stored quantiles, which are equally far from each other in share."""
    steps = len(quantiles) - 1
    parts = [f"WHEN x <= {quantiles[0]!r}D THEN 0D"]
    for index, (low, high) in enumerate(pairwise(quantiles)):
        parts.append(f"WHEN x < {high!r}D THEN ({index}D + (x - {low!r}D) / {high - low!r}D) / {steps}D")
    return f"CASE {' '.join(parts)} ELSE 1D END"


def _edges(parameters: Parameters) -> tuple[list[str], int]:
    """SQL for the edges between bins that hold equal shares, and how many bins there are."""
    shape = str(parameters["shape"])
    if shape == "quantiles":
        inner = _quantiles(parameters)[1:-1]
        return [f"{float(str(one))!r}D" for one in inner], len(inner) + 1
    bins = int(number_of(parameters, "bins") or 10)
    shares = [index / bins for index in range(1, bins)]
    if shape == "uniform":
        return [f"a + (b - a) * {share!r}D" for share in shares], bins
    return [f"a + b * {NormalDist().inv_cdf(share)!r}D" for share in shares], bins


def _quantiles(parameters: Parameters) -> tuple[Value, ...]:
    given = parameters.get("quantiles", ())
    return given if isinstance(given, tuple) else (given,)


def _refuse(parameters: Parameters) -> None:
    shape = str(parameters["shape"])
    foreign = [name for names in _PARAMETERS.values() for name in names if name in parameters]
    wrong = [name for name in foreign if name not in _PARAMETERS[shape]]
    if wrong:
        raise RuleRefused(f"{shape} has no {wrong[0]}", found=wrong[0], expected=", ".join(_PARAMETERS[shape]))
    if shape == "quantiles":
        _refuse_quantiles(_quantiles(parameters))
    if (number_of(parameters, "stddev") or 1) <= 0 or (number_of(parameters, "bins") or 10) < 2:
        raise RuleRefused("stddev is above 0 and bins at least 2", found="less", expected="stddev: 1, bins: 10")
    if not 0 < (number_of(parameters, "significance") or 0.01) < 1:
        raise RuleRefused("a level lies between 0 and 1", found=str(parameters["significance"]), expected="0.01")


def _refuse_quantiles(quantiles: tuple[Value, ...]) -> None:
    numbers = [float(str(one)) for one in quantiles]
    if len(numbers) < 3 or any(low >= high for low, high in pairwise(numbers)):
        raise RuleRefused(
            "quantiles are at least three rising numbers",
            found=", ".join(map(str, quantiles)) or "none",
            expected="smallest value, quantiles at equal shares, greatest value",
        )


def _message(column: str, parameters: Parameters) -> str:
    words = {"quantiles": "as the stored quantiles say"}
    shape = str(parameters["shape"])
    return f"{where_asked(column, parameters)} must be distributed {words.get(shape, f'as a {shape} distribution')}."


DISTRIBUTION = TableRuleKind(
    name="distribution",
    suffix="distributed_as_stated",
    about="Values lie as a distribution says. ks: Kolmogorov-Smirnov distance D, the greatest difference between the "
    "shares found and expected; its limit is `max`, or the asymptotic one of a level, sqrt(-ln(level / 2) / 2n) "
    "(Smirnov, Annals of Mathematical Statistics 19, 1948). chi_square: over bins that should hold equal shares "
    "(Pearson, Philosophical Magazine 50, 1900), with the limit of a level by Wilson and Hilferty (PNAS 17, 1931). "
    "Parameters that are not stated are estimated from the values, which makes the ks test lenient (Lilliefors, JASA "
    "62, 1967). With many rows any level finds a difference: state `max`. NULL, NaN and infinite values do not count; "
    "no values hold.",
    query=_distribution,
    message=_message,
    parameters=(
        Key("shape", Choice(SHAPES), "normal, uniform or quantiles.", required=True),
        Key("mean", Number(), "Of a normal distribution; default: estimated."),
        Key("stddev", Number(), "Of a normal distribution; default: estimated."),
        Key("from", Number(), "The smallest value of a uniform distribution; default: estimated."),
        Key("to", Number(), "The greatest value of a uniform distribution; default: estimated."),
        Key("quantiles", ListOf(Number(), 3), "A profile: smallest value, quantiles at equal shares, greatest value."),
        Key("test", Choice(("ks", "chi_square")), "default: ks."),
        Key("max", Number(), "The greatest figure allowed: D from 0 to 1, or chi-square."),
        Key("significance", Number(), "The level of the test where max is not stated; default: 0.01."),
        Key("bins", Number(whole=True), "Bins of chi_square; default: 10; for quantiles one between each two."),
        COLUMN,
    ),
    main="shape",
    families=NUMBERS,
    dimension="accuracy",
    names_columns=("column",),
    may_sample=True,
    examples=(
        TableExample(_BELL, _X, True, {"shape": "normal", "mean": 0, "stddev": 1}, "x"),
        TableExample(_LOW, _X, False, {"shape": "normal", "mean": 0, "stddev": 1, "column": "x"}),
        TableExample(_EVEN, _X, True, {"shape": "uniform", "test": "chi_square"}, "x"),
        TableExample(_LOW, _X, False, {"shape": "uniform", "from": 0, "to": 99, "test": "chi_square"}, "x"),
        TableExample(_EVEN, _X, True, {"shape": "quantiles", "quantiles": (0, 25, 50, 75, 100)}, "x"),
        TableExample(_LOW, _X, False, {"shape": "quantiles", "quantiles": (0, 25, 50, 75, 100)}, "x"),
        TableExample((), _X, True, {"shape": "normal"}, "x", "an empty table"),
        TableExample(({"x": None}, {"x": "NaN"}), _X, True, {"shape": "uniform"}, "x", "nothing that counts"),
        TableExample(({"x": "1"},), _X, True, {"shape": "normal"}, "x", "one value"),
    ),
)

TABLE_RULES = (DISTRIBUTION,)
