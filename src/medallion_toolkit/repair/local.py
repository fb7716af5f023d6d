"""Replay on a laptop: what would happen, then the insert, the run of what follows, and the counts around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.replays import insert_replayed, remove_replayed
from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.errors import RunError
from medallion_toolkit.graph.conformed import conformed_sources
from medallion_toolkit.repair.local_tables import LocalTables, local_tables
from medallion_toolkit.repair.model import Counts, OpenRows, Replayed, ReplayPlan
from medallion_toolkit.repair.package import (
    find_quarantined,
    load_corrections,
    quarantined_contracts,
    replay_sql,
)
from medallion_toolkit.repair.planning import counted, open_rows, planned, waiting_rows

if TYPE_CHECKING:
    from pathlib import Path

    from medallion_toolkit.engine.changes import Change
    from medallion_toolkit.engine.gates import GateResult
    from medallion_toolkit.engine.update import DatasetResult
    from medallion_toolkit.graph.project import Project


class _Silent:
    """Says nothing of the run; a replay tells its own counts."""

    def planned(self, project: Project, total: int) -> None: ...
    def changed(self, change: Change) -> None: ...
    def finished(self, result: DatasetResult) -> None: ...
    def judged(self, result: GateResult) -> None: ...


def list_open(run: LocalRun) -> list[OpenRows]:
    """The open rows of every table that has any, by table; tables that no run has made yet have none."""
    found = []
    for contract in quarantined_contracts(run.project):
        key, _ = find_quarantined(run.project, contract.table)
        if run.store.exists(f"{key}_quarantine"):
            with local_tables(run, key, contract) as tables:
                found.append(_open_rows(tables))
    return [one for one in found if one.rows or one.waiting]


def plan_replay(run: LocalRun, name: str) -> ReplayPlan:
    """What a replay of the table would do now, judged with the present contract; nothing is written."""
    key, contract = find_quarantined(run.project, name)
    conformed_sources(run.project, contract, contract.table)
    with local_tables(run, key, contract) as tables:
        return _planned(tables)


def count_rows(run: LocalRun, name: str) -> Counts:
    """Where the rows of the table are."""
    key, contract = find_quarantined(run.project, name)
    with local_tables(run, key, contract) as tables:
        return _counted(tables)


def insert_open_rows(run: LocalRun, name: str) -> int:
    """Insert the open rows whose verdict has changed and that do not wait already, in one commit; how many."""
    key, contract = find_quarantined(run.project, name)
    with local_tables(run, key, contract) as tables:
        rows = replay_sql(run.project).to_replay_query(contract, tables.is_waiting)
        fixes = load_corrections(run.project, contract)
        sql = replay_sql(run.project)
        with tables.conformed(rows) as conformed:
            present = sql.replay_query(contract, conformed, fixes, rows)
            frame = tables.sql(sql.changed_query(contract, present)).cache()
            try:
                number = frame.count()
                if number:
                    insert_replayed(run.store, tables.checked, frame)
            finally:
                frame.unpersist()
    return number


def replay(folder: Path, run: LocalRun, plan: ReplayPlan) -> Replayed:
    """Carry the plan out: insert, run the checked table and what its pipeline makes of it, remove what was judged.

    RunError MED376 when the run fails: the rows wait and nothing is lost, the next run or replay goes on.
    """
    before = count_rows(run, plan.table)
    insert_open_rows(run, plan.table)
    judge_inserted(folder, run, plan.table)
    return Replayed(plan, before, count_rows(run, plan.table))


def judge_inserted(folder: Path, run: LocalRun, name: str) -> None:
    """Run what inserted rows have to pass, then remove those that were judged."""
    key, _ = find_quarantined(run.project, name)
    checked = f"{key}_checked"
    opened = LocalRun.open(folder, run.project.bundle.target, run.spark_source)
    pipeline = opened.project.graph.nodes[checked].dataset.pipeline
    chosen = (f"{opened.project.display[checked]}+",)
    result = run_project(opened, RunOptions(pipeline, chosen), _Silent())
    errors = [one.error for update in result.updates for one in update.datasets if one.error is not None]
    if not result.ok:
        raise RunError(
            "MED376",
            f"the rows were inserted, and the run that judges them failed: {errors[0].message if errors else ''}",
            place=errors[0].place if errors else None,
            help="nothing is lost or doubled: they wait for the next run",
            next="medallion run",
        )
    settle(opened, name)


def settle(run: LocalRun, name: str) -> None:
    """Remove the table of replayed rows once all of them have been judged."""
    key, contract = find_quarantined(run.project, name)
    with local_tables(run, key, contract) as tables:
        if not tables.is_waiting or waiting_rows(contract, replay_sql(run.project), tables.ask):
            return
    remove_replayed(run, tables.checked)


def _open_rows(tables: LocalTables) -> OpenRows:
    return open_rows(tables.contract, replay_sql(tables.run.project), tables.ask, tables.is_waiting)


def _counted(tables: LocalTables) -> Counts:
    sql = replay_sql(tables.run.project)
    return counted(tables.contract, sql, tables.ask, sql.marks(tables.contract)["table"] in tables.views)


def _planned(tables: LocalTables) -> ReplayPlan:
    project, contract, is_there = tables.run.project, tables.contract, tables.is_waiting
    sql, fixes = replay_sql(project), load_corrections(project, contract)
    with tables.conformed(sql.to_replay_query(contract, is_there)) as conformed:
        return planned(contract, sql, tables.ask, conformed, fixes, is_there)
