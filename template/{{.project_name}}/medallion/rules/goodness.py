"""Limits of two tests of a distribution, for a level of significance.

>>> round(kolmogorov_factor(0.05), 3), round(chi_square_limit(9, 0.05), 2)
(1.358, 16.9)
"""

from __future__ import annotations

from math import log, sqrt
from statistics import NormalDist


def kolmogorov_factor(level: float) -> float:
    """What D times the square root of n exceeds with this probability, asymptotically: sqrt(-ln(level / 2) / 2).

    Smirnov, Table for estimating the goodness of fit of empirical distributions, Ann. Math. Stat. 19, 1948.
    """
    return sqrt(-log(level / 2) / 2)


def chi_square_limit(freedom: int, level: float) -> float:
    """What chi-square with these degrees of freedom exceeds with this probability, to about one percent.

    Wilson and Hilferty, The distribution of chi-square, PNAS 17, 1931: its cube root is nearly normal.
    """
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + NormalDist().inv_cdf(1 - level) * sqrt(part)) ** 3)
