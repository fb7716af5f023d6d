"""What a contract makes, as plain values: tables, flows, expectations. Declared in Python or printed as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..sql.words import identifier, literal

Role = Literal["checked", "judged", "quarantine", "valid", "snapshots", "schema_changes", "table"]
Kind = Literal["streaming_table", "materialized_view", "temporary_view"]
JOINED = "input"


@dataclass(frozen=True)
class PlannedColumn:
    """A column of a declared column list; `mask` is the mask function's full name."""

    name: str
    type: str
    comment: str | None = None
    mask: str | None = None

    @property
    def ddl(self) -> str:
        """The column as the column list writes it."""
        comment = f" COMMENT {literal(self.comment)}" if self.comment else ""
        mask = f" MASK {self.mask}" if self.mask else ""
        return f"{identifier(self.name)} {self.type}{comment}{mask}"


@dataclass(frozen=True)
class Join:
    """A left join with the distinct rows of a table as it is now; `on` names the step before as `input`."""

    table: str
    select: tuple[str, ...]
    on: str


@dataclass(frozen=True)
class Step:
    """One query over the step before: rows that `where` keeps, columns that `select` lists.

    With joins the step before is called `input`.
    """

    select: tuple[str, ...]
    where: str | None = None
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class FlowPlan:
    """A query that feeds a table, from a stream of its source unless `is_batch`; `once` runs in one update only.

    A stored source may be erased from, a view may not. `query` is whole SQL, for what steps cannot say.
    """

    name: str
    source: str
    steps: tuple[Step, ...]
    source_is_stored: bool
    is_batch: bool = False
    once: bool = False
    query: str | None = None


@dataclass(frozen=True)
class Expectations:
    """Conditions by name, by what the pipeline does with a row that violates one."""

    warn: Mapping[str, str] = field(default_factory=dict)
    drop: Mapping[str, str] = field(default_factory=dict)
    fail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CdcPlan:
    """The clauses of AUTO CDC; conditions are SQL text, `sequence_by` is a column of the source."""

    name: str
    source: str
    keys: tuple[str, ...]
    sequence_by: str
    scd_type: Literal[1, 2]
    delete_when: str | None
    truncate_when: str | None
    except_columns: tuple[str, ...]
    track_history: tuple[str, ...]


@dataclass(frozen=True)
class TablePlan:
    """A table or view: `name` is what the pipeline calls it, fed by `flows` or by `cdc`."""

    name: str
    kind: Kind
    role: Role
    comment: str
    columns: tuple[PlannedColumn, ...]
    flows: tuple[FlowPlan, ...] = ()
    cdc: CdcPlan | None = None
    expectations: Expectations = Expectations()
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """The column list as one DDL text."""
        return ", ".join(column.ddl for column in self.columns)

    @property
    def is_stored(self) -> bool:
        """Whether it is in the catalog, with rows that masks, retention and erasure are about."""
        return self.kind != "temporary_view"
