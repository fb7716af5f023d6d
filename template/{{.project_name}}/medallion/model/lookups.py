"""What a rule looks at besides the row itself; its verdict is found before the others and stored in `_context`."""

from __future__ import annotations

from dataclasses import dataclass

from ..sql.words import identifier

CONTEXT = "_context"


@dataclass(frozen=True)
class Reference:
    """The value of `column` stands in `other_column` of `table` (`silver.customers`); NULL refers to nothing.

    With `needs_value` a NULL is a violation.
    """

    column: str
    table: str
    other_column: str
    needs_value: bool = False


@dataclass(frozen=True)
class First:
    """The row is the first one with its values; a NULL among them repeats nothing unless `nulls_are_equal`.

    With `where` only rows for which that SQL is true are compared with each other.
    """

    columns: tuple[str, ...]
    nulls_are_equal: bool = False
    where: str | None = None


@dataclass(frozen=True)
class Accepted:
    """The snapshot that the row came with, named by `column`, was not refused."""

    column: str


Lookup = Reference | First | Accepted


def context_column(rule: str) -> str:
    """The SQL condition of a rule that looks around: what was found for it."""
    return f"{CONTEXT}.{identifier(rule)}"
