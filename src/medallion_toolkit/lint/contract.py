"""Where lint findings of a contract stand."""

from __future__ import annotations

from medallion_toolkit.errors import Place
from medallion_toolkit.python.helper_contract import Contract, Position


def contract_place(contract: Contract, position: Position) -> Place:
    """A spot of the contract's file."""
    return Place(contract.path, max(position.line, 1), max(position.column, 1))
