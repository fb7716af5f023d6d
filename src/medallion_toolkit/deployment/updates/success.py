"""Whether a deployment works: idle, last update completed, no ERROR event in it, every expected table there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.graph.model import is_published

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


@dataclass(frozen=True)
class Criterion:
    """One of the four, and what was seen."""

    name: str
    ok: bool
    seen: str


def criteria_of(
    pipeline: DeployedPipeline, progress: UpdateProgress | None, missing: Sequence[str]
) -> tuple[Criterion, ...]:
    """The criteria for one pipeline; without any update none but idleness can hold."""
    errors = progress.errors if progress else 0
    state = progress.state if progress else "no update"
    return (
        Criterion("pipeline is idle", pipeline.state == "IDLE", pipeline.state),
        Criterion("latest update completed", state == "COMPLETED", state),
        Criterion("no error event", progress is not None and errors == 0, f"{errors} error events"),
        Criterion("expected tables are there", not missing, ", ".join(missing) or "all"),
    )


def has_datasets(project: Project, pipeline: str) -> bool:
    """Whether the pipeline makes anything: one of a new project without sample data does not, and is never started."""
    return any(node.dataset.pipeline == pipeline for node in project.graph.nodes.values())


def missing_tables(signed_in: SignedIn, project: Project, pipeline: str) -> tuple[str, ...]:
    """Tables and views of the pipeline that the workspace does not have."""
    names = [
        node.name
        for node in project.graph.nodes.values()
        if node.dataset.pipeline == pipeline and is_published(node.dataset) and not node.dataset.private
    ]
    with asked("say which tables are there"):
        return tuple(name for name in names if not _is_there(signed_in, name))


def _is_there(signed_in: SignedIn, name: str) -> bool:
    from databricks.sdk.errors import NotFound

    try:
        signed_in.client.tables.get(name)
    except NotFound:
        return False
    return True
