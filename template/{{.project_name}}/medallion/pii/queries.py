"""One query that counts for every column of some tables how many sampled values each detector matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..sql.words import identifier, literal
from .content import DETECTORS

# Values are looked at up to this many characters.
LONGEST = 1000


@dataclass(frozen=True)
class Sampled:
    """A table to look at: `relation` is SQL for its rows; one row of `share` is looked at, always the same ones."""

    name: str
    relation: str
    columns: tuple[str, ...]
    share: int = 1


def sample_query(tables: Sequence[Sampled]) -> str:
    """SQL of one row a column: `table_name`, `column_name`, `texts` (values that are not blank), a count a detector."""
    counts = ",\n  ".join(f"count_if({detector.condition('text')}) AS {detector.name}" for detector in DETECTORS)
    values = "\n  UNION ALL ".join(_values(table) for table in tables)
    return (
        f"SELECT table_name, column_name, count_if(text <> '') AS texts,\n  {counts}\nFROM (\n  {values}\n)\n"
        "GROUP BY table_name, column_name"
    )


def _values(table: Sampled) -> str:
    texts = ", ".join(
        f"{literal(name)}, left(trim(CAST({identifier(name)} AS STRING)), {LONGEST})" for name in table.columns
    )
    stacked = f"stack({len(table.columns)}, {texts}) AS (column_name, text)"
    kept = f" WHERE {_chosen(table)}" if table.share > 1 else ""
    return f"SELECT {literal(table.name)} AS table_name, {stacked} FROM {table.relation}{kept}"


def _chosen(table: Sampled) -> str:
    hashed = ", ".join(identifier(name) for name in table.columns)
    return f"pmod(xxhash64({hashed}), {table.share}) = 0"
