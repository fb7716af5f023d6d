"""A run as JSON: what `medallion run --json` prints and `.medallion/runs/` keeps."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from medallion_toolkit.report.quality import quality_as_json, quality_of

if TYPE_CHECKING:
    from medallion_toolkit.engine.run import RunResult
    from medallion_toolkit.engine.update import DatasetResult
    from medallion_toolkit.graph.project import Project


def run_as_json(project: Project, result: RunResult) -> dict[str, object]:
    """Plain values only; datasets under the names on screen."""
    return {
        "project": result.project,
        "target": result.target,
        "started": result.started.isoformat(),
        "seconds": round(result.seconds, 2),
        "ok": result.ok,
        "datasets": [
            {"pipeline": update.pipeline, "update_id": update.update_id, **_dataset(project, one)}
            for update in result.updates
            for one in update.datasets
        ],
        "gates": [
            {
                "name": gate.name,
                "pipeline": gate.pipeline,
                "ok": gate.ok,
                "error": gate.error.as_dict() if gate.error else None,
                "checks": [asdict(check) for check in gate.checks],
            }
            for gate in result.gates
        ],
        "quality": quality_as_json(quality_of(project, result)),
        "stopped": dict(result.stopped),
        "kept": list(result.kept),
    }


def _dataset(project: Project, result: DatasetResult) -> dict[str, object]:
    return {
        "name": project.display[result.key],
        "kind": result.kind,
        "outcome": result.outcome,
        "seconds": round(result.seconds, 2),
        "rows_in": result.counts.rows_in,
        "written": result.counts.written,
        "deleted": result.counts.deleted,
        "dropped": result.counts.dropped,
        "expectations": [asdict(outcome) for outcome in result.counts.expectations],
        "error": result.error.as_dict() if result.error else None,
        "skipped_for": project.display[result.skipped_for] if result.skipped_for else None,
        "notes": list(result.notes),
    }
