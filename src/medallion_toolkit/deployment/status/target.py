"""The state of a target: its jobs' last runs, what gates found, the newest update of every pipeline. Only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.status.findings import Findings, reason
from medallion_toolkit.deployment.status.last_runs import JobStatus, job_states
from medallion_toolkit.deployment.status.missed_checks import MissedCheck, gated_layers
from medallion_toolkit.deployment.updates.deployed import DeployedPipeline, deployed_pipelines
from medallion_toolkit.deployment.updates.following import progress_now
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.updates.success import Criterion, criteria_of, has_datasets, missing_tables
from medallion_toolkit.deployment.warehouse import open_warehouse
from medallion_toolkit.deployment.workspace import SignedIn, sign_in
from medallion_toolkit.engine.gates import gates_of
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.graph.project import Project, project_of
from medallion_toolkit.repair.workspace import WorkspaceTables


@dataclass(frozen=True)
class PipelineStatus:
    """A pipeline, its newest update and the criteria of success."""

    pipeline: DeployedPipeline
    progress: UpdateProgress | None
    criteria: tuple[Criterion, ...]

    @property
    def ok(self) -> bool:
        """Whether every criterion holds."""
        return all(one.ok for one in self.criteria)


@dataclass(frozen=True)
class TargetStatus:
    """Everything that `medallion status` tells; `notes` say what could not be read, and why."""

    target: str
    jobs: tuple[JobStatus, ...]
    checks: tuple[MissedCheck, ...]
    pipelines: tuple[PipelineStatus, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether jobs, gates and pipelines could be read and are well."""
        states = [not self.notes, *(job.ok for job in self.jobs), *(check.ok for check in self.checks)]
        return all((*states, *(pipeline.ok for pipeline in self.pipelines)))


def status_of(root: Path, target: str) -> TargetStatus:
    """Reads jobs, pipelines, events and tables; starts nothing. The warehouse is asked only where a gate failed."""
    signed_in = sign_in(root, target)
    project = project_of(signed_in.bundle)
    notes: list[str] = []
    jobs = _jobs(signed_in, project, notes)
    checks = _missed_checks(signed_in, project, jobs, notes)
    return TargetStatus(target, jobs, checks, pipeline_states(signed_in, project), tuple(notes))


def pipeline_states(signed_in: SignedIn, project: Project) -> tuple[PipelineStatus, ...]:
    """Every pipeline that makes anything, with its newest update."""
    found = []
    for pipeline in deployed_pipelines(signed_in):
        if not has_datasets(project, pipeline.key):
            continue
        update = pipeline.update
        progress = progress_now(signed_in.client, signed_in.bundle.target, pipeline.id, update) if update else None
        missing = missing_tables(signed_in, project, pipeline.key)
        found.append(PipelineStatus(pipeline, progress, criteria_of(pipeline, progress, missing)))
    return tuple(found)


def _jobs(signed_in: SignedIn, project: Project, notes: list[str]) -> tuple[JobStatus, ...]:
    try:
        return job_states(signed_in, project)
    except MedallionError as error:
        notes.append(f"the jobs could not be read: {reason(error)}")
        return ()


def _missed_checks(
    signed_in: SignedIn, project: Project, jobs: Sequence[JobStatus], notes: list[str]
) -> tuple[MissedCheck, ...]:
    """What the failed gates found; `notes` gets what of it could not be read."""
    gates = [gate.name for pipeline in signed_in.bundle.pipelines for gate in gates_of(signed_in.bundle, pipeline.key)]
    failed = [(job.run, layers) for job in jobs if job.run and (layers := gated_layers(job.run.failed, gates))]
    if not failed:
        return ()
    try:
        warehouse = open_warehouse(signed_in.client, signed_in.bundle)
    except MedallionError as error:
        notes.append(f"what the gates found could not be read: {reason(error)}")
        return ()
    findings = Findings(WorkspaceTables(signed_in.client, signed_in.bundle, project, warehouse.rows), notes)
    return tuple(check for run, layers in failed for check in findings.of(layers, run.started))
