"""Rows that failed come back: `<table>_replay` holds them, judged again by a second flow into `<table>_checked`.

`_replay` is an ordinary table outside of every pipeline, made by jobs/prepare.sql and empty between replays. It
has the columns of `_checked` before the verdict: what the present conformed query and the present types make of a
bronze row. Flows are known by their names, so a table that never had this one needs no full refresh for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.contract import SOURCE_COLUMN, Contract
from ..sql.words import identifier
from .plan import FlowPlan, Step

ROW_ID = "_row_id"
ATTEMPT = "_attempt"
REPLAYED_AT = "_replayed_at"
FIRST_ATTEMPT = f"CAST(0 AS INT) AS {ATTEMPT}"


def is_replayable(contract: Contract) -> bool:
    """Whether rows of the table can be told apart and quarantined, and so can come back.

    >>> from ..contracts.loading import read_contract
    >>> is_replayable(read_contract("table: silver.orders\\nfrom: orders_conformed\\ncolumns: {id: {type: string}}"))
    True
    """
    making = contract.making
    is_stored = contract.source is not None and making.mode == "split" and making.stores_verdict
    is_stream = contract.table_kind == "streaming_table"
    return is_stored and is_stream and any(carried.name == ROW_ID for carried in contract.carry)


def replay_name(contract: Contract) -> str:
    """The table of rows to be judged again, without its schema: `orders_replay`."""
    return f"{contract.name}_replay"


def typed_names(contract: Contract) -> tuple[str, ...]:
    """The columns of `_checked` before the verdict, as SQL names."""
    has_source = any(column.is_changed for column in contract.columns)
    return (
        *(identifier(column.name) for column in contract.columns),
        *(carried.name for carried in contract.carry),
        *([SOURCE_COLUMN] if has_source else []),
        ATTEMPT,
    )


def replay_flows(contract: Contract, schema: str, verdict: Sequence[Step]) -> tuple[FlowPlan, ...]:
    """The flow that brings replayed rows into `_checked`, none where rows cannot be replayed.

    `verdict` are the steps that follow the types, the same ones as for rows that come from the source.
    """
    if not is_replayable(contract):
        return ()
    name, table = f"{contract.name}_checked_from_replay", f"{schema}.{replay_name(contract)}"
    return (FlowPlan(name, table, (Step(typed_names(contract)), *verdict), True),)
