"""The work of the loop: read the project, run what has changed, test what ran, show rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from medallion_toolkit.development.state import (
    Began,
    Broken,
    CasesRun,
    Ended,
    Event,
    Figures,
    Finished,
    Judged,
    Planned,
    Shown,
)
from medallion_toolkit.engine.changes import Change
from medallion_toolkit.engine.gates import GateResult
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun, RunOptions, local_volumes, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.update import DatasetResult
from medallion_toolkit.errors import MedallionError, render_error
from medallion_toolkit.graph.project import Project
from medallion_toolkit.report.as_json import run_as_json
from medallion_toolkit.report.past_runs import last_result, save_run
from medallion_toolkit.report.rows import rows_as_text
from medallion_toolkit.testing.cases import Case, find_cases
from medallion_toolkit.testing.running import CaseResult, run_case

SHOWN_ROWS = 10


@dataclass(frozen=True)
class Request:
    """Something to do; `why` is said on the screen.

    `names` are datasets to make anew or to show, or the files of the tests to run.
    """

    kind: Literal["start", "run", "everything", "refresh", "tests", "show"]
    why: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ran:
    """A run that has ended, and the datasets that ran and are good."""

    run: LocalRun
    names: tuple[str, ...]


class Work:
    """Does one request after the other and tells what happens; `stop` ends tests between two cases."""

    def __init__(
        self,
        folder: Path,
        target: str | None,
        source: SessionOnDemand,
        tell: Callable[[Event], None],
        watch: Callable[[tuple[Path, ...]], None],
    ) -> None:
        self._folder, self._target, self._source = folder, target, source
        self._tell, self._watch = tell, watch
        self._shown = ""
        self.stop = threading.Event()

    def do(self, request: Request) -> None:
        """Carry out a request; errors a user can act on are told, the last good results stay."""
        started = time.monotonic()
        self.stop.clear()
        kind = {"tests": "testing", "show": "reading"}.get(request.kind, "running")
        self._tell(Began(kind, request.why))
        try:
            ran = self._do(request)
            self._tell(Ended(time.monotonic() - started))
            if ran is not None:
                self._follow(request, ran)
        except MedallionError as error:
            self._tell(Broken(render_error(error, self._folder)))
            self._tell(Ended(time.monotonic() - started))

    def _follow(self, request: Request, ran: Ran) -> None:
        """What comes when the results are there: the tests of what ran, or the warming up."""
        if request.kind == "start":
            self._warm_up(ran)
            return
        cases = cases_of(find_cases(self._folder), ran.names)
        if cases:
            self._tell(Began("testing", request.why))
            self._test(ran.run, cases)
            self._tell(Ended())

    def _do(self, request: Request) -> Ran | None:
        run = LocalRun.open(self._folder, self._target, self._source)
        self._watch(tuple(local_volumes(run.project).values()))
        self._tell(_planned(run))
        if request.kind == "show":
            self._show(run, request.names)
        elif request.kind == "tests":
            cases = find_cases(self._folder)
            self._test(run, [case for case in cases if not request.names or case.place.path in request.names])
        else:
            return self._run(run, request)
        return None

    def _run(self, run: LocalRun, request: Request) -> Ran:
        options = RunOptions(
            full_refresh=request.names if request.kind == "refresh" else (),
            everything=request.kind == "everything",
        )
        hearing = Hearing(run.project, self._tell)
        result = run_project(run, options, hearing)
        if not result.is_unchanged:
            save_run(run.store.runs(), run_as_json(run.project, result))
        for pipeline, reason in result.stopped.items():
            self._tell(Judged(f"{pipeline} was not run: {reason}", ok=False))
        return Ran(run, tuple(hearing.ran))

    def _warm_up(self, ran: Ran) -> None:
        """Start the session and read one table, so that the first change does not wait for either."""
        self._source.spark()
        stored = next((key for key in ran.run.project.graph.nodes if ran.run.store.exists(key)), None)
        if stored is not None and not ran.names:
            read_rows(ran.run, stored, 1)

    def _show(self, run: LocalRun, names: tuple[str, ...]) -> None:
        self._shown = next(iter(names), self._shown)
        if not self._shown:
            self._tell(Shown("name a dataset to show"))
            return
        try:
            self._tell(Shown(rows_as_text(read_rows(run, self._shown, SHOWN_ROWS))))
        except MedallionError as error:
            self._tell(Shown(render_error(error, self._folder)))

    def _test(self, run: LocalRun, cases: list[Case]) -> None:
        results: list[CaseResult] = []
        for case in cases:
            if self.stop.is_set():
                break
            results.append(run_case(run, case))
            self._tell(_tested(results))


def cases_of(cases: Iterable[Case], ran: Iterable[str]) -> list[Case]:
    """The tests of the datasets that ran: those in their files, and those that expect something of them."""
    names = set(ran)
    return [case for case in cases if names & {_table(case), *case.expect}]


def _table(case: Case) -> str:
    file = Path(case.place.path)
    return f"{file.parent.name}.{file.stem}"


@dataclass
class Hearing:
    """Tells what a run does, in the names of the screen.

    `ran` are the datasets that ran and are good, `changes` what is new about datasets that keep their old rows.
    """

    project: Project
    tell: Callable[[Event], None]
    ran: list[str] = field(default_factory=list)
    changes: dict[str, str] = field(default_factory=dict)

    def planned(self, project: Project, total: int) -> None:
        """The project has been told of already."""

    def changed(self, change: Change) -> None:
        if change.consequence == "continues":
            self.changes[change.key] = change.what
        elif change.consequence == "not made any more":
            self.tell(Judged(f"{self.project.shown(change.key)}: {change.what}", ok=False))

    def finished(self, result: DatasetResult) -> None:
        name = self.project.display[result.key]
        if result.outcome == "ok":
            self.ran.append(name)
        problem = render_error(result.error, self.project.bundle.root) if result.error else ""
        figures = _figures(name, result, self.project)
        change = self.changes.get(result.key)
        if change is not None and result.outcome == "ok":
            figures = replace(figures, note="; ".join(part for part in (figures.note, change) if part))
        self.tell(Finished(figures, problem))

    def judged(self, result: GateResult) -> None:
        missed = [check for check in result.checks if not check.ok]
        wanted = ", ".join(f"{check.dataset} {check.check}: {check.observed}" for check in missed)
        reason = result.error.message if result.error else wanted
        self.tell(Judged(f"{result.name} missed: {reason}", result.ok))


def _figures(name: str, result: DatasetResult, project: Project) -> Figures:
    counts = result.counts
    parts = [f"{counts.deleted:,} deleted"] if counts.deleted else []
    parts += [f"{counts.dropped:,} dropped"] if counts.dropped else []
    broken = sum(rule.failed for rule in counts.expectations if rule.action == "warn")
    parts += [f"{broken:,} warned"] if broken else []
    parts += [f"because {project.display[result.skipped_for]} failed"] if result.skipped_for else []
    at = datetime.now().astimezone().strftime("%H:%M:%S")
    return Figures(name, result.outcome, result.seconds, counts.rows_in, counts.written, ", ".join(parts), at)


def _planned(run: LocalRun) -> Planned:
    project = run.project
    shown = [name for key, name in project.display.items() if _is_listed(project, key)]
    bundle = project.bundle
    title = f"{bundle.name} · local · variables of target {bundle.target} · {len(shown)} datasets"
    return Planned(title, tuple(_earlier(run.store.runs(), name) for name in shown))


def _is_listed(project: Project, key: str) -> bool:
    return project.graph.nodes[key].dataset.kind not in ("temporary_view", "view")


def _earlier(runs: Path, name: str) -> Figures:
    """What the last saved run did with a dataset."""
    found = last_result(runs, name)
    if found is None:
        return Figures(name, "not run yet")
    rows_in, written = (int(str(found[key])) for key in ("rows_in", "written"))
    at = datetime.fromisoformat(str(found["started"])).astimezone().strftime("%d %b %H:%M")
    return Figures(name, str(found["outcome"]), float(str(found["seconds"])), rows_in, written, at=at)


def _tested(results: list[CaseResult]) -> CasesRun:
    failed = [result for result in results if not result.ok]
    failures = tuple(line for result in failed for line in _case_lines(result))
    return CasesRun(failures, tuple(_case_lines(results[-1])), len(results) - len(failed), len(failed))


def _case_lines(result: CaseResult) -> Iterator[str]:
    yield f"{'ok    ' if result.ok else 'FAILED'} {_table(result.case)}: {result.case.name}"
    if not result.ok:
        yield from (f"    {line}" for line in (str(result.case.place), *result.lines))
