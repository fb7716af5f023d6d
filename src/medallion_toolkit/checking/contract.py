"""Where a check finds the rows of a contract."""

from __future__ import annotations

from medallion_toolkit.python.helper_contract import Contract


def stored_rows_of(contract: Contract) -> str | None:
    """The table that keeps every row with the values as they came: `silver.orders_checked`; None when none does."""
    if contract.source is None or contract.is_one_table:
        return contract.table
    return f"{contract.table}_checked" if contract.making.stores_verdict else None
