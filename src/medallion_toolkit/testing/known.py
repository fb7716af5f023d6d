"""What the tests of one session find out about a project, so that each finds it once."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType


@dataclass(frozen=True)
class Constant:
    """Rows that no given row reaches, with the keys of all that they were made of."""

    frame: DataFrame
    ancestors: frozenset[str]


@dataclass(frozen=True)
class Known:
    """Columns of datasets, which of them one batch makes as any stream does, and rows that are always the same.

    `without_events` are the AUTO CDC targets as they are when no event arrives.
    """

    schemas: dict[str, StructType] = field(default_factory=dict)
    plain: dict[str, bool] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    without_events: dict[str, DataFrame] = field(default_factory=dict)

    def constant(self, key: str, changed: Set[str]) -> Constant | None:
        """The rows of `key` when nothing they are made of is among `changed`."""
        found = self.constants.get(key)
        return found if found is not None and not (found.ancestors & changed) else None
