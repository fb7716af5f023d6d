"""What rules of a table should measure, in plain Python over lists; None where there is nothing to measure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import erf, log, sqrt
from statistics import fmean, median, stdev

Numbers = Sequence[float]


def quantile(values: Numbers, share: float) -> float:
    """Between the two nearest of the sorted values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def zscore_share(values: Numbers) -> float:
    if len(values) < 2:
        return 0.0
    mean, spread = fmean(values), stdev(values)
    return sum(abs(value - mean) > 3 * spread for value in values) / len(values)


def iqr_share(values: Numbers) -> float:
    if not values:
        return 0.0
    low, high = quantile(values, 0.25), quantile(values, 0.75)
    reach = 1.5 * (high - low)
    return sum(value < low - reach or value > high + reach for value in values) / len(values)


def mad_share(values: Numbers) -> float:
    if not values:
        return 0.0
    middle = median(values)
    deviation = median(abs(value - middle) for value in values)
    return sum(0.6745 * abs(value - middle) > 3.5 * deviation for value in values) / len(values)


def pearson(pairs: Sequence[tuple[float, float]]) -> float | None:
    if not pairs:
        return None
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    mean_a, mean_b = fmean(first), fmean(second)
    up = sum((a - mean_a) * (b - mean_b) for a, b in pairs)
    down = sqrt(sum((a - mean_a) ** 2 for a in first) * sum((b - mean_b) ** 2 for b in second))
    return up / down if down else None


def kolmogorov(values: Numbers, cdf: Callable[[float], float]) -> float | None:
    """The greatest distance between the steps of the values and a distribution function."""
    if not values:
        return None
    ordered = sorted(values)
    distances = []
    for value in set(ordered):
        here, before = bisect_right(ordered, value) / len(ordered), bisect_left(ordered, value) / len(ordered)
        distances += [abs(here - cdf(value)), abs(cdf(value) - before)]
    return max(distances)


def normal(mean: float, spread: float) -> Callable[[float], float]:
    return lambda value: 0.5 * (1 + erf((value - mean) / (spread * sqrt(2))))


def uniform(low: float, high: float) -> Callable[[float], float]:
    return lambda value: min(max((value - low) / (high - low), 0.0), 1.0)


def chi_square(values: Numbers, edges: Numbers) -> float | None:
    """Against the same share between each two edges."""
    if not values:
        return None
    found = Counter(bisect_left(edges, value) for value in values)
    expected = len(values) / (len(edges) + 1)
    return sum((found[index] - expected) ** 2 / expected for index in range(len(edges) + 1))


def two_sample_distance(old: Numbers, new: Numbers) -> float | None:
    if not old or not new:
        return None
    first, second = sorted(old), sorted(new)
    return max(
        abs(bisect_right(first, value) / len(first) - bisect_right(second, value) / len(second))
        for value in {*first, *second}
    )


def stability(old: Numbers, new: Numbers, bins: int = 10) -> float | None:
    if not old or not new:
        return None
    edges = [quantile(old, index / bins) for index in range(1, bins)]
    counts = [Counter(bisect_left(edges, value) for value in values) for values in (old, new)]
    total = 0.0
    for index in {*counts[0], *counts[1]}:
        expected, actual = max(counts[0][index] / len(old), 0.0001), max(counts[1][index] / len(new), 0.0001)
        total += (actual - expected) * log(actual / expected)
    return total


def missing_numbers(values: Sequence[int]) -> float:
    return float(sum(after - before - 1 for before, after in pairwise(sorted(set(values)))))


def falling(values: Sequence[tuple[int, int]]) -> float:
    """How many values are below the one before, in the order of the first of each pair."""
    return float(sum(after < before for (_, before), (_, after) in pairwise(sorted(values))))


def undecided(pairs: Sequence[tuple[int, int]]) -> float:
    """How many first values stand with several second ones."""
    seconds = defaultdict(set)
    for first, second in pairs:
        seconds[first].add(second)
    return float(sum(len(found) > 1 for found in seconds.values()))


def volume_change(days: Sequence[int], usual: Callable[[Numbers], float], periods: int = 7) -> float | None:
    """The rows of the newest day against the days with rows before it."""
    counts = [count for _, count in sorted(Counter(days).items())]
    return counts[-1] / usual(counts[-1 - periods : -1]) - 1 if len(counts) > 1 else None


def missing_days(days: Sequence[int], left_out: frozenset[int] = frozenset()) -> float:
    """Days from 1970-01-01 between the first and the last that do not occur; weekdays count from Sunday, 0."""
    kept = [day for day in days if (day + 4) % 7 not in left_out]
    expected = range(min(kept), max(kept) + 1) if kept else range(0)
    return float(sum((day + 4) % 7 not in left_out and day not in set(kept) for day in expected))
