"""Grants, tags and masks as information_schema has them, one query each, against what the contracts state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from medallion_toolkit.deployment.drift.model import Findings
from medallion_toolkit.deployment.warehouse import Row, Warehouse, open_warehouse
from medallion_toolkit.deployment.workspace import SignedIn
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.graph.project import Project

PREFIX = "governance."
SCRIPT = "governance.sql"
OF_THE_PLATFORM = ("system.", "class.")
_QUERIES = {
    "grants": "SELECT table_schema AS schema_name, table_name, grantee, privilege_type "
    "FROM {catalog}.information_schema.table_privileges WHERE inherited_from = 'NONE'",
    "tags": "SELECT schema_name, table_name, tag_name, tag_value FROM {catalog}.information_schema.table_tags",
    "column tags": "SELECT schema_name, table_name, column_name, tag_name, tag_value "
    "FROM {catalog}.information_schema.column_tags",
    # The documentation and workspaces differ in the column names of this view.
    "masks": "SELECT * FROM {catalog}.information_schema.column_masks",
}


class Facts(Protocol):
    """What a contract makes true of a table, as the project's helper package tells it."""

    @property
    def layer(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def readers(self) -> Sequence[str]: ...
    @property
    def tags(self) -> Mapping[str, str]: ...
    @property
    def column_tags(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def masked(self) -> Sequence[str]: ...


@dataclass
class Governed:
    """What one table has: privileges by (grantee, privilege), tags, tags by column, masked columns."""

    grants: set[tuple[str, str]] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)
    column_tags: dict[tuple[str, str], str] = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)


def marking_view(project: Project) -> str | None:
    """The full name of a view that jobs/governance.sql makes: it is there once the job has run."""
    package, gold = project.contracts.package, project.bundle.schemas.get("gold")
    if package is None or gold is None:
        return None
    views = package.monitoring_views(list(project.contracts.by_table.values()), ["a", "b"])
    return next((f"{gold}.{name}" for name in views), None)


def compare_governance(
    signed_in: SignedIn, project: Project, there: Iterable[str], governed: bool, findings: Findings
) -> None:
    """Masks of every table that is there; tags and grants once jobs/governance.sql has run."""
    package = project.contracts.package
    if package is None or not project.contracts.by_table:
        return
    if not hasattr(package, "governance_facts"):
        findings.notes.append("governance is not compared: the project's medallion/ is older; medallion upgrade")
        return
    facts: Sequence[Facts] = package.governance_facts(list(project.contracts.by_table.values()))
    known = {name.lower() for name in there}
    facts = [one for one in facts if _full_name(one, project).lower() in known]
    if not facts:
        return
    try:
        warehouse = open_warehouse(signed_in.client, signed_in.bundle)
    except ConfigError as error:
        findings.notes.append(f"governance is not compared: {error.message}")
        return
    job = _governing_job(project)
    if not governed:
        again = f"databricks bundle run {job} -t {signed_in.bundle.target}" if job else f"run jobs/{SCRIPT}"
        findings.notes.append(f"tags and grants are not compared: jobs/{SCRIPT} has never run; {again}")
    found = _governed(warehouse, sorted({_full_name(one, project).partition(".")[0] for one in facts}))
    compared = _Comparison(project, signed_in, job, findings)
    for one in facts:
        compared.table(one, found.get(_full_name(one, project).lower(), Governed()), governed)


