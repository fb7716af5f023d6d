"""A local run of a project: its pipelines in the order their tables ask for, each followed by its gates.

This is the daily job on a laptop: a pipeline that fails, or a gate that is missed, stops the pipelines that
the job starts after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.bookkeeping import Bookkeeper
from medallion_toolkit.engine.changes import Change, changes_of
from medallion_toolkit.engine.check_records import CHECKS_LAYER, CHECKS_TABLE, checks_file
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.fingerprint import fingerprints
from medallion_toolkit.engine.gates import Gate, GateResult, gates_of, run_gate
from medallion_toolkit.engine.local_spark import LocalSpark
from medallion_toolkit.engine.lock import hold_lock, is_after_a_kill
from medallion_toolkit.engine.project_functions import project_functions
from medallion_toolkit.engine.python_functions import register_functions
from medallion_toolkit.engine.session import fit_to_input
from medallion_toolkit.engine.spark_settings import use_settings
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.update import DatasetResult, Update, UpdateResult
from medallion_toolkit.engine.verdicts import keep_verdict, standing_verdict
from medallion_toolkit.errors import EnvironmentProblem, MedallionError, UsageError, did_you_mean
from medallion_toolkit.graph.model import has_figures
from medallion_toolkit.graph.order import find_dataset, pipeline_order, select
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.graph.replays import replay_flow, replay_table, without_idle_replays

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from medallion_toolkit.project.pipelines import Pipeline


@dataclass(frozen=True)
class RunOptions:
    """What to run. `full_refresh` names datasets, an empty tuple means none, `("*",)` all.

    `everything` runs datasets also when nothing about them has changed.
    """

    pipeline: str | None = None
    select: tuple[str, ...] = ()
    full_refresh: tuple[str, ...] = ()
    everything: bool = False


@dataclass(frozen=True)
class RunResult:
    """What a run did; `stopped` maps pipelines that were not started to the reason."""

    project: str
    target: str
    started: datetime
    seconds: float
    updates: tuple[UpdateResult, ...]
    gates: tuple[GateResult, ...]
    stopped: Mapping[str, str]
    kept: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing had to run."""
        return not self.stopped and all(update.is_unchanged for update in self.updates)

    @property
    def broken_off(self) -> EnvironmentProblem | None:
        """What ended the run from outside: a full disk, a session that is gone."""
        found = (one.error for update in self.updates for one in update.datasets)
        return next((error for error in found if isinstance(error, EnvironmentProblem)), None)

    @property
    def ok(self) -> bool:
        return not self.stopped and all(update.ok for update in self.updates) and all(gate.ok for gate in self.gates)


class Watcher(Protocol):
    """Hears what a run does, as it happens."""

    def planned(self, project: Project, total: int) -> None: ...
    def changed(self, change: Change) -> None: ...
    def finished(self, result: DatasetResult) -> None: ...
    def judged(self, result: GateResult) -> None: ...


@dataclass(frozen=True)
class LocalRun:
    """One project opened for running: its store and its session."""

    project: Project
    store: Store
    spark_source: SparkSource

    @classmethod
    def open(cls, folder: Path, target: str | None, spark_source: SparkSource) -> LocalRun:
        """Read and check the project; nothing of Spark starts here."""
        store = Store.open(folder / ".medallion")
        return cls(load_project(folder, target, _session_of, store.exists), store, spark_source)

    def in_store(self, store: Store) -> LocalRun:
        """The same over another store, or over this one after tables were dropped: idle replay flows are left out."""
        graph = without_idle_replays(self.project.graph, self.project.bundle.pipelines, store.exists)
        return replace(self, store=store, project=replace(self.project, graph=graph))

    def pipeline(self, key: str) -> Pipeline:
        return next(pipeline for pipeline in self.project.bundle.pipelines if pipeline.key == key)

    def binder(self, key: str, update: Update | None = None) -> Binder:
        pipeline, spark = self.pipeline(key), self.spark_source.spark()
        use_settings(spark, pipeline.configuration)
        register_functions(spark, self.project.graph, key)
        return Binder(
            spark=spark,
            graph=self.project.graph,
            store=self.store,
            pipeline=key,
            catalog=pipeline.catalog,
            schema=pipeline.schema,
            volumes=local_volumes(self.project),
            own_files=self.project.bundle.own_files,
            is_ready=update.is_ready if update else _always,
            display=self.project.shown,
            tables=event_tables(self.project, self.store),
            configuration=pipeline.configuration,
            functions=project_functions(self.project.bundle),
            sources=self.project.bundle.local.sources,
        )


