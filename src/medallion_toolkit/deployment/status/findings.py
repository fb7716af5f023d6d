"""What a failed gate found, with the rows behind it, through the SQL warehouse; what cannot be read is noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from medallion_toolkit.deployment.refused.mending import Mending, mending_of
from medallion_toolkit.deployment.status.missed_checks import MissedCheck, checks_query, read_check
from medallion_toolkit.deployment.status.refused_rows import (
    RefusedRows,
    RefusedRule,
    RuleGroup,
    is_hidden,
    read_groups,
    refused_query,
    refused_rule,
    rules_query,
    values_query,
)
from medallion_toolkit.engine.check_records import CHECKS_LAYER
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.repair.package import quarantined_contracts, replay_sql
from medallion_toolkit.repair.workspace import WorkspaceTables

# Checks about all rows that rules refuse, not about those of one rule.
ALL_RULES = ("quarantined", "failed")


@dataclass(frozen=True)
class Findings:
    """Asks one target; `notes` gets a line for each thing that could not be read."""

    tables: WorkspaceTables
    notes: list[str] = field(default_factory=list)

    def of(self, layers: Sequence[str], since: int | None) -> tuple[MissedCheck, ...]:
        """The missed checks and warnings of the gates of these layers, in a run that began at `since`."""
        if CHECKS_LAYER not in self.tables.bundle.schemas:
            self.notes.append(f"what the gates found could not be read: the bundle has no schema {CHECKS_LAYER}")
            return ()
        try:
            rows = self.tables.ask(checks_query(layers, since))
        except MedallionError as error:
            self.notes.append(f"what the gates found could not be read: {reason(error)}")
            return ()
        counted = [read_check(row) for row in rows]
        first = {one.table: one for one in reversed(counted) if one.check in ALL_RULES}
        return tuple(
            self._explained(one, since, one in first.values() or one.check not in ALL_RULES) for one in counted
        )

    def _explained(self, check: MissedCheck, since: int | None, is_first: bool) -> MissedCheck:
        """With its place, and with its rows where no other check tells the same ones."""
        contract = _contract(self.tables, check.table)
        if contract is None:
            return check
        rule = next((one for one in contract.rules if one.name == check.check), None)
        line = rule.position.line if rule else contract.position.line
        check = replace(check, place=f"{contract.path}:{line}" if line else contract.path)
        has_rows = contract.source is not None and not contract.is_one_table and (rule or check.check in ALL_RULES)
        if not (has_rows and is_first):
            return check
        return replace(check, rows=self._rows(contract, [rule.name] if rule else [], since))

    def _rows(self, contract: Contract, rules: Sequence[str], since: int | None) -> RefusedRows | None:
        try:
            groups = self._groups(contract, rules, since)
        except MedallionError as error:
            self.notes.append(f"rows of {contract.table} could not be read: {reason(error)}")
            return None
        return RefusedRows(contract.table, tuple(self._rule(contract, group) for group in groups))

    def _groups(self, contract: Contract, rules: Sequence[str], since: int | None) -> tuple[RuleGroup, ...]:
        is_replayable = contract in quarantined_contracts(self.tables.project)
        rows = refused_query(contract, replay_sql(self.tables.project), since, is_replayable)
        counted = self.tables.ask(rules_query(rows, rules))
        shown = [str(row["rule"]) for row in counted if not _hides(contract, str(row["rule"]))]
        return read_groups(counted, self.tables.ask(values_query(rows, shown)) if shown else ())

    def _rule(self, contract: Contract, group: RuleGroup) -> RefusedRule:
        rule = next((one for one in contract.rules if one.name == group.rule), None)
        known = {value: times for value, times in group.values.items() if value is not None}
        if rule is None:
            mending = Mending("MED890", f"{group.message.rstrip('.')}; the contract has no such rule any more", None)
        else:
            mending = mending_of(self.tables.project, contract, rule, group.message, known)
        return refused_rule(group, mending, _hides(contract, group.rule))


def reason(error: MedallionError) -> str:
    """An error on one line."""
    return f"{error.code} {error.message}" + (f" ({' '.join(error.found.split())})" if error.found else "")


def _hides(contract: Contract, name: str) -> bool:
    return is_hidden(contract, next((one for one in contract.rules if one.name == name), None))


def _contract(tables: WorkspaceTables, table: str) -> Contract | None:
    contracts: Iterable[Contract] = tables.project.contracts.by_table.values()
    return next((one for one in contracts if one.table.lower() == table.lower()), None)
