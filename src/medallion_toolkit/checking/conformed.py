"""Rows as the conformed view gives them now, over all or some rows of bronze."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from medallion_toolkit.checking.rows import Rows
from medallion_toolkit.graph.conformed import conformed_texts
from medallion_toolkit.python.helper_contract import Contract

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


def conformed_rows(project: Project, contract: Contract, bronze_rows: Callable[[str], str] = str) -> Rows:
    """The rows of every source of the contract; MED375 where the view cannot be run as a batch.

    `bronze_rows` makes the relation to read out of a bronze table's mark.
    """
    names = [*(one.name for one in contract.columns), *(one.name for one in contract.carry)]
    columns = ", ".join(f"`{name}`" for name in names)
    texts = conformed_texts(project, contract, contract.table, bronze_rows)
    return Rows("\nUNION ALL\n".join(f"SELECT {columns} FROM (\n{text}\n)" for text in texts))
