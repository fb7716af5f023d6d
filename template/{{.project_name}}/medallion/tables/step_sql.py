"""Steps as SQL text: each one reads the one before as a subquery."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from .plan import JOINED, Step


def steps_sql(steps: Sequence[Step], source: str) -> str:
    """The query that the steps make of a source: a table's name or a query in parentheses."""
    for step in steps[:-1]:
        source = f"(\n{indent(_select(step, source), '    ')}\n)"
    return _select(steps[-1], source)


def _select(step: Step, source: str) -> str:
    columns = indent(",\n".join(step.select), "    ")
    where = f"\nWHERE {step.where}" if step.where else ""
    return f"SELECT\n{columns}\nFROM {_joined(step, source)}{where}"


def _joined(step: Step, source: str) -> str:
    joins = [
        f"LEFT JOIN (SELECT DISTINCT {', '.join(join.select)} FROM {join.table})\n    ON {join.on}"
        for join in step.joins
    ]
    return "\n".join([f"{source} AS {JOINED}", *joins]) if joins else source
