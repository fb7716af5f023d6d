"""The rules that come with snapshots: a refused one gives no rows, and each key stands once in one."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import MedallionContractError, Position
from ..model.contract import Column, Contract, Rule
from ..model.lookups import Accepted, First, Lookup, context_column
from ..rules.looking import refuse_unordered
from ..sql.words import identifier

ACCEPTED_RULE = "snapshot_accepted"
UNIQUE_RULE = "keys_unique"


def snapshot_rules(contract: Contract, position: Position) -> tuple[Rule, ...]:
    """`snapshot_accepted` and `keys_unique`; none for a contract without snapshots.

    Of several rows of one key in one snapshot the first one stays, by `_ingestion_timestamp`, `_source_file` and
    `_row_id`, whatever other rule it fails.
    """
    history = contract.history
    if history is None or history.snapshot_by is None:
        return ()
    version = history.snapshot_by
    _refuse_taken(contract.rules)
    refuse_unordered([carried.name for carried in contract.carry], position)
    refused = f"The snapshot is refused as a whole; {contract.name}_snapshots says why."
    keys = " and ".join(contract.keys)
    unique = First((version, *contract.keys))
    return (
        _rule(contract, ACCEPTED_RULE, refused, (version,), Accepted(version), position, "critical"),
        _rule(
            contract, UNIQUE_RULE, f"Another row of the snapshot has the same {keys}.", contract.keys, unique, position
        ),
    )


def _rule(
    contract: Contract,
    name: str,
    message: str,
    columns: tuple[str, ...],
    lookup: Lookup,
    position: Position,
    severity: str = "major",
) -> Rule:
    known = {column.name: column for column in contract.columns}
    return Rule(
        name=name,
        kind=name,
        condition=context_column(name),
        on_fail="quarantine",
        message=message,
        columns=tuple(column for column in columns if column in known),
        value=_value([known.get(column) for column in columns], columns),
        position=position,
        severity="critical" if severity == "critical" else "major",
        dimension="completeness" if isinstance(lookup, Accepted) else "uniqueness",
        looks_around=True,
        lookup=lookup,
    )


def _value(columns: Iterable[Column | None], names: tuple[str, ...]) -> str:
    shown = [
        "'***'" if column is not None and column.is_masked else f"CAST({identifier(name)} AS STRING)"
        for column, name in zip(columns, names, strict=True)
    ]
    return shown[0] if len(shown) == 1 else f"concat_ws(', ', {', '.join(shown)})"


def _refuse_taken(rules: Iterable[Rule]) -> None:
    for rule in rules:
        if rule.name in (ACCEPTED_RULE, UNIQUE_RULE):
            raise MedallionContractError(
                "MED307",
                f"two rules are called {rule.name}",
                rule.position,
                found=rule.name,
                expected="another name: snapshots have a rule of this one",
            )
