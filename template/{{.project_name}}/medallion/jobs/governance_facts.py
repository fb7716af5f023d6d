"""What the contracts make true of stored tables beside their rows: readers, tags and masks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..model.contract import Contract
from ..tables.plan import Kind
from .access import classified_columns, made_tables


@dataclass(frozen=True)
class TableFacts:
    """One stored table; `kind` is None where an SQL file makes it.

    `readers` are the roles that may read it, `tags` and `column_tags` what jobs/governance.sql sets, `masked` the
    columns that must carry a mask.
    """

    layer: str
    table: str
    kind: Kind | None = None
    readers: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    column_tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    masked: tuple[str, ...] = ()


def governance_facts(contracts: Iterable[Contract]) -> tuple[TableFacts, ...]:
    """Every stored table of the contracts; the tables for replay, which carry masks only, come last."""
    listed = tuple(contracts)
    found = [facts for contract in listed for facts in contract_facts(contract)]
    known = {(facts.layer, facts.table) for facts in found}
    masks: dict[tuple[str, str], list[str]] = {}
    for layer, table, column in classified_columns(listed):
        masks.setdefault((layer, table), []).append(column)
    others = [TableFacts(*table, masked=tuple(columns)) for table, columns in masks.items() if table not in known]
    return (*found, *others)


def contract_facts(contract: Contract) -> tuple[TableFacts, ...]:
    """The stored tables of one contract."""
    names: dict[str, tuple[Kind | None, tuple[str, ...]]] = {
        plan.name.rpartition(".")[2]: (plan.kind, tuple(column.name for column in plan.columns))
        for plan in made_tables(contract)
    }
    if not names:
        names = {contract.name: (None, tuple(column.name for column in contract.columns))}
    masks: dict[str, list[str]] = {}
    for _, table, column in classified_columns([contract]):
        masks.setdefault(table, []).append(column)
    return tuple(
        TableFacts(
            layer=contract.layer,
            table=table,
            kind=kind,
            readers=tuple(contract.governance.read) if table == contract.name else (),
            tags=_table_tags(contract),
            column_tags=_column_tags(contract, columns),
            masked=tuple(masks.get(table, ())),
        )
        for table, (kind, columns) in names.items()
    )


def _table_tags(contract: Contract) -> dict[str, str]:
    facts = {
        "owner": contract.owner,
        "steward": contract.governance.steward,
        "retention": contract.governance.retention,
        **dict(contract.governance.tags),
    }
    return {key: value for key, value in facts.items() if value}


def _column_tags(contract: Contract, columns: Iterable[str]) -> dict[str, Mapping[str, str]]:
    stored = set(columns)
    return {
        column.name: {"classification": column.classification}
        for column in contract.columns
        if column.name in stored and column.classification
    }
