"""Which mask function a column carries: one function for each type, made by jobs/prepare.sql.

>>> mask_name(ColumnType("DECIMAL(12,2)", "decimal"), "orders", "order_amount")
'mask_decimal_12_2'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from ..contracts.evolution_rules import EXTRA_TYPE
from ..model.contract import SOURCE_COLUMN, Contract
from ..sql.column_types import STRING, ColumnType
from ..sql.words import identifier
from .evolution import EXTRA, takes_in

RESCUED_COLUMN = "_rescued_data"


@dataclass(frozen=True)
class MaskFunction:
    """A mask function and the type it takes and returns."""

    name: str
    type: str


def mask_name(column_type: ColumnType, table: str, column: str) -> str:
    """The function's name without its schema; nested types have one for each column and form."""
    if column_type == STRING:
        return "mask_text"
    if column_type.family == "nested":
        return f"mask_{table}_{column.strip('_')}_{sha256(column_type.sql.encode()).hexdigest()[:6]}"
    return "mask_" + re.sub(r"\W+", "_", column_type.sql.lower()).strip("_")


def source_type(contract: Contract) -> ColumnType:
    """The type of `_source`."""
    fields = [f"{identifier(column.name)}: STRING" for column in contract.columns if column.is_changed]
    return ColumnType(f"STRUCT<{', '.join(fields)}>", "nested")


def masked_columns(contract: Contract) -> Mapping[str, MaskFunction]:
    """Every column of the contract's typed tables that carries a mask, with its function."""
    masked = {column.name: column.type for column in contract.columns if column.is_masked}
    if any(column.is_masked and column.is_changed for column in contract.columns):
        masked[SOURCE_COLUMN] = source_type(contract)
    if masked and any(carried.name == RESCUED_COLUMN for carried in contract.carry):
        masked[RESCUED_COLUMN] = STRING
        masked |= {EXTRA: ColumnType(EXTRA_TYPE, "nested")} if takes_in(contract) else {}
    return {name: MaskFunction(mask_name(one, contract.name, name), one.sql) for name, one in masked.items()}


def mask_functions(contracts: Iterable[Contract]) -> tuple[MaskFunction, ...]:
    """Every function that the tables of these contracts need, by name, `mask_text` always among them."""
    functions = {"mask_text": MaskFunction("mask_text", STRING.sql)}
    for contract in contracts:
        functions.update({one.name: one for one in masked_columns(contract).values()})
    return tuple(functions[name] for name in sorted(functions))
