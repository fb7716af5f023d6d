"""Check contracts against the rows that are there: choose them, read what they said before, ask, put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.checking.base import base_files, before, is_changed
from medallion_toolkit.checking.effect import CheckResult
from medallion_toolkit.checking.lakehouse import Lakehouse, LocalLakehouse, WorkspaceLakehouse
from medallion_toolkit.checking.table_check import TableCheck
from medallion_toolkit.project.contract_names import find_named
from medallion_toolkit.python.helper_contract import Contract

if TYPE_CHECKING:
    from medallion_toolkit.engine.run import SparkSource
    from medallion_toolkit.graph.project import Project


@dataclass(frozen=True)
class Question:
    """What is asked: one table or all changed ones, against which revision (HEAD), how many examples a rule."""

    name: str | None = None
    base: str | None = None
    quarantined: bool = False
    examples: int = 5


def check_local(root: Path, vars: str | None, source: SparkSource, question: Question) -> CheckResult:
    """The effect on the tables of the last local run."""
    from medallion_toolkit.engine.run import LocalRun

    run = LocalRun.open(root, vars, source)
    return check(run.project, LocalLakehouse(run), question)


def check_target(root: Path, target: str, question: Question) -> CheckResult:
    """The effect on the tables of a target, asked through its SQL warehouse."""
    from medallion_toolkit.deployment.warehouse import open_warehouse
    from medallion_toolkit.deployment.workspace import sign_in
    from medallion_toolkit.graph.project import load_project

    signed = sign_in(root, target)
    project = load_project(root, target, exists=lambda _name: True)
    lakehouse = WorkspaceLakehouse(target, open_warehouse(signed.client, signed.bundle), signed.bundle.schemas)
    return check(project, lakehouse, question)


def check(project: Project, lakehouse: Lakehouse, question: Question) -> CheckResult:
    """The effect of one contract, or of every contract that differs from the base revision; nothing is written."""
    revision = question.base or "HEAD"
    with base_files(project.bundle.root, question.base, is_needed=question.name is None) as folder:
        tables = []
        for contract in _chosen(project, question.name, folder):
            earlier = before(project, contract, revision, folder)
            one = TableCheck(project, lakehouse, contract, earlier, question.examples)
            tables.append(one.effect(question.quarantined))
    note = None if tables else f"no contract and no view below one differs from {revision}"
    return CheckResult(lakehouse.place, tuple(tables), note)


def _chosen(project: Project, name: str | None, folder: Path | None) -> list[Contract]:
    found = project.contracts.by_table.values()
    if name is not None:
        return [find_named(list(found), name, lambda one: one.table)]
    return [contract for contract in found if folder is not None and is_changed(project, contract, folder)]
