"""The gates of a project, asked again about the last local run of their pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from medallion_toolkit.engine.gates import Gate, GateResult, gates_of, run_gate
from medallion_toolkit.engine.lock import hold_lock
from medallion_toolkit.errors import MedallionError, UsageError, did_you_mean
from medallion_toolkit.graph.order import pipeline_order

if TYPE_CHECKING:
    from medallion_toolkit.engine.run import LocalRun

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def judge_last_run(run: LocalRun, layer: str | None = None) -> tuple[GateResult, ...]:
    """Every gate of the project, or that of one layer, in the order of the job; UsageError when there is none.

    What the gates find is kept like that of a run.
    """
    project = run.project
    gates = [gate for key in pipeline_order(project.graph, project.depends) for gate in gates_of(project.bundle, key)]
    chosen = chosen_gates(gates, layer)
    with hold_lock(run.store.root):
        return tuple(_judged(run, gate) for gate in chosen)


def chosen_gates(gates: Sequence[Gate], layer: str | None) -> list[Gate]:
    """The gate of one layer, or all; UsageError when there is none."""
    chosen = [gate for gate in gates if layer in (None, _layer(gate))]
    if not chosen:
        raise _no_gate(layer, [_layer(gate) for gate in gates])
    return chosen


def _layer(gate: Gate) -> str:
    return gate.name.removeprefix("gate_")


def _judged(run: LocalRun, gate: Gate) -> GateResult:
    try:
        return run_gate(run.binder(gate.pipeline), gate, ALWAYS, run.project.bundle.root)
    except MedallionError as error:
        return GateResult(gate.name, gate.pipeline, (), error)


def _no_gate(layer: str | None, layers: list[str]) -> UsageError:
    return UsageError(
        "MED424",
        f"there is no gate of {layer}" if layers else "the project has no gate",
        found=layer,
        expected=", ".join(layers) or "a task gate_… in a job, behind the task of its pipeline",
        help=did_you_mean(layer or "", layers),
    )
