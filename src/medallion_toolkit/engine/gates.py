"""Gates: the SQL tasks that a job runs after a pipeline, executed as they stand over the local tables.

The first query of a gate file gives its checks (dataset, check_name, observed, limit_value, ok, and what else is known
of them); the others repeat them for the job. Where the file adds its checks to a table, they are kept here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.check_records import RECORDED, keep_checks
from medallion_toolkit.engine.job_sql import run_script
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.errors import ConfigError, MedallionError, Place

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

COLUMNS = ["dataset", "check_name", "observed", "limit_value", "ok"]


@dataclass(frozen=True)
class Gate:
    """A job's SQL task that judges a pipeline: its key, file and resolved parameters."""

    name: str
    pipeline: str
    file: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Check:
    """One judged figure, values as text; `ok` says that it does not stop the job.

    `verdict` is holds, missed, warning or not asked; the others behind it are not known of gates that do not show them.
    """

    dataset: str
    check: str
    observed: str
    limit: str
    ok: bool
    verdict: str = ""
    severity: str | None = None
    dimension: str | None = None
    metric: float | None = None
    passed: int | None = None
    failed: int | None = None
    kind: str | None = None


@dataclass(frozen=True)
class GateResult:
    """A gate's checks; `error` is set when it could not be judged."""

    name: str
    pipeline: str
    checks: tuple[Check, ...]
    error: MedallionError | None = None

    @property
    def ok(self) -> bool:
        return self.error is None and all(check.ok for check in self.checks)


def gates_of(bundle: Bundle, pipeline: str) -> tuple[Gate, ...]:
    """SQL file tasks named gate_… that directly follow the pipeline's task in a job."""
    found = []
    for job in bundle.jobs.values():
        tasks = [task for task in _list(job.get("tasks")) if isinstance(task, dict)]
        mine = {task["task_key"] for task in tasks if _pipeline_of(task, bundle) == pipeline}
        for task in tasks:
            sql = task.get("sql_task")
            needs = {str(need.get("task_key")) for need in _list(task.get("depends_on")) if isinstance(need, dict)}
            if isinstance(sql, dict) and isinstance(sql.get("file"), dict) and needs & mine:
                name = str(task["task_key"])
                if name.startswith("gate"):
                    parameters = {str(k): str(v) for k, v in dict(sql.get("parameters") or {}).items()}
                    found.append(Gate(name, pipeline, _task_file(str(sql["file"]["path"])), parameters))
    return tuple(found)


def task_pipelines(bundle: Bundle, job: str) -> Mapping[str, str]:
    """The pipeline of the bundle that each pipeline task of a job runs, by the task's key."""
    tasks = [task for task in _list(bundle.jobs[job].get("tasks")) if isinstance(task, dict)]
    found = {str(task["task_key"]): _pipeline_of(task, bundle) for task in tasks}
    return {task: pipeline for task, pipeline in found.items() if pipeline is not None}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _pipeline_of(task: Mapping[str, object], bundle: Bundle) -> str | None:
    part = task.get("pipeline_task")
    if not isinstance(part, dict):
        return None
    written = str(part.get("pipeline_id", ""))
    return next((p.key for p in bundle.pipelines if f"pipelines.{p.key}." in written), None)


def _task_file(path: str) -> str:
    """The file inside the project; task paths are relative to the resource file that names them."""
    return str(Path(*[part for part in Path(path).parts if part != ".."]))


def run_gate(binder: Binder, gate: Gate, started: datetime, root: Path) -> GateResult:
    """Judge one gate for the update that began at or after `started`."""
    path = root / gate.file
    if not path.is_file():
        raise ConfigError(
            "MED420",
            f"the file of gate {gate.name} does not exist",
            place=Place(gate.file),
            next="medallion generate",
        )
    parameters = {**gate.parameters, "job_started_at": started.isoformat()}
    return GateResult(gate.name, gate.pipeline, _checks(binder, path.read_text(encoding="utf-8"), gate, parameters))


def _checks(binder: Binder, text: str, gate: Gate, parameters: Mapping[str, str]) -> tuple[Check, ...]:
    """Rows of the gate's first query, kept where the gate keeps them."""
    first = next(run_script(binder, text, gate.file, parameters), None)
    if first is None or not set(COLUMNS) <= set(first.columns):
        raise ConfigError(
            "MED421",
            f"the gate {gate.name} does not show its checks",
            place=Place(gate.file),
            found=", ".join(first.columns) if first is not None else "no query",
            expected=", ".join(COLUMNS),
            next="medallion generate",
        )
    with translated(Place(gate.file)):
        rows = [row.asDict() for row in first.collect()]
    if set(first.columns) >= set(RECORDED):
        keep_checks(binder.store, rows)
    return tuple(check_of(row) for row in rows)


def check_of(row: Mapping[str, Any]) -> Check:
    """A check as the gate's query gives it."""
    is_ok = bool(row["ok"])
    return Check(
        dataset=str(row["dataset"]),
        check=str(row["check_name"]),
        observed=str(row["observed"]),
        limit=str(row["limit_value"]),
        ok=is_ok,
        verdict=str(row.get("verdict") or ("holds" if is_ok else "missed")),
        severity=row.get("severity"),
        dimension=row.get("dimension"),
        metric=row.get("metric"),
        passed=row.get("passed"),
        failed=row.get("failed"),
        kind=row.get("kind"),
    )
