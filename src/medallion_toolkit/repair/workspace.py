"""Replay in a workspace: the same queries on its warehouse, the insert and the run by the project's replay job."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from medallion_toolkit.errors import WorkspaceError
from medallion_toolkit.graph.conformed import conformed_texts
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.repair.model import Counts, OpenRows, Replayed, ReplayPlan
from medallion_toolkit.repair.package import (
    find_quarantined,
    load_corrections,
    quarantined_contracts,
    replay_sql,
)
from medallion_toolkit.repair.planning import Answers, counted, open_rows, planned

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

    from medallion_toolkit.graph.project import Project
    from medallion_toolkit.project.bundle import Bundle

JOB = "replay"
LONGEST_JOB = timedelta(hours=4)
_MARK = re.compile(r"\[\[(\w+)\.([^\]]+)\]\]")


@dataclass(frozen=True)
class WorkspaceTables:
    """The tables of a target: `bundle` has the names deployed by who is signed in, `project` the present files.

    `rows` answers a query through the target's SQL warehouse.
    """

    client: WorkspaceClient
    bundle: Bundle
    project: Project
    rows: Callable[[str], Answers]

    def ask(self, text: str) -> Answers:
        """The answer of the target's warehouse to a query over marks."""
        return self.rows(self._named(text))

    def exists(self, contract: Contract, part: str) -> bool:
        """Whether a table of the contract is there: `checked`, `quarantine`, `replay` or `table`."""
        from databricks.sdk.errors import NotFound

        mark = replay_sql(self.project).marks(contract)[part]
        try:
            self.client.tables.get(self._named(mark).replace("`", ""))
        except NotFound:
            return False
        return True

    def _named(self, text: str) -> str:
        def name(found: re.Match[str]) -> str:
            parts = (*self.bundle.schemas[found[1]].split("."), found[2])
            return ".".join(f"`{part.strip('`')}`" for part in parts)

        return _MARK.sub(name, text)


def list_open(tables: WorkspaceTables) -> list[OpenRows]:
    """The open rows of every table that has any."""
    sql = replay_sql(tables.project)
    made = [one for one in quarantined_contracts(tables.project) if tables.exists(one, "quarantine")]
    found = [open_rows(one, sql, tables.ask, tables.exists(one, "replay")) for one in made]
    return [one for one in found if one.rows or one.waiting]


def plan_replay(tables: WorkspaceTables, name: str) -> ReplayPlan:
    """What a replay would do now with the query, contract and corrections of these files; nothing is written."""
    _, contract = find_quarantined(tables.project, name)
    check_made(tables, contract)
    sql, fixes = replay_sql(tables.project), load_corrections(tables.project, contract)
    conformed = conformed_texts(tables.project, contract, contract.table, sql.bronze_rows)
    return planned(contract, sql, tables.ask, conformed, fixes, tables.exists(contract, "replay"))


def replay(tables: WorkspaceTables, plan: ReplayPlan) -> Replayed:
    """Run the deployed replay job for the table and wait for it; WorkspaceError MED378 when it is missing or fails."""
    _, contract = find_quarantined(tables.project, plan.table)
    before = _counted(tables, contract)
    _run_job(tables, contract.table)
    return Replayed(plan, before, _counted(tables, contract))


def _run_job(tables: WorkspaceTables, table: str) -> None:
    from databricks.sdk.errors import OperationFailed

    started = tables.client.jobs.run_now(_job_id(tables), job_parameters={"dataset": table})
    try:
        run = started.result(timeout=LONGEST_JOB)
    except (OperationFailed, TimeoutError) as error:
        raise _job_failed(table, str(error)) from error
    result = run.state.result_state.value if run.state and run.state.result_state else "no result"
    if result != "SUCCESS":
        raise _job_failed(table, (run.state.state_message if run.state else None) or result)


def _job_failed(table: str, found: str) -> WorkspaceError:
    return WorkspaceError(
        "MED378",
        f"the replay job of {table} did not succeed",
        found=found,
        help="nothing is lost or doubled: inserted rows wait for the next update of the pipeline",
    )


def _counted(tables: WorkspaceTables, contract: Contract) -> Counts:
    return counted(contract, replay_sql(tables.project), tables.ask, tables.exists(contract, "table"))


def check_made(tables: WorkspaceTables, contract: Contract) -> None:
    """WorkspaceError MED378 where the target has no quarantine of the table yet."""
    if not tables.exists(contract, "quarantine"):
        raise WorkspaceError(
            "MED378",
            f"{contract.table} has not been made in {tables.bundle.target} yet",
            next=f"databricks bundle run daily -t {tables.bundle.target}",
        )


def _job_id(tables: WorkspaceTables) -> int:
    name = str(tables.bundle.jobs.get(JOB, {}).get("name", ""))
    listed = tables.client.jobs.list(name=name) if name else ()
    found = [job.job_id for job in listed if job.settings and job.settings.name == name]
    if len(found) != 1 or found[0] is None:
        raise WorkspaceError(
            "MED378",
            f"{tables.bundle.target} has no job {name or JOB}",
            found=f"{len(found)} jobs of that name",
            expected="the job of resources/replay.job.yml, deployed once",
            next=f"databricks bundle deploy -t {tables.bundle.target}",
        )
    return found[0]
