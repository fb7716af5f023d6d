"""Chance that repeats: the same seed gives the same throws on every machine and Python version."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws drawn from SHA-256 of a seed and a counter.

    >>> Dice("orders").below(6) == Dice("orders").below(6)
    True
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._throws = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        self._throws += 1
        digest = hashlib.sha256(f"{self._seed}:{self._throws}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def one_of(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self.below(len(values))]

    def happens(self, percent: int) -> bool:
        """True in about `percent` of a hundred throws."""
        return self.below(100) < percent

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The values in another order."""
        rest = list(values)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]
