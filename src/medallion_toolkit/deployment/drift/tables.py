"""Tables as the catalog has them, against what contracts and column lists declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.drift.declared_tables import DeclaredTable, declared_tables, plain_type
from medallion_toolkit.deployment.drift.model import Findings
from medallion_toolkit.deployment.updates.deployed import deployed_pipelines
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.graph.project import Project

if TYPE_CHECKING:
    from databricks.sdk.service.catalog import ColumnInfo, TableInfo

AT_ONCE = 8
PREFIX = "tables."
KINDS = ("streaming_table", "materialized_view", "view")
Tables = Mapping[str, "TableInfo"]


def catalog_tables(signed_in: SignedIn, names: Iterable[str]) -> Tables:
    """The tables of these names that the workspace has."""
    from databricks.sdk.errors import NotFound

    def get(name: str) -> TableInfo | None:
        try:
            return signed_in.client.tables.get(name)
        except NotFound:
            return None

    listed = list(names)
    with asked("describe its tables"), ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(listed, pool.map(get, listed), strict=True)
        return {name: table for name, table in found if table is not None}


def compare_tables(signed_in: SignedIn, project: Project, tables: Tables, governed: bool, findings: Findings) -> None:
    """Kind, columns, types, comments and properties. A table that no completed update could make is no drift.

    `governed` says that jobs/governance.sql has run, which sets the comments of tables that SQL files make.
    """
    completed = completed_pipelines(signed_in)
    waiting = 0
    for declared in declared_tables(project):
        start = f"medallion start -t {signed_in.bundle.target} {declared.pipeline}"
        table = tables.get(declared.name)
        if table is not None:
            compare_table(declared, table, governed, start, findings)
        elif declared.pipeline in completed:
            findings.differ("table", f"{PREFIX}{declared.shown}", declared.kind.replace("_", " "), "dropped", start)
        else:
            waiting += 1
    if waiting:
        findings.notes.append(f"{waiting} tables are not there yet: no update of their pipeline has completed")


def compare_table(declared: DeclaredTable, table: TableInfo, governed: bool, next: str, findings: Findings) -> None:
    """What one table should be and is. What the workspace does not tell is not compared."""
    where = f"{PREFIX}{declared.shown}"
    kind = table.table_type.value.lower() if table.table_type else declared.kind
    if declared.kind in KINDS:
        findings.differ("table", f"{where}.kind", declared.kind.replace("_", " "), kind.replace("_", " "), next)
    has_comments = governed or not declared.is_asserted
    if declared.comment and has_comments:
        findings.differ("table", f"{where}.comment", declared.comment, table.comment, next)
    for name, value in declared.properties.items() if table.properties is not None else ():
        findings.differ("table", f"{where}.properties.{name}", value, (table.properties or {}).get(name), next)
    if declared.columns and table.columns:
        _compare_columns(declared, table.columns, has_comments, next, findings)


def _compare_columns(
    declared: DeclaredTable, columns: Iterable[ColumnInfo], has_comments: bool, next: str, findings: Findings
) -> None:
    there = {str(column.name).lower(): column for column in columns}
    for name, stated in declared.columns.items():
        where = f"{PREFIX}{declared.shown}.columns.{stated.name}"
        column = there.get(name)
        if column is None:
            findings.differ("table", where, stated.type or "a column", None, next)
            continue
        if stated.type and column.type_text and plain_type(stated.type) != plain_type(column.type_text):
            findings.differ("table", f"{where}.type", plain_type(stated.type), plain_type(column.type_text), next)
        if stated.comment and has_comments:
            findings.differ("table", f"{where}.comment", stated.comment, column.comment, next)
    for name, column in there.items():
        if name not in declared.columns and not _is_internal(name, declared):
            where = f"{PREFIX}{declared.shown}.columns.{column.name}"
            findings.differ("table", where, None, column.type_text or "a column", next)


def _is_internal(name: str, declared: DeclaredTable) -> bool:
    """Columns of AUTO CDC begin with `__`; a contract that asserts does not speak of `_` columns."""
    return name.startswith("_" if declared.is_asserted else "__")


def completed_pipelines(signed_in: SignedIn) -> frozenset[str]:
    """The keys of the pipelines whose newest update has completed, so that all their tables should be there."""
    try:
        pipelines = deployed_pipelines(signed_in)
    except ConfigError:
        return frozenset()
    return frozenset(one.key for one in pipelines if one.update_state == "COMPLETED")
