"""One target against another: what their running releases and tables do not share, less what is declared to differ.

A field of a resource is declared to differ where databricks.yml makes it so: the same code, rendered by the CLI
for both targets, has two values there (names, catalogs, prefixes, schedules, run_as, variables of the targets).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.drift.code import RunningCode, release_files
from medallion_toolkit.deployment.drift.declared_tables import DeclaredTable, declared_tables, plain_type
from medallion_toolkit.deployment.drift.ignoring import ignored, ignored_patterns
from medallion_toolkit.deployment.drift.model import DriftReport, Findings
from medallion_toolkit.deployment.drift.rendered import fields_of, without_places
from medallion_toolkit.deployment.drift.tables import catalog_tables, completed_pipelines
from medallion_toolkit.deployment.releases.model import Release, difference
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.deployment.workspace import sign_in
from medallion_toolkit.errors import UsageError

if TYPE_CHECKING:
    from databricks.sdk.service.catalog import TableInfo

Json = Any
Fields = Mapping[str, Json]


@dataclass(frozen=True)
class _Environment:
    """One of the two: its code with the release that runs there."""

    code: RunningCode
    release: Release

    @property
    def target(self) -> str:
        """Its target."""
        return self.code.target

    @property
    def way_there(self) -> str:
        """The command that brings code to it."""
        return way_to(self.target, self.code.signed_in.bundle.targets)

    def rendered(self, target: str) -> Fields:
        """Its code as the CLI renders it for a target."""
        return fields_of(without_places(Cli(self.code.folder, target).asked("bundle", "validate")))

    @property
    def recorded(self) -> Fields:
        """What was rendered when it was deployed."""
        return fields_of(without_places(self.release.bundle))


def drift_between(root: Path, first: str, second: str) -> DriftReport:
    """What the running release of `second` and its tables have otherwise than those of `first`; reads only."""
    findings = Findings()
    patterns = ignored_patterns(root)
    with ExitStack() as folders:
        one, other = (_environment(root, target, folders) for target in (first, second))
        _compare_files(one, other, findings)
        _compare_resources(one, other, findings)
        _compare_tables(one, other, findings)
    scope = f"workspace · {first} {one.release.id} → {second} {other.release.id}"
    return findings.report(scope, ignored(findings.differences, patterns))


def _environment(root: Path, target: str, folders: ExitStack) -> _Environment:
    signed_in = sign_in(root, target)
    release = ReleaseStore.of(signed_in).current()
    if release is None:
        raise UsageError(
            "MED731", f"nothing was ever released to {target}", found="no release", next=f"medallion deploy -t {target}"
        )
    folder = folders.enter_context(release_files(root, release, target))
    return _Environment(RunningCode(folder, signed_in, release), release)


def _compare_files(one: _Environment, other: _Environment, findings: Findings) -> None:
    found = difference(one.release, other.release)
    next = other.way_there
    for path in found.files:
        sums = [release.files.get(path) for release in (one.release, other.release)]
        expected, there = (f"sha256 {each[:12]}" if each else None for each in sums)
        findings.differ("file", f"files.{path}", expected, there, next)
    for name, (expected, there) in found.contracts.items():
        findings.differ("contract", f"contracts.{name}", expected, there, next)


def _compare_resources(one: _Environment, other: _Environment, findings: Findings) -> None:
    """Fields that the two states of the code render differently for the second target, and recorded ones that
    no declaration explains: a variable given to one deployment only, for example."""
    here, there = other.rendered(one.target), other.rendered(other.target)
    declared = {name for name in {*here, *there} if here.get(name) != there.get(name)}
    same_code = one.release.files == other.release.files
    newer = there if same_code else one.rendered(other.target)
    differing = dict(_pairs(newer, there))
    for name, values in _pairs(one.recorded, other.recorded):
        if name not in declared:
            differing.setdefault(name, values)
    for name, (expected, found) in differing.items():
        findings.differ("resource", name, expected, found, other.way_there)


def _pairs(first: Fields, second: Fields) -> Iterator[tuple[str, tuple[Json, Json]]]:
    for name in sorted({*first, *second}):
        if first.get(name) != second.get(name):
            yield name, (first.get(name), second.get(name))


def _compare_tables(one: _Environment, other: _Environment, findings: Findings) -> None:
    """The same table by its name on screen: there or not, its columns, types and comments.

    A table that no completed update could make in one of the two is only counted.
    """
    ours, theirs = (_tables(each) for each in (one, other))
    completed = [completed_pipelines(each.code.signed_in) for each in (one, other)]
    waiting = 0
    for shown in sorted(ours.keys() & theirs.keys()):
        (declared, here), (_, there) = ours[shown], theirs[shown]
        next = f"medallion start -t {other.target} {declared.pipeline}"
        where = f"tables.{shown}"
        if here is None or there is None:
            said = ["there" if each else "not there" for each in (here, there)]
            if all(each or declared.pipeline in done for each, done in zip((here, there), completed, strict=True)):
                findings.differ("table", where, said[0], said[1], next)
            else:
                waiting += 1
            continue
        for name, (expected, found) in _pairs(_described(here, declared), _described(there, declared)):
            findings.differ("table", f"{where}.{name}", expected, found, next)
    if waiting:
        findings.notes.append(
            f"{waiting} tables are not compared: no update of their pipeline has completed in one target"
        )


def _tables(environment: _Environment) -> dict[str, tuple[DeclaredTable, TableInfo | None]]:
    declared = list(declared_tables(environment.code.project()))
    found = catalog_tables(environment.code.signed_in, [one.name for one in declared])
    return {one.shown: (one, found.get(one.name)) for one in declared}


def _described(table: TableInfo, declared: DeclaredTable) -> Fields:
    """Its comment, its columns and the properties that the code states, by the name of each."""
    fields: dict[str, Json] = {"comment": table.comment or None}
    fields |= {f"properties.{name}": (table.properties or {}).get(name) for name in declared.properties}
    for column in table.columns or ():
        fields[f"columns.{column.name}.type"] = plain_type(column.type_text or "")
        fields[f"columns.{column.name}.comment"] = column.comment or None
    return fields


def way_to(target: str, targets: Sequence[str]) -> str:
    """What brings code to a target: from the stage before it, in the order of databricks.yml.

    >>> way_to("prod", ["dev", "staging", "prod"]), way_to("dev", ["dev", "staging", "prod"])
    ('medallion promote -t prod --from staging', 'medallion deploy -t dev')
    """
    place = list(targets).index(target)
    return f"medallion promote -t {target} --from {targets[place - 1]}" if place else f"medallion deploy -t {target}"
