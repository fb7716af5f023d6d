"""Where the rows are: the local lakehouse, or the workspace behind its SQL warehouse. Both only read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from medallion_toolkit.deployment.warehouse import Warehouse
    from medallion_toolkit.engine.run import LocalRun

MOST_ROWS = 100_000
_MARK = re.compile(r"\[\[([^\]]+)\]\]")

Row = Mapping[str, object]


class Lakehouse(Protocol):
    """Answers SQL whose tables stand as marks: `[[silver.orders]]`."""

    @property
    def place(self) -> str: ...
    def rows(self, sql: str) -> Sequence[Row]: ...
    def columns(self, table: str) -> Mapping[str, str] | None: ...


@dataclass(frozen=True)
class LocalLakehouse:
    """The tables of the last local run."""

    run: LocalRun

    @property
    def place(self) -> str:
        return "local"

    def rows(self, sql: str) -> Sequence[Row]:
        """The rows that answer the query."""
        from medallion_toolkit.engine.answering import answer

        return answer(self.run, unmarked(sql, lambda name: name), MOST_ROWS).values

    def columns(self, table: str) -> Mapping[str, str] | None:
        """Columns and types of a table, None when no run has made it."""
        from medallion_toolkit.engine.answering import answer
        from medallion_toolkit.graph.order import find_dataset

        project = self.run.project
        key = find_dataset(project.graph, table, project.display)
        if not self.run.store.exists(key):
            return None
        return {str(row["col_name"]): str(row["data_type"]) for row in answer(self.run, f"DESCRIBE {table}", 1).values}


@dataclass(frozen=True)
class WorkspaceLakehouse:
    """The tables of a target; `schemas` maps layers to `catalog.schema`."""

    target: str
    warehouse: Warehouse
    schemas: Mapping[str, str]

    @property
    def place(self) -> str:
        return self.target

    def rows(self, sql: str) -> Sequence[Row]:
        """The rows that answer the query, every value as text."""
        return self.warehouse.rows(unmarked(sql, self._full))

    def columns(self, table: str) -> Mapping[str, str] | None:
        """Columns and types of a table, None when the target has no such table."""
        schema, _, name = self._full(table).replace("`", "").rpartition(".")
        catalog, _, schema = schema.rpartition(".")
        found = self.warehouse.rows(
            f"SELECT column_name, full_data_type FROM `{catalog}`.information_schema.columns "
            f"WHERE table_schema = '{schema}' AND table_name = '{name}' ORDER BY ordinal_position"
        )
        return {str(row["column_name"]): str(row["full_data_type"]) for row in found} or None

    def _full(self, name: str) -> str:
        layer, _, table = name.rpartition(".")
        schema = self.schemas.get(layer, layer)
        return ".".join(f"`{part}`" for part in (*schema.split("."), table))


def unmarked(sql: str, name: Callable[[str], str]) -> str:
    """The text with each mark replaced by the table's name.

    >>> unmarked("SELECT * FROM [[silver.orders]]", str.upper)
    'SELECT * FROM SILVER.ORDERS'
    """
    return _MARK.sub(lambda found: name(found[1]), sql)


def whole(value: object) -> int:
    """A count, which a warehouse gives as text."""
    return int(str(value))


def truth(value: object) -> bool:
    """A Boolean, which a warehouse gives as text."""
    return str(value).lower() == "true"
