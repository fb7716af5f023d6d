"""Events become rows: AUTO CDC type 1 or 2 from a contract.

Type 2 adds `__START_AT` and `__END_AT`, of the type of the sequence; the current version has no `__END_AT`.
Only contract columns open a version: metadata (`_…`) is updated in place.
"""

from __future__ import annotations

from ..model.contract import Contract, History
from ..sql.words import identifier
from .plan import CdcPlan, PlannedColumn

SEQUENCE_COLUMN = "_sequence"


def sequence_name(history: History) -> str:
    """The column that orders events: the one named, or `_sequence` when there are several."""
    return history.sequence_by[0] if len(history.sequence_by) == 1 else SEQUENCE_COLUMN


def sequence_select(history: History) -> tuple[str, ...]:
    """The extra column of the valid view that joins several sequence columns."""
    if len(history.sequence_by) == 1:
        return ()
    return (f"struct({', '.join(identifier(name) for name in history.sequence_by)}) AS {SEQUENCE_COLUMN}",)


def version_columns(contract: Contract, history: History) -> tuple[PlannedColumn, ...]:
    """`__START_AT` and `__END_AT` of a type 2 table; none for type 1."""
    if history.type == 1:
        return ()
    types = [(name, contract.column(name).type.sql) for name in history.sequence_by]
    fields = ", ".join(f"{identifier(name)}: {sql}" for name, sql in types)
    sql_type = types[0][1] if len(types) == 1 else f"STRUCT<{fields}>"
    return (
        PlannedColumn("__START_AT", sql_type, "The event that began this version."),
        PlannedColumn("__END_AT", sql_type, "The event that ended this version; empty for the current one."),
    )


def cdc_plan(contract: Contract, history: History, source: str) -> CdcPlan:
    """The AUTO CDC flow from the valid view into the table."""
    helper = (SEQUENCE_COLUMN,) if len(history.sequence_by) > 1 else ()
    return CdcPlan(
        name=f"{contract.name}_from_valid",
        source=source,
        keys=contract.keys,
        sequence_by=sequence_name(history),
        scd_type=history.type,
        delete_when=history.delete_when,
        truncate_when=history.truncate_when,
        except_columns=(*history.not_stored, *helper),
        track_history=history.track if history.type == 2 else (),
    )
