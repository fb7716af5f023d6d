"""The parts of a project's own helper package that write the SQL of a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

from medallion_toolkit.python.helper_contract import Column, ColumnType, Contract


class _ColumnTypes(Protocol):
    def typed_expression(self, source: str, column_type: ColumnType, date_format: str | None) -> str: ...


class _SqlWords(Protocol):
    def identifier(self, name: str) -> str: ...


class _Context(Protocol):
    def context_steps(self, contract: Contract) -> Sequence[object]: ...


class _Render(Protocol):
    def steps_sql(self, steps: Sequence[object], source: str) -> str: ...


@dataclass(frozen=True)
class ProjectPackage:
    """Expressions and steps of the package that the workspace runs too."""

    module: ModuleType

    def typed(self, source: str, column_type: ColumnType, date_format: str | None) -> str:
        """SQL for a value as a type, NULL where it does not fit."""
        return cast(_ColumnTypes, self._part("sql.column_types")).typed_expression(source, column_type, date_format)

    def came(self, column: Column, source: str) -> str:
        """SQL for the value of `source` in the form that the contract brings it into before it is typed."""
        if column.normalized is None:
            return source
        name = cast(_SqlWords, self._part("sql.words")).identifier(column.name)
        return column.normalized.replace(f"CAST({name} AS STRING)", f"CAST({source} AS STRING)")

    def looking_around(self, contract: Contract, rows: str) -> str:
        """The relation `rows` with what rules find in other rows and tables, as they are now."""
        steps = cast(_Context, self._part("tables.context")).context_steps(contract)
        return f"(\n{cast(_Render, self._part('tables.step_sql')).steps_sql(steps, rows)}\n)" if steps else rows

    def _part(self, name: str) -> object:
        return import_module(f"{self.module.__name__}.{name}")