@dataclass(frozen=True)
class _Comparison:
    """Compares table by table and says what to do about each difference."""

    project: Project
    signed_in: SignedIn
    job: str | None
    findings: Findings

    def table(self, facts: Facts, found: Governed, governed: bool) -> None:
        where = f"{PREFIX}{facts.layer}.{facts.table}"
        self._masks(facts, found, where)
        if governed:
            self._grants(facts, found, where)
            self._tags(facts, found, where)

    def _masks(self, facts: Facts, found: Governed, where: str) -> None:
        start = f"medallion start -t {self.signed_in.bundle.target}"
        for column in facts.masked:
            mask = "masked" if column.lower() in found.masked else None
            self.findings.differ("governance", f"{where}.columns.{column}.mask", "masked", mask, start)
        for column in found.masked - {one.lower() for one in facts.masked}:
            self.findings.differ("governance", f"{where}.columns.{column}.mask", None, "masked", start)

    def _grants(self, facts: Facts, found: Governed, where: str) -> None:
        name = _quoted(_full_name(facts, self.project))
        groups = {role: str(self.project.bundle.variables.get(f"group_{role}") or "") for role in facts.readers}
        stated = {group: role for role, group in groups.items() if group}
        for group, role in stated.items():
            granted = "SELECT" if (group, "SELECT") in found.grants else None
            self.findings.differ("governance", f"{where}.grants.{role}", "SELECT", granted, self._again())
        for grantee, privilege in sorted(found.grants):
            if (grantee in stated and privilege == "SELECT") or grantee in self._own():
                continue
            revoke = f"REVOKE {privilege.replace('_', ' ')} ON TABLE {name} FROM `{grantee}`"
            self.findings.differ("governance", f"{where}.grants.{grantee}.{privilege}", None, "granted", revoke)

    def _tags(self, facts: Facts, found: Governed, where: str) -> None:
        name = _quoted(_full_name(facts, self.project))
        self._tag_values(where, facts.tags, found.tags, f"ALTER TABLE {name} UNSET TAGS")
        stated = {
            (column.lower(), tag): value for column, tags in facts.column_tags.items() for tag, value in tags.items()
        }
        for column in sorted({column for column, _ in (*stated, *found.column_tags)}):
            self._tag_values(
                f"{where}.columns.{column}",
                {tag: value for (one, tag), value in stated.items() if one == column},
                {tag: value for (one, tag), value in found.column_tags.items() if one == column},
                f"ALTER TABLE {name} ALTER COLUMN `{column}` UNSET TAGS",
            )

    def _tag_values(self, where: str, stated: Mapping[str, str], found: Mapping[str, str], unset: str) -> None:
        for tag in sorted({*stated, *found}):
            if tag in stated:
                next = self._again()
            elif tag.startswith(OF_THE_PLATFORM):
                continue
            else:
                next = f"{unset} ('{tag}')"
            self.findings.differ("governance", f"{where}.tags.{tag}", stated.get(tag), found.get(tag), next)

    def _again(self) -> str:
        target = self.signed_in.bundle.target
        return f"databricks bundle run {self.job} -t {target}" if self.job else f"run jobs/{SCRIPT}"

    def _own(self) -> tuple[str, ...]:
        """The identities that own the tables: whoever runs the pipelines."""
        bundle = self.signed_in.bundle
        return tuple(str(one) for one in (bundle.run_as, bundle.variables.get("run_as")) if one)


def _governed(warehouse: Warehouse, catalogs: Sequence[str]) -> dict[str, Governed]:
    """What every table of these catalogs has, by its full name in lower case."""
    found: dict[str, Governed] = {}
    for catalog in catalogs:
        for what, query in _QUERIES.items():
            for row in warehouse.rows(query.format(catalog=f"`{catalog}`")):
                _keep(found, catalog, what, {name.lower(): value for name, value in row.items()})
    return found


def _keep(found: dict[str, Governed], catalog: str, what: str, row: Row) -> None:
    schema = row.get("schema_name") or row.get("table_schema") or ""
    one = found.setdefault(f"{catalog}.{schema}.{row['table_name']}".lower(), Governed())
    column = (row.get("column_name") or "").lower()
    if what == "grants":
        one.grants.add((str(row["grantee"]), str(row["privilege_type"])))
    elif what == "tags":
        one.tags[str(row["tag_name"])] = row["tag_value"] or ""
    elif what == "column tags":
        one.column_tags[column, str(row["tag_name"])] = row["tag_value"] or ""
    else:
        one.masked.add(column)


def governed_names(project: Project) -> tuple[str, ...]:
    """Full names of the tables that contracts make or assert, the tables for replay among them."""
    package = project.contracts.package
    if package is None or not hasattr(package, "governance_facts"):
        return ()
    facts: Sequence[Facts] = package.governance_facts(list(project.contracts.by_table.values()))
    return tuple(_full_name(one, project) for one in facts)


def _governing_job(project: Project) -> str | None:
    """The key of the job that runs jobs/governance.sql."""
    return next((key for key, job in project.bundle.jobs.items() if SCRIPT in str(job.get("tasks"))), None)


def _full_name(facts: Facts, project: Project) -> str:
    return f"{project.bundle.schemas[facts.layer]}.{facts.table}"


def _quoted(name: str) -> str:
    return ".".join(f"`{part}`" for part in name.split("."))
