"""What a check needs to know of a contract of the project's package."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol


class ColumnType(Protocol):
    """A column's type."""

    @property
    def sql(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def is_text(self) -> bool: ...


class Column(Protocol):
    """A column of a contract."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> ColumnType: ...
    @property
    def date_format(self) -> str | None: ...
    @property
    def is_masked(self) -> bool: ...


class Carried(Protocol):
    """A metadata column."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> ColumnType: ...


class RuleLimit(Protocol):
    """How many rows may fail a rule; one of both is set."""

    @property
    def percent(self) -> Decimal | None: ...
    @property
    def rows(self) -> int | None: ...


class Rule(Protocol):
    """What a row must fulfil."""

    @property
    def name(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def on_fail(self) -> str: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def value(self) -> str: ...
    @property
    def limit(self) -> RuleLimit | None: ...


class TableRule(Protocol):
    """What a whole table must fulfil."""

    @property
    def name(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def on_fail(self) -> str: ...


class Limits(Protocol):
    """What the gate asks of an update."""

    @property
    def quarantined_percent(self) -> Decimal | None: ...


class Making(Protocol):
    """How a contract's tables are made."""

    @property
    def mode(self) -> str: ...
    @property
    def stores_verdict(self) -> bool: ...


class Contract(Protocol):
    """What must be true of a table."""

    @property
    def layer(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def keys(self) -> Sequence[str]: ...
    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def carry(self) -> Sequence[Carried]: ...
    @property
    def rules(self) -> Sequence[Rule]: ...
    @property
    def table_rules(self) -> Sequence[TableRule]: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def is_one_table(self) -> bool: ...
    @property
    def making(self) -> Making: ...


def stored_rows_of(contract: Contract) -> str | None:
    """The table that keeps every row with the values as they came: `silver.orders_checked`; None when none does."""
    if contract.source is None or contract.is_one_table:
        return contract.table
    return f"{contract.table}_checked" if contract.making.stores_verdict else None
