"""A run of a deployed job: started, followed task by task, told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.errors import ConfigError

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import Run, RunState, RunTask

EVERY_SECONDS = 5.0
ENDED = ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")
NOT_RUN = ("UPSTREAM_FAILED", "UPSTREAM_CANCELED", "EXCLUDED")
SUCCESS = "SUCCESS"


@dataclass(frozen=True)
class Task:
    """One task: its state (RUNNING, SUCCESS, FAILED, UPSTREAM_FAILED …) and what the platform says of it."""

    key: str
    state: str
    message: str = ""


@dataclass(frozen=True)
class JobRun:
    """A run of the job `key` of a target."""

    target: str
    key: str
    id: int
    state: str
    has_ended: bool
    tasks: tuple[Task, ...]

    @property
    def ok(self) -> bool:
        """Whether it ended with success."""
        return self.has_ended and self.state == SUCCESS

    @property
    def failed(self) -> tuple[Task, ...]:
        """Tasks that ended otherwise than with success, without those that only wait behind one of them."""
        return tuple(one for one in self.tasks if self.has_ended and one.state not in (SUCCESS, *NOT_RUN))

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {**asdict(self), "ok": self.ok}

    def lines(self) -> list[str]:
        """Its tasks, then how it ended and what to do about it."""
        width = max((len(one.key) for one in self.tasks), default=0)
        lines = [f"  {one.key:<{width}}  {one.state:<15}  {one.message}".rstrip() for one in self.tasks]
        if self.ok:
            return [*lines, f"run {self.id}  SUCCESS"]
        failed = ", ".join(one.key for one in self.failed)
        lines.append(f"run {self.id}  {self.state}{f' at {failed}' if failed else ''}")
        return [*lines, f"  next   medallion status -t {self.target}"]


def start_job(signed_in: SignedIn, key: str) -> int:
    """The id of a new run of the bundle's job; ConfigError when it was never deployed."""
    target, name = signed_in.bundle.target, str(signed_in.bundle.jobs[key]["name"])
    with asked(f"start the job {name}", next=f"medallion status -t {target}"):
        listed = signed_in.client.jobs.list(name=name)
        found = [job.job_id for job in listed if job.job_id and job.settings and job.settings.name == name]
        if len(found) != 1:
            raise ConfigError(
                "MED711",
                f"the job {key} is not deployed to {target}",
                found=f"{len(found)} jobs of that name",
                expected=name,
                next=f"medallion deploy -t {target}",
            )
        return int(signed_in.client.jobs.run_now(found[0]).run_id)


def follow_job(
    signed_in: SignedIn, key: str, run_id: int, tell: Callable[[JobRun], None], sleep: Callable[[float], None]
) -> JobRun:
    """The run as it ended; `tell` gets it each time it has changed.

    One request every five seconds; through network errors the SDK asks again for five minutes.
    """
    told: JobRun | None = None
    while True:
        with asked("tell how a job goes", next=f"medallion status -t {signed_in.bundle.target}"):
            seen = run_of(signed_in.bundle.target, key, signed_in.client.jobs.get_run(run_id))
        if seen != told:
            told = seen
            tell(seen)
        if seen.has_ended:
            return seen
        sleep(EVERY_SECONDS)


def run_of(target: str, key: str, run: Run) -> JobRun:
    """The platform's answer; of a task that was tried again the last attempt, in the order of the job."""
    newest: dict[str, RunTask] = {}
    for task in sorted(run.tasks or (), key=lambda one: one.attempt_number or 0):
        newest[str(task.task_key)] = task
    needs = {name: [str(one.task_key) for one in task.depends_on or ()] for name, task in newest.items()}
    tasks = tuple(_task(name, newest[name].state) for name in in_order(needs))
    state, has_ended = _state(run.state)
    return JobRun(target, key, int(run.run_id or 0), state, has_ended, tasks)


def in_order(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names, each after those that it needs.

    >>> in_order({"gold": ["gate"], "gate": ["ingest"], "ingest": []})
    ('ingest', 'gate', 'gold')
    """
    from graphlib import TopologicalSorter

    known = {name: [one for one in before if one in needs] for name, before in needs.items()}
    return tuple(TopologicalSorter(known).static_order())


def _task(key: str, state: RunState | None) -> Task:
    said, _ = _state(state)
    message = (state.state_message if state else None) or ""
    return Task(key, said, " ".join(message.split()) if said != SUCCESS else "")


def _state(state: RunState | None) -> tuple[str, bool]:
    """The result where there is one, else the state of its life; and whether it has ended."""
    if state is None or state.life_cycle_state is None:
        return "PENDING", False
    has_ended = state.life_cycle_state.value in ENDED
    return (state.result_state.value if has_ended and state.result_state else state.life_cycle_state.value), has_ended
