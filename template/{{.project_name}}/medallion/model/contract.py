"""What a contract states, as frozen values; rules are already SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ..errors import Position
from ..sql.column_types import ColumnType
from .lookups import Lookup
from .making import DEFAULT_MAKING, Making, TableKind
from .sections import Catalog, Compliance, Evolution, Monitoring, Performance, Testing

OnFail = Literal["warn", "tag", "drop", "quarantine", "fail"]
Severity = Literal["minor", "major", "critical"]
MASKED_CLASSES = ("pii",)
SOURCE_COLUMN = "_source"
START = Position("contract.yml")


@dataclass(frozen=True)
class Column:
    """A column of a contract."""

    name: str
    type: ColumnType
    position: Position
    description: str | None = None
    classification: str | None = None
    date_format: str | None = None
    normalized: str | None = None
    """SQL that brings the value as it came into its form before it is typed and judged."""

    @property
    def is_changed(self) -> bool:
        """Whether the stored value may differ from the value as it came, which `_source` keeps then."""
        return not self.type.is_text or self.normalized is not None

    @property
    def is_masked(self) -> bool:
        """Whether readers outside the role pii_readers see a mask instead of the value."""
        return self.classification in MASKED_CLASSES


@dataclass(frozen=True)
class Carried:
    """A metadata column that goes along unjudged."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class RuleLimit:
    """How many rows of an update may fail a rule; the job's gate asks, the update does not. One of both is set."""

    percent: Decimal | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Rule:
    """What a row must fulfil: `condition` is SQL, never raises, is never NULL and binds as one operand.

    `value` is SQL text for what was observed, `kind` a rule of the library or `sql`. `looks_around` says that
    the condition needs more than the row alone: another table, other rows, the time.
    """

    name: str
    kind: str
    condition: str
    on_fail: OnFail
    message: str
    columns: tuple[str, ...]
    value: str
    position: Position
    severity: Severity = "major"
    dimension: str = "validity"
    limit: RuleLimit | None = None
    looks_around: bool = False
    lookup: Lookup | None = None


@dataclass(frozen=True)
class TableRule:
    """What a whole table must fulfil: `query` gives one row `metric, observed, limit_value, ok`.

    Tables stand in it as `[[layer.table]]`. `fail` stops the job at the gate, `warn` is only shown.
    """

    name: str
    kind: str
    query: str
    on_fail: OnFail
    message: str
    columns: tuple[str, ...]
    position: Position
    severity: Severity = "major"
    dimension: str = "consistency"


@dataclass(frozen=True)
class Disabled:
    """A rule that is not asked, and why."""

    rule: str
    reason: str
    position: Position


@dataclass(frozen=True)
class History:
    """How events become rows: AUTO CDC type 1 or 2. Conditions are SQL and never NULL.

    `effective_from`, `effective_to` and `current_flag` are the names readers know begin, end and newest version by.
    """

    type: Literal[1, 2]
    sequence_by: tuple[str, ...]
    delete_when: str | None = None
    truncate_when: str | None = None
    not_stored: tuple[str, ...] = ()
    track: tuple[str, ...] = ()
    effective_from: str | None = None
    effective_to: str | None = None
    current_flag: str | None = None
    snapshot_by: str | None = None
    most_keys_lost: Decimal = Decimal(100)
    refuse_when: str | None = None


@dataclass(frozen=True)
class Freshness:
    """The newest value of `column` is at most `within_seconds` old."""

    within_seconds: int
    column: str


@dataclass(frozen=True)
class Limits:
    """What the job's gate asks of an update; None means nothing is asked.

    `failed` counts the verdicts of all rules together, those that warn and tag too.
    """

    quarantined_percent: Decimal | None = None
    freshness: Freshness | None = None
    least_rows: int | None = None
    most_rows: int | None = None
    quarantined_rows: int | None = None
    failed: RuleLimit | None = None


@dataclass(frozen=True)
class Governance:
    """Who may read and what is known about the table."""

    read: tuple[str, ...] = ()
    retention: str | None = None
    steward: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    default_class: str | None = None
    catalog: Catalog | None = None


@dataclass(frozen=True)
class Contract:
    """What must be true of a table. `source` is None when an SQL file makes the table."""

    layer: str
    name: str
    path: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    source: str | None = None
    description: str | None = None
    owner: str | None = None
    keys: tuple[str, ...] = ()
    history: History | None = None
    carry: tuple[Carried, ...] = ()
    on_fail: OnFail = "quarantine"
    limits: Limits = Limits()
    governance: Governance = Governance()
    table_rules: tuple[TableRule, ...] = ()
    disabled: tuple[Disabled, ...] = ()
    position: Position = START
    evolution: Evolution | None = None
    performance: Performance = field(default_factory=Performance)
    compliance: Compliance = field(default_factory=Compliance)
    monitoring: Monitoring = field(default_factory=Monitoring)
    testing: Testing = field(default_factory=Testing)
    making: Making = DEFAULT_MAKING
    version: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Every view or table that feeds the table as a stream; empty when an SQL file makes it."""
        return () if self.source is None else (self.source, *self.making.further_sources)

    @property
    def is_flagged(self) -> bool:
        """Whether one table keeps every row, with `_is_valid` and `_validation_errors`."""
        return self.making.mode == "flag"

    @property
    def has_snapshots(self) -> bool:
        """Whether the source brings whole snapshots, not events."""
        return self.history is not None and self.history.snapshot_by is not None

    @property
    def table_kind(self) -> TableKind:
        """What the tables are in the catalog; snapshots are compared with each other, so theirs are views."""
        return "materialized_view" if self.has_snapshots else self.making.kind

    @property
    def is_one_table(self) -> bool:
        """Whether invalid rows stay in the table, told apart by a column."""
        return self.making.mode != "split"

    @property
    def counted_in(self) -> str:
        """The dataset, without its schema, whose expectations count every row once."""
        if self.is_one_table:
            return self.name
        return f"{self.name}_checked" if self.making.stores_verdict else f"{self.name}_quarantine"

    @property
    def table(self) -> str:
        """Layer and name: `silver.orders`."""
        return f"{self.layer}.{self.name}"

    @property
    def has_masks(self) -> bool:
        """Whether any column is masked."""
        return any(column.is_masked for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)

    def rules_that(self, *on_fail: OnFail) -> tuple[Rule, ...]:
        """The rules with one of these consequences, in their order."""
        return tuple(rule for rule in self.rules if rule.on_fail in on_fail)
