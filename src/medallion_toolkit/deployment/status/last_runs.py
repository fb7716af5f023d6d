"""The last run of each job of a target: how it ended, the tasks that failed, and what was not refreshed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from itertools import islice
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.failures.catalogue import Classified, classify
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.engine.gates import task_pipelines

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import BaseRun, RunTask

    from medallion_toolkit.graph.project import Project
    from medallion_toolkit.project.bundle import Bundle

# Of these the newest, and where that still runs the newest that has ended.
RUNS_LOOKED_AT = 5
ENDED = ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")
GOOD = ("SUCCESS", "SUCCESS_WITH_FAILURES", "EXCLUDED", "DISABLED")
# A run that another one kept from beginning.
NEVER_BEGUN = ("SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED")
NOT_RUN = ("UPSTREAM_FAILED", "UPSTREAM_CANCELED", "BLOCKED", "PENDING", "SKIPPED", "NOT STARTED")


@dataclass(frozen=True)
class LastRun:
    """One run; times are milliseconds since 1970 as the platform has them, `failures` why tasks failed.

    `not_run` are the tasks that waited for one that failed, `not_refreshed` the layers that only those make.
    """

    id: int
    state: str
    has_ended: bool
    started: int | None = None
    ended: int | None = None
    url: str | None = None
    message: str | None = None
    failed: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    not_refreshed: tuple[str, ...] = ()
    failures: tuple[Classified, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it ended well, or has not ended yet."""
        return not self.has_ended or (self.state in GOOD and not self.failed)


@dataclass(frozen=True)
class JobStatus:
    """A job of the bundle, its last run that has ended, and the one that is under way; `id` None: not deployed."""

    key: str
    name: str
    id: int | None = None
    run: LastRun | None = None
    running: LastRun | None = None

    @property
    def ok(self) -> bool:
        """Whether it is there and its last run ended well; a job that never ran has nothing against it."""
        return self.id is not None and (self.run is None or self.run.ok)


def job_states(signed_in: SignedIn, project: Project) -> tuple[JobStatus, ...]:
    """Every job of the bundle, in its order."""
    return tuple(_job_state(signed_in, project, key) for key in signed_in.bundle.jobs)


def _job_state(signed_in: SignedIn, project: Project, key: str) -> JobStatus:
    bundle, client = signed_in.bundle, signed_in.client
    name = str(bundle.jobs[key].get("name") or key)
    with asked(f"tell the runs of the job {name}"):
        listed = client.jobs.list(name=name)
        job = next((one.job_id for one in listed if one.settings and one.settings.name == name), None)
        if job is None:
            return JobStatus(key, name)
        listing = client.jobs.list_runs(job_id=job, limit=RUNS_LOOKED_AT, expand_tasks=True)
        newest = list(islice(listing, RUNS_LOOKED_AT))
    runs = [(read_run(one, layers_of_tasks(bundle, project, key)), one) for one in newest]
    ran = [pair for pair in runs if pair[0].state not in NEVER_BEGUN]
    last = next((pair for pair in ran if pair[0].has_ended), None)
    running = next((run for run, _ in ran if not run.has_ended), None)
    return JobStatus(key, name, job, _with_failures(client, bundle.target, *last) if last else None, running)


def layers_of_tasks(bundle: Bundle, project: Project, job: str) -> Mapping[str, tuple[str, ...]]:
    """The layers whose tables each pipeline task of a job makes, by the task's key."""
    layers = {
        pipeline.key: tuple(
            dict.fromkeys(
                project.display[key].partition(".")[0]
                for key in project.graph.of_pipeline(pipeline.key)
                if "." in project.display[key]
            )
        )
        for pipeline in bundle.pipelines
    }
    return {task: layers[pipeline] for task, pipeline in task_pipelines(bundle, job).items()}


def read_run(run: BaseRun, layers: Mapping[str, Sequence[str]]) -> LastRun:
    """A run as the platform lists it; `layers` are those that each pipeline task makes."""
    tasks = _newest_attempts(run.tasks or ())
    states = {task.task_key: _state(task) for task in tasks}
    life = run.state.life_cycle_state.value if run.state and run.state.life_cycle_state else _life(run)
    not_run = tuple(key for key, state in states.items() if state in NOT_RUN)
    made = {layer for key, state in states.items() if state in GOOD for layer in layers.get(key, ())}
    skipped = dict.fromkeys(layer for key in not_run for layer in layers.get(key, ()))
    return LastRun(
        id=run.run_id or 0,
        state=_state(run),
        has_ended=life in ENDED,
        started=run.start_time or None,
        ended=run.end_time or None,
        url=run.run_page_url,
        message=run.state.state_message if run.state else None,
        failed=tuple(key for key, state in states.items() if state not in (*GOOD, *NOT_RUN)) if life in ENDED else (),
        not_run=not_run if life in ENDED else (),
        not_refreshed=tuple(layer for layer in skipped if layer not in made) if life in ENDED else (),
    )


def moment(milliseconds: int | None) -> str | None:
    """The time in UTC: `2026-11-21T05:00:00Z`."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _newest_attempts(tasks: Iterable[RunTask]) -> list[RunTask]:
    """Each task once, as its last attempt ended, behind those that it needs."""
    newest: dict[str, RunTask] = {}
    for task in sorted(tasks, key=lambda one: one.attempt_number or 0):
        newest[task.task_key] = task
    needs = {key: [str(one.task_key) for one in task.depends_on or ()] for key, task in newest.items()}
    return [newest[key] for key in TopologicalSorter(needs).static_order() if key in newest]


def _state(run: BaseRun | RunTask) -> str:
    """The result, before there is one the state; `status` where the older `state` is left out."""
    state, status = run.state, run.status
    if state and state.result_state:
        return state.result_state.value
    if state and state.life_cycle_state:
        return state.life_cycle_state.value
    details = status.termination_details if status else None
    if details and details.type and details.type.value == "SUCCESS":
        return "SUCCESS"
    if details and details.code:
        return details.code.value
    return status.state.value if status and status.state else "NOT STARTED"


def _life(run: BaseRun) -> str:
    return run.status.state.value if run.status and run.status.state else "PENDING"


def _with_failures(client: WorkspaceClient, target: str, run: LastRun, listed: BaseRun) -> LastRun:
    """The same run with why its tasks failed; a pipeline's update tells that itself."""
    failed = [one for one in _newest_attempts(listed.tasks or ()) if one.task_key in run.failed]
    messages = [_message(client, task) for task in failed if task.pipeline_task is None]
    return replace(run, failures=tuple(dict.fromkeys(classify(one, target) for one in messages if one)))


def _message(client: WorkspaceClient, task: RunTask) -> str:
    from databricks.sdk.errors.base import DatabricksError

    said = task.state.state_message if task.state else None
    try:
        output = client.jobs.get_run_output(task.run_id) if task.run_id else None
    except DatabricksError:
        return said or ""
    return (output.error if output else None) or said or ""
