"""Contracts by the names that people give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from medallion_toolkit.errors import Place, UsageError, nearest

Named = TypeVar("Named")


def find_named(contracts: Sequence[Named], name: str, table_of: Callable[[Named], str]) -> Named:
    """The contract of `silver.orders`, or of `orders` when only one layer has it; UsageError for no or several."""
    tables = [table_of(one) for one in contracts]
    bare = [table.partition(".")[2] for table in tables]
    found = [place for place, names in enumerate(zip(tables, bare, strict=True)) if name in names]
    if len(found) == 1:
        return contracts[found[0]]
    close = nearest(name, [*tables, *bare])
    raise UsageError(
        "MED320",
        f"several contracts are called {name}" if found else f"there is no contract {name}",
        place=Place("contracts"),
        found=name,
        expected=", ".join(tables[place] for place in found) or ", ".join(tables) or "a contract",
        help=f"did you mean {close}?" if close and not found else None,
    )
