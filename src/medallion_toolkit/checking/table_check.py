"""One contract against its rows: which rows, the queries, and what their answers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from medallion_toolkit.checking.base import Before
from medallion_toolkit.checking.conformed import conformed_rows
from medallion_toolkit.checking.contract import stored_rows_of
from medallion_toolkit.checking.effect import ExampleRow, RuleEffect, Share, TableEffect, in_order
from medallion_toolkit.checking.judging import Side, counts_query, examples_query
from medallion_toolkit.checking.lakehouse import Lakehouse, Row, truth, whole
from medallion_toolkit.checking.package import ProjectPackage
from medallion_toolkit.checking.release import release_of
from medallion_toolkit.checking.rows import Rows, stored_rows
from medallion_toolkit.checking.table_rules import table_verdicts
from medallion_toolkit.errors import MedallionError, RunError
from medallion_toolkit.python.helper_contract import Contract, Rule

if TYPE_CHECKING:
    from types import ModuleType

    from medallion_toolkit.graph.project import Project


@dataclass(frozen=True)
class _Counts:
    """What one side counted; `failed` by rule, None where the rows cannot answer."""

    rows: int
    quarantined: int
    failed: Mapping[str, int | None]


@dataclass(frozen=True)
class TableCheck:
    """Everything about one contract; every query is asked once."""

    project: Project
    lakehouse: Lakehouse
    contract: Contract
    before: Before
    most_examples: int

    def effect(self, with_quarantined: bool) -> TableEffect:
        """Counts, examples, limits and, where asked, what would leave quarantine."""
        counted = {str(row["side"]): row for row in self.lakehouse.rows(counts_query(self._now, self._base))}
        now = _counts(counted["now"], self._now)
        base = _counts(counted["base"], self._base) if self._base else None
        return TableEffect(
            table=self.contract.table,
            base=self.before.revision if base else None,
            rows=now.rows,
            rules=in_order(self._rules(now, base)),
            share=self._share(now, base),
            table_rules=table_verdicts(self.lakehouse, self.contract, self.before.contract),
            release=release_of(self.project, self.lakehouse, self._now) if with_quarantined else None,
            notes=tuple(self._notes()),
        )

    @cached_property
    def _now(self) -> Side:
        return Side("now", self.contract, self._rows, self._package, self.before.contract)

    @cached_property
    def _base(self) -> Side | None:
        if self.before.contract is None:
            return None
        return Side("base", self.before.contract, self._stored or self._rows, self._package, self.contract)

    @cached_property
    def _stored(self) -> Rows | None:
        table = stored_rows_of(self.contract)
        if table is None:
            return None
        columns = self.lakehouse.columns(table)
        if columns is None:
            raise RunError("MED413", f"{table} has no rows here yet", next="medallion run")
        return stored_rows(table, columns)

    @cached_property
    def _rows(self) -> Rows:
        """The stored rows, or the view's where that differs from what is stored."""
        if self._stored is not None and not self._wants_view:
            return self._stored
        if isinstance(self._anew, Rows):
            return self._anew
        if self._stored is None:
            raise self._anew
        return self._stored

    @cached_property
    def _wants_view(self) -> bool:
        if self._stored is None or self.contract.source is None:
            return self._stored is None
        stored = Side("now", self.contract, self._stored, self._package, self.before.contract)
        return bool(self.before.changed_views or stored.missing or stored.recast)

    @cached_property
    def _anew(self) -> Rows | MedallionError:
        try:
            return conformed_rows(self.project, self.contract)
        except MedallionError as error:
            return error

    @cached_property
    def _package(self) -> ProjectPackage:
        return ProjectPackage(cast("ModuleType", self.project.contracts.package))

    def _rules(self, now: _Counts, base: _Counts | None) -> list[RuleEffect]:
        examples = self._examples(now)
        before = base.failed if base else {}
        found = []
        for rule in self.contract.rules:
            count = now.failed[rule.name]
            limit, ok = _limit(rule, count, now.rows, self.contract)
            lost = None if count is not None else self._lost(rule)
            shown = tuple(examples.get(rule.name, ()))
            found.append(RuleEffect(rule.name, rule.on_fail, before.get(rule.name), count, lost, limit, ok, shown))
        gone = [name for name in before if name not in now.failed]
        return found + [RuleEffect(name, "none", before[name], None) for name in gone]

    def _lost(self, rule: Rule) -> str:
        names = ", ".join(sorted(self._now.missing)) or rule.name
        return f"no stored row has {names}; the next run judges new rows only"

    def _examples(self, now: _Counts) -> dict[str, list[ExampleRow]]:
        failing = [index for index, rule in enumerate(self._now.asked) if now.failed[rule.name]]
        if not failing or not self.most_examples:
            return {}
        found: dict[str, list[ExampleRow]] = {}
        for row in self.lakehouse.rows(examples_query(self._now, self._base, failing, self.most_examples)):
            name = self._now.asked[whole(row["rule"])].name
            found.setdefault(name, []).append(ExampleRow(_text(row, "key"), _text(row, "value"), truth(row["is_new"])))
        return found

    def _share(self, now: _Counts, base: _Counts | None) -> Share | None:
        is_made = self.contract.source is not None and self.contract.making.mode != "tag"
        if not is_made or not any(rule.on_fail == "quarantine" for rule in self.contract.rules):
            return None
        limits = self.contract.limits
        before, rows_before = (base.quarantined, base.rows) if base else (None, None)
        percent, most = limits.quarantined_percent, limits.quarantined_rows
        return Share(before, rows_before, now.quarantined, now.rows, percent, most)

    def _recast(self) -> str:
        names = ", ".join(self._now.recast)
        return f"; typed anew from their text: {names}" if names else ""

    def _notes(self) -> Sequence[str]:
        notes = [self.before.note] if self.before.note else []
        views = ", ".join(self.before.changed_views)
        if self._wants_view and isinstance(self._anew, Rows):
            notes.append("now: the present view, run anew over all rows of bronze")
        elif self._wants_view and isinstance(self._anew, MedallionError):
            reason = self._anew.message.partition(": ")[2] or self._anew.message
            notes.append(f"{views or self.contract.source} cannot be run anew over bronze: {reason}")
            notes.append("now: rows as they were stored" + self._recast())
        if self.contract.source is not None:
            replay = f"; medallion quarantine replay {self.contract.table} judges quarantined ones anew"
            notes.append("stored rows are not judged again" + ("" if self.contract.is_one_table else replay))
        return notes


def _counts(row: Row, side: Side) -> _Counts:
    failed: dict[str, int | None] = dict.fromkeys((rule.name for rule in side.contract.rules), None)
    for rule, count in zip(side.asked, json.loads(str(row["failed"])), strict=False):
        failed[rule.name] = count
    return _Counts(whole(row["rows"]), whole(row["quarantined"]), failed)


def _limit(rule: Rule, count: int | None, rows: int, contract: Contract) -> tuple[str | None, bool | None]:
    """The limit as words and whether it holds; a rule that stops something has the limit of no row."""
    if count is None:
        return None, None
    if rule.limit is not None and rule.limit.percent is not None:
        return f"{rule.limit.percent} %", count * 100 <= rule.limit.percent * rows
    if rule.limit is not None and rule.limit.rows is not None:
        return f"{rule.limit.rows} rows", count <= rule.limit.rows
    if rule.on_fail == "fail" or (contract.source is None and rule.on_fail != "warn"):
        return "0 rows", count == 0
    return None, None


def _text(row: Row, name: str) -> str | None:
    return None if row[name] is None else str(row[name])
