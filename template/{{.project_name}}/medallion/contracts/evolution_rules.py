"""The rule that comes with `evolution: fail`: an update stops at a column that the contract does not have."""

from __future__ import annotations

from ..errors import MedallionContractError, Position
from ..model.contract import Contract, Rule

EXTRA_TYPE = "MAP<STRING, STRING>"
KNOWN_RULE = "schema_known"
RESCUED = "_rescued_data"
_FILE = "_file_path"
FOUND = f"map_filter(from_json({RESCUED}, '{EXTRA_TYPE}'), (name, value) -> name <> '{_FILE}')"


def records_changes(contract: Contract) -> bool:
    """Whether a table records every change; it does where the contract says what to do with one."""
    return contract.evolution is not None and contract.source is not None


def evolution_rules(contract: Contract, position: Position) -> tuple[Rule, ...]:
    """`schema_known` for `evolution: fail`: the update stops at a row with a column the contract does not have."""
    if not records_changes(contract):
        return ()
    _refuse_unrecorded(contract, position)
    if contract.evolution != "fail":
        return ()
    return (
        Rule(
            name=KNOWN_RULE,
            kind=KNOWN_RULE,
            condition=f"({RESCUED} IS NULL OR coalesce(size({FOUND}) = 0, false))",
            on_fail="fail",
            message="The source has a column that the contract does not have.",
            columns=(),
            value=f"array_join(map_keys({FOUND}), ', ')",
            position=position,
            severity="critical",
            dimension="consistency",
        ),
    )


def _refuse_unrecorded(contract: Contract, position: Position) -> None:
    is_kept = any(carried.name == RESCUED for carried in contract.carry)
    if not is_kept:
        message, expected = f"evolution reads {RESCUED}", f"{RESCUED} in carry"
    elif not contract.making.stores_verdict:
        message, expected = "changes are recorded from the stored verdict", "quarantine without stored: false"
    elif contract.evolution == "ignore" and contract.is_one_table:
        message, expected = "one table that keeps every row leaves nothing out", "rescue, add_nullable or fail"
    else:
        return
    raise MedallionContractError(
        "MED312", message, position, found=f"evolution: {contract.evolution}", expected=expected
    )
