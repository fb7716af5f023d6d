"""The gates of a target, asked in its workspace about the newest update of each pipeline; nothing is written there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.warehouse import Row, Warehouse, open_warehouse
from medallion_toolkit.deployment.workspace import sign_in
from medallion_toolkit.engine.gates import Gate, GateResult, check_of, gates_of
from medallion_toolkit.engine.gating import ALWAYS, chosen_gates
from medallion_toolkit.engine.job_sql import job_queries
from medallion_toolkit.errors import ConfigError, MedallionError, Place

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle


def judge_in_workspace(project: Path, target: str, layer: str | None = None) -> tuple[GateResult, ...]:
    """What the gates find now, in the order of the job's tasks: the query that the job would keep the answers of."""
    signed = sign_in(project, target)
    gates = chosen_gates(_in_job_order(signed.bundle), layer)
    warehouse = open_warehouse(signed.client, signed.bundle)
    return tuple(_judged(warehouse, gate, project) for gate in gates)


def _in_job_order(bundle: Bundle) -> list[Gate]:
    found = {gate.name: gate for pipeline in bundle.pipelines for gate in gates_of(bundle, pipeline.key)}
    tasks = [task for job in bundle.jobs.values() for task in _dicts(job.get("tasks"))]
    return [found[name] for task in tasks if (name := str(task.get("task_key"))) in found]


def _dicts(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _judged(warehouse: Warehouse, gate: Gate, project: Path) -> GateResult:
    try:
        return GateResult(
            gate.name, gate.pipeline, tuple(check_of(_typed(row)) for row in _rows(warehouse, gate, project))
        )
    except MedallionError as error:
        return GateResult(gate.name, gate.pipeline, (), error)


def _rows(warehouse: Warehouse, gate: Gate, project: Path) -> list[Row]:
    from medallion_toolkit.sql.markers import fill_markers

    path = project / gate.file
    if not path.is_file():
        raise ConfigError(
            "MED420", f"the file of gate {gate.name} does not exist", place=Place(gate.file), next="medallion generate"
        )
    parameters = {**gate.parameters, "job_started_at": ALWAYS.isoformat()}
    query = next(job_queries(path.read_text(encoding="utf-8"), gate.file, parameters))
    return list(warehouse.rows(fill_markers(query.text, parameters, query.place), query.catalog, query.schema))


def _typed(row: Row) -> dict[str, object]:
    """Values of a row, which come as text, as the check has them."""
    numbers = {"metric": float, "passed": int, "failed": int}
    typed: dict[str, object] = dict(row)
    typed["ok"] = row["ok"] == "true"
    for name, number in numbers.items():
        value = row.get(name)
        typed[name] = number(value) if value else None
    return typed
