"""The figures of table rules are those of plain Python over the same rows, whatever the rows are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from math import isclose
from statistics import NormalDist, fmean, median, stdev
from typing import TYPE_CHECKING

import pytest
import table_rule_oracle as oracle
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from table_rule_rows import answers, bound, kind_called, query

from medallion.rules.goodness import chi_square_limit, kolmogorov_factor
from medallion.rules.kinds import Parameters

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# One run asks every rule about every table of the example, so none is spent on shrinking.
SPARK_RUNS = settings(
    max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None
)
TYPES = {"a": "int", "b": "double", "on_day": "date"}
PROFILE = (-60, -20, 0, 25, 60)
Rows = list[tuple[int | None, int | None, int]]
Asked = tuple[str, Parameters, str | None]

tables = st.lists(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(-50, 50)),
            st.one_of(st.none(), st.integers(-50, 50)),
            st.integers(20000, 20020),
        ),
        max_size=60,
    ),
    min_size=2,
    max_size=2,
)

RULES: Mapping[str, Asked] = {
    "sum": ("sum_bounds", {"min": 0}, "a"),
    "mean": ("mean_bounds", {"min": 0}, "a"),
    "stddev": ("stddev_bounds", {"min": 0}, "a"),
    "null ratio": ("null_ratio", {}, "a"),
    "distinct ratio": ("distinct_ratio", {"min": 0}, "a"),
    "repeats": ("unique", {}, "a"),
    "zscore": ("outliers", {"method": "zscore"}, "a"),
    "iqr": ("outliers", {"method": "iqr"}, "a"),
    "mad": ("outliers", {"method": "mad"}, "a"),
    "pearson": ("correlation", {"columns": ("a", "b"), "min": 0}, None),
    "ks normal": ("distribution", {"shape": "normal", "mean": 0, "stddev": 30}, "a"),
    "ks normal, estimated": ("distribution", {"shape": "normal"}, "a"),
    "ks uniform": ("distribution", {"shape": "uniform", "from": -50, "to": 50}, "b"),
    "ks profile": ("distribution", {"shape": "quantiles", "quantiles": PROFILE}, "a"),
    "chi-square profile": ("distribution", {"shape": "quantiles", "quantiles": PROFILE, "test": "chi_square"}, "a"),
    "chi-square normal": ("distribution", {"shape": "normal", "mean": 0, "stddev": 30, "test": "chi_square"}, "a"),
    "psi": ("drift", {"method": "psi", "by": "on_day", "days": 7}, "a"),
    "two samples": ("drift", {"method": "ks", "by": "on_day", "days": 7}, "a"),
    "gaps": ("no_gaps", {}, "a"),
    "falling": ("monotonic", {"by": "b"}, "a"),
    "undecided": ("functional_dependency", {"depends_on": ("b",)}, "a"),
    "volume, mean": ("volume_change", {"max": "1 %"}, "on_day"),
    "volume, median": ("volume_change", {"max": "1 %", "against": "median", "periods": 4}, "on_day"),
    "missing days": ("completeness_per_period", {}, "on_day"),
    "missing weekdays": ("completeness_per_period", {"except": ("saturday", "sunday")}, "on_day"),
}


def measured(rows: Rows) -> dict[str, float | None]:
    """What plain Python finds."""
    numbers = [a for a, _, _ in rows if a is not None]
    others = [b for _, b, _ in rows if b is not None]
    pairs = [(a, b) for a, b, _ in rows if a is not None and b is not None]
    days = [day for _, _, day in rows]
    newest = max(days, default=0)
    old = [a for a, _, day in rows if a is not None and newest - 35 < day <= newest - 7]
    new = [a for a, _, day in rows if a is not None and day > newest - 7]
    edges = [NormalDist(0, 30).inv_cdf(index / 10) for index in range(1, 10)]
    return {
        "sum": sum(numbers),
        "mean": fmean(numbers) if numbers else None,
        "stddev": stdev(numbers) if len(numbers) > 1 else None,
        "null ratio": (len(rows) - len(numbers)) / len(rows) if rows else 0,
        "distinct ratio": len(set(numbers)) / len(numbers) if numbers else None,
        "repeats": len(numbers) - len(set(numbers)),
        "zscore": oracle.zscore_share(numbers),
        "iqr": oracle.iqr_share(numbers),
        "mad": oracle.mad_share(numbers),
        "pearson": oracle.pearson(pairs),
        "ks normal": oracle.kolmogorov(numbers, oracle.normal(0, 30)),
        "ks normal, estimated": _estimated(numbers),
        "ks uniform": oracle.kolmogorov(others, oracle.uniform(-50, 50)),
        "ks profile": oracle.kolmogorov(numbers, _profile),
        "chi-square profile": oracle.chi_square(numbers, PROFILE[1:-1]),
        "chi-square normal": oracle.chi_square(numbers, edges),
        "psi": oracle.stability(old, new),
        "two samples": oracle.two_sample_distance(old, new),
        "gaps": oracle.missing_numbers(numbers),
        "falling": oracle.falling([(b, a) for a, b in pairs]),
        "undecided": oracle.undecided([(b, a) for a, b, _ in rows if b is not None and a is not None]),
        "volume, mean": oracle.volume_change(days, fmean),
        "volume, median": oracle.volume_change(days, median, 4),
        "missing days": oracle.missing_days(days),
        "missing weekdays": oracle.missing_days(days, frozenset((0, 6))),
    }


def _estimated(numbers: list[int]) -> float | None:
    if len(set(numbers)) < 2:
        return 1.0 if numbers else None
    return oracle.kolmogorov(numbers, oracle.normal(fmean(numbers), stdev(numbers)))


def _profile(value: float) -> float:
    for index, (low, high) in enumerate(pairwise(PROFILE)):
        if value < high:
            return max((index + (value - low) / (high - low)) / 4, 0.0)
    return 1.0


def as_text(rows: Rows) -> list[dict[str, str | None]]:
    def text(value: int | None) -> str | None:
        return None if value is None else str(value)

    start = date(1970, 1, 1)
    return [{"a": text(a), "b": text(b), "on_day": str(start + timedelta(day))} for a, b, day in rows]


@pytest.mark.spark
@settings(SPARK_RUNS)
@given(tables=tables)
def test_figures_are_those_of_plain_python(spark: SparkSession, tables: list[Rows]) -> None:
    tables = [*tables, [(7, 7, 20000)] * 3]
    asked = [
        bound(query(kind_called(kind), TYPES, parameters, column), as_text(rows), TYPES)
        for rows in tables
        for kind, parameters, column in RULES.values()
    ]
    found = [row["metric"] for row in answers(spark, asked)]
    expected = [(rows, name, figure) for rows in tables for name, figure in measured(rows).items()]
    assert [name for _, name, _ in expected] == [*RULES] * len(tables)
    wrong = [
        (name, figure, metric, rows)
        for (rows, name, figure), metric in zip(expected, found, strict=True)
        if (figure is None) != (metric is None)
        or (figure is not None and not isclose(figure, metric, rel_tol=1e-6, abs_tol=1e-6))
    ]
    assert wrong == []


def test_limits_of_the_tests_are_the_tabulated_ones() -> None:
    """Chi-square table, and 1.36 and 1.63 of the Kolmogorov table for large n."""
    table = {(1, 0.05): 3.841, (9, 0.05): 16.919, (9, 0.01): 21.666, (99, 0.01): 134.642}
    for (freedom, level), value in table.items():
        assert isclose(chi_square_limit(freedom, level), value, rel_tol=0.03)
    assert isclose(kolmogorov_factor(0.05), 1.358, abs_tol=0.001)
    assert isclose(kolmogorov_factor(0.01), 1.628, abs_tol=0.001)
