"""The state of every pipeline of a target, with the four criteria of success."""

from __future__ import annotations

from pathlib import Path

from medallion_toolkit.deployment.updates.deployed import deployed_pipelines
from medallion_toolkit.deployment.updates.following import progress_now
from medallion_toolkit.deployment.updates.success import criteria_of, has_datasets, missing_tables
from medallion_toolkit.deployment.updates.telling import PipelineStatus
from medallion_toolkit.deployment.workspace import sign_in
from medallion_toolkit.graph.project import project_of


def status_of(root: Path, target: str) -> tuple[PipelineStatus, ...]:
    """Reads pipelines that make anything, their events and tables; starts nothing."""
    signed_in = sign_in(root, target)
    project = project_of(signed_in.bundle)
    found = []
    for pipeline in deployed_pipelines(signed_in):
        if not has_datasets(project, pipeline.key):
            continue
        update = pipeline.update
        progress = progress_now(signed_in.client, target, pipeline.id, update) if update else None
        missing = missing_tables(signed_in, project, pipeline.key)
        found.append(PipelineStatus(pipeline, progress, criteria_of(pipeline, progress, missing)))
    return tuple(found)