def _session_of(_pipeline: str) -> Callable[[], object]:
    """What Python files of a pipeline reach as `spark`."""
    return LocalSpark


def _always(_key: str) -> bool:
    return True


class SparkSource(Protocol):
    """Gives the session when it is first needed."""

    def spark(self) -> SparkSession: ...


def local_volumes(project: Project) -> dict[str, Path]:
    """Volumes and other paths as pipeline code names them, and the local folders that stand for them."""
    return dict(project.bundle.local_folders)


def event_tables(project: Project, store: Store) -> dict[str, Path]:
    """Event log tables of the pipelines, the table of what gates found, and the local files behind them."""
    logs = {
        pipeline.event_log.lower(): store.events(pipeline.key)
        for pipeline in project.bundle.pipelines
        if pipeline.event_log
    }
    gates = [gate for pipeline in project.bundle.pipelines for gate in gates_of(project.bundle, pipeline.key)]
    names = {f"{gate.parameters['catalog']}.{gate.parameters[CHECKS_LAYER]}" for gate in gates if _keeps_checks(gate)}
    return logs | {f"{name}.{CHECKS_TABLE}".lower(): checks_file(store) for name in names}


def _keeps_checks(gate: Gate) -> bool:
    return {"catalog", CHECKS_LAYER} <= set(gate.parameters)


def run_project(run: LocalRun, options: RunOptions, watcher: Watcher) -> RunResult:
    """Run what `options` choose. Errors of datasets and gates end in the result, not in an exception.

    Nothing of Spark starts while all that is chosen is unchanged. EnvironmentProblem when another run writes.
    """
    with hold_lock(run.store.root):
        return _run_locked(run, options, watcher)


def _run_locked(run: LocalRun, options: RunOptions, watcher: Watcher) -> RunResult:
    started, clock = _to_milliseconds(datetime.now(UTC)), time.monotonic()
    chosen = _chosen(run.project, options)
    kept = _refresh(run, options)
    run = run.in_store(run.store)
    project = run.project
    fingerprint = fingerprints(project)
    watcher.planned(project, sum(has_figures(project.graph.nodes[key].dataset) for key in chosen))
    changes = changes_of(project, run.store, chosen)
    for change in changes:
        watcher.changed(change)
    updates: list[UpdateResult] = []
    judged: list[GateResult] = []
    stopped: dict[str, str] = {}
    for key in pipeline_order(project.graph, project.depends):
        mine = [node for node in project.graph.of_pipeline(key) if node in chosen]
        reason = _reason_to_stop(project, key, updates, judged, stopped)
        if not mine:
            continue
        if reason:
            stopped[key] = reason
            continue
        updates.append(_update(run, key, mine, options, watcher, fingerprint, changes))
        if updates[-1].ok and not options.select:
            judged += _judge(run, key, started, watcher, updates[-1].is_unchanged)
    return RunResult(
        project.bundle.name,
        project.bundle.target,
        started,
        time.monotonic() - clock,
        tuple(updates),
        tuple(judged),
        stopped,
        kept,
    )


def _input_bytes(project: Project) -> int:
    folders = local_volumes(project).values()
    return sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())


