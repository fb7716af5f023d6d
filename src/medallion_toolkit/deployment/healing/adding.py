"""Columns that a write has and its table lacks: whether they may be added, and the statement that does it.

A streaming table or materialized view gets its columns by its definition. ALTER is for the tables behind sinks, which
no pipeline makes; new columns there are NULL in every row that is there, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.failures.columns import NewColumns
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.graph.model import is_published

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

PLAIN_TABLES = ("MANAGED", "EXTERNAL")


@dataclass(frozen=True)
class KnownTable:
    """A table as the workspace has it; `kind` and `format` as Unity Catalog names them, columns in lower case."""

    kind: str
    format: str
    columns: frozenset[str]
    pipeline: str | None = None


@dataclass(frozen=True)
class Addition:
    """What one table lacks: the statement, None where there is none, and why a person has to decide about it."""

    statement: str | None
    unsure: str | None = None


def additions_of(
    progress: UpdateProgress,
    sinks: Mapping[str, str],
    makers: Mapping[str, str],
    find_table: Callable[[str], KnownTable | None],
) -> tuple[Addition, ...]:
    """One addition for each table that lacks columns.

    `sinks` gives the table behind each sink and flow of the pipeline, `makers` the pipeline of each table and view of
    the project; both are found by names in lower case.
    """
    found: dict[str, Addition] = {}
    for name, lacks in _lacking(progress):
        table = lacks.table or sinks.get(name.lower()) or (name if name.lower() in makers else None)
        key = (table or name).lower()
        addition = _addition(lacks, table, makers, find_table)
        if found.setdefault(key, addition) != addition:
            found[key] = Addition(None, f"several writes add columns to {table}")
    return tuple(found.values())


def sinks_of(project: Project, pipeline: str) -> dict[str, str]:
    """The table behind each Delta sink of a pipeline, by the sink's name and by those of its flows."""
    found: dict[str, str] = {}
    for node in project.graph.of_pipeline(pipeline).values():
        options = {name.lower(): value for name, value in node.dataset.properties.items()}
        if node.dataset.kind == "sink" and "tablename" in options:
            names = (node.dataset.name, *(flow.name for flow in node.flows))
            found |= {name.lower(): options["tablename"].replace("`", "") for name in names}
    return found


def makers_of(project: Project) -> dict[str, str]:
    """The pipeline of each table and view of the project."""
    nodes = project.graph.nodes.values()
    return {node.name.lower(): node.dataset.pipeline for node in nodes if is_published(node.dataset)}


def _lacking(progress: UpdateProgress) -> Iterator[tuple[str, NewColumns]]:
    for name, dataset in progress.datasets.items():
        if dataset.failure and dataset.failure.lacks:
            yield name, dataset.failure.lacks
    if not any(dataset.failure for dataset in progress.datasets.values()):
        yield from (("the update", one.lacks) for one in progress.failures if one.lacks)


def _addition(
    lacks: NewColumns, table: str | None, makers: Mapping[str, str], find_table: Callable[[str], KnownTable | None]
) -> Addition:
    if table is None or table.count(".") != 2:
        return Addition(add_columns("…", lacks.columns), "no message says which table it is")
    if maker := makers.get(table.lower()):
        return Addition(None, f"{table} is made by the pipeline {maker}: its definition adds columns, ALTER does not")
    known = find_table(table)
    if known is None:
        return Addition(None, f"{table} is not there")
    if known.pipeline or known.kind not in PLAIN_TABLES:
        return Addition(None, f"{table} is a {known.kind} that another pipeline makes: its definition adds columns")
    missing = tuple((name, type) for name, type in lacks.columns if name.lower() not in known.columns)
    if not missing:
        return Addition(None)
    untyped = [name for name, type in missing if type is None]
    if untyped or known.format != "DELTA":
        why = f"no message tells the type of {', '.join(untyped)}" if untyped else f"{table} is {known.format}"
        return Addition(add_columns(table, missing), why)
    return Addition(add_columns(table, missing))


def add_columns(table: str, columns: tuple[tuple[str, str | None], ...]) -> str:
    """The statement; every column takes NULL, `…` stands for what is not known.

    >>> add_columns("shop.gold.exports", (("coupon", "STRING"),))
    'ALTER TABLE `shop`.`gold`.`exports` ADD COLUMNS (`coupon` STRING)'
    """
    name = table if table == "…" else ".".join(quoted(part) for part in table.split("."))
    added = ", ".join(f"{quoted(column)} {type or '…'}" for column, type in columns)
    return f"ALTER TABLE {name} ADD COLUMNS ({added})"
