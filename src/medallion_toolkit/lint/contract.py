"""What lint needs to know of a contract of the project's package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from medallion_toolkit.errors import Place


class Position(Protocol):
    """Where something stands in a contract."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class ContractColumn(Protocol):
    """A column of a contract."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> ColumnType: ...
    @property
    def description(self) -> str | None: ...
    @property
    def classification(self) -> str | None: ...
    @property
    def is_masked(self) -> bool: ...
    @property
    def position(self) -> Position: ...


class ColumnType(Protocol):
    """The type of a column of a contract."""

    @property
    def sql(self) -> str: ...


class ContractRule(Protocol):
    """A rule of a contract."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def on_fail(self) -> str: ...
    @property
    def position(self) -> Position: ...


class Limits(Protocol):
    """What the gate asks of an update."""

    @property
    def quarantined_percent(self) -> object: ...
    @property
    def quarantined_rows(self) -> object: ...


class History(Protocol):
    """How events become rows."""

    @property
    def type(self) -> int: ...
    @property
    def sequence_by(self) -> Sequence[str]: ...
    @property
    def not_stored(self) -> Sequence[str]: ...


class Carried(Protocol):
    """A metadata column."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> ColumnType: ...


class Making(Protocol):
    """How a contract's tables are made."""

    @property
    def mode(self) -> str: ...


class Contract(Protocol):
    """What lint needs of a contract."""

    @property
    def layer(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def columns(self) -> Sequence[ContractColumn]: ...
    @property
    def rules(self) -> Sequence[ContractRule]: ...
    @property
    def carry(self) -> Sequence[Carried]: ...
    @property
    def history(self) -> History | None: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def making(self) -> Making: ...
    @property
    def is_flagged(self) -> bool: ...
    @property
    def position(self) -> Position: ...


def contract_place(contract: Contract, position: Position) -> Place:
    """A spot of the contract's file."""
    return Place(contract.path, max(position.line, 1), max(position.column, 1))