def _to_milliseconds(moment: datetime) -> datetime:
    """Event logs keep milliseconds; a later digit would put the run before its own first event."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _chosen(project: Project, options: RunOptions) -> frozenset[str]:
    chosen = select(project.graph, project.depends, options.select, project.display)
    if options.pipeline is None:
        return chosen
    if options.pipeline not in project.graph.pipelines:
        raise UsageError(
            "MED237",
            f"there is no pipeline {options.pipeline}",
            help=did_you_mean(options.pipeline, project.graph.pipelines)
            or f"pipelines: {', '.join(project.graph.pipelines) or 'none'}",
        )
    return frozenset(key for key in chosen if project.graph.nodes[key].dataset.pipeline == options.pipeline)


def _refresh(run: LocalRun, options: RunOptions) -> tuple[str, ...]:
    """Forget what a full refresh makes anew; tables with pipelines.reset.allowed = false are kept, as there."""
    graph, display = run.project.graph, run.project.display
    every = options.full_refresh == ("*",)
    names = list(graph.nodes) if every else [find_dataset(graph, name, display) for name in options.full_refresh]
    kept = []
    for key in names:
        dataset = graph.nodes[key].dataset
        if dataset.properties.get("pipelines.reset.allowed", "true").lower() != "false":
            run.store.drop(key)
            if replay_flow(graph.nodes[key]) is not None:
                run.store.drop(replay_table(key))
        elif every:
            kept.append(display[key])
        else:
            raise UsageError(
                "MED238",
                f"{display[key]} does not allow a full refresh",
                place=dataset.place,
                help="'pipelines.reset.allowed' = 'false' protects rows whose files may be gone",
            )
    return tuple(kept)


def _reason_to_stop(
    project: Project,
    key: str,
    updates: Sequence[UpdateResult],
    judged: Sequence[GateResult],
    stopped: Mapping[str, str],
) -> str | None:
    earlier = {
        project.graph.nodes[other].dataset.pipeline
        for node in project.graph.of_pipeline(key)
        for other in project.depends[node]
    } - {key}
    for update in updates:
        if update.pipeline in earlier and not update.ok:
            return f"pipeline {update.pipeline} failed"
    for gate in judged:
        if gate.pipeline in earlier and not gate.ok:
            return f"{gate.name} was missed"
    return next((f"pipeline {name} was not run" for name in stopped if name in earlier), None)


def _update(
    run: LocalRun,
    key: str,
    nodes: Sequence[str],
    options: RunOptions,
    watcher: Watcher,
    fingerprint: Callable[[str], str],
    changes: Sequence[Change],
) -> UpdateResult:
    log = EventLog(run.store.events(key), f"local-{key}", run.pipeline(key).name)
    if is_after_a_kill(run.store.root):
        log.close_interrupted()
    log.create_update(bool(options.full_refresh))
    books = Bookkeeper(run.project, run.store, log, fingerprint, options.everything, changes)
    update = Update(run.project.graph, nodes, run.project.depends, log, watcher.finished, books)
    return update.run(lambda: _opened_binder(run, key, update), key)


def _opened_binder(run: LocalRun, key: str, update: Update) -> Binder:
    fit_to_input(run.spark_source.spark(), _input_bytes(run.project))
    return run.binder(key, update)


def _judge(run: LocalRun, key: str, started: datetime, watcher: Watcher, is_unchanged: bool) -> list[GateResult]:
    root = run.project.bundle.root
    results = []
    for gate in gates_of(run.project.bundle, key):
        standing = standing_verdict(run.store, gate, root, datetime.now(UTC)) if is_unchanged else None
        result = standing or _judged(run, gate, started)
        keep_verdict(run.store, gate, result, root)
        watcher.judged(result)
        results.append(result)
    return results


def _judged(run: LocalRun, gate: Gate, started: datetime) -> GateResult:
    try:
        return run_gate(run.binder(gate.pipeline), gate, started, run.project.bundle.root)
    except MedallionError as error:
        return GateResult(gate.name, gate.pipeline, (), error)
