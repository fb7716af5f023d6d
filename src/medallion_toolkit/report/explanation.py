"""What `medallion explain` prints: queries, inputs, plan in words, and where time went in the last run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from medallion_toolkit.engine.explaining import Explanation, FlowExplanation
from medallion_toolkit.report.sizes import size_text


@dataclass(frozen=True)
class Timing:
    """Seconds of a dataset in its last run: of all, its place among the slowest, and per flow."""

    started: str
    outcome: str
    seconds: float
    of_seconds: float
    place: int
    of_datasets: int
    flows: Mapping[str, float]


def timing_of(runs: Path, events: Path, name: str, full_name: str) -> Timing | None:
    """Where time went when the dataset last ran; None before that. `events` is its pipeline's log."""
    for path in sorted(runs.glob("*.json"), reverse=True):
        run = json.loads(path.read_text(encoding="utf-8"))
        ran = [one for one in run["datasets"] if one["outcome"] in ("ok", "failed")]
        mine = next((one for one in ran if one["name"] == name), None)
        if mine is not None:
            return Timing(
                started=run["started"],
                outcome=mine["outcome"],
                seconds=mine["seconds"],
                of_seconds=run["seconds"],
                place=1 + sum(one["seconds"] > mine["seconds"] for one in ran),
                of_datasets=len(ran),
                flows=_flow_seconds(events, mine["update_id"], full_name),
            )
    return None


def _flow_seconds(events: Path, update: str, table: str) -> dict[str, float]:
    """Seconds of each flow of the table in one update, from its first RUNNING to its last end."""
    if not events.is_file():
        return {}
    started: dict[str, datetime] = {}
    found: dict[str, float] = {}
    for line in events.read_text(encoding="utf-8").splitlines():
        if update not in line or '"flow_progress"' not in line:
            continue
        event = json.loads(line)
        origin, at = event["origin"], datetime.fromisoformat(event["timestamp"])
        flow = str(origin["flow_name"]).rpartition(".")[2]
        if origin["update_id"] != update or origin["dataset_name"] != table:
            continue
        if json.loads(event["details"])["flow_progress"]["status"] == "RUNNING":
            started.setdefault(flow, at)
        elif flow in started:
            found[flow] = round((at - started[flow]).total_seconds(), 2)
    return found


def explanation_as_json(found: Explanation, timing: Timing | None) -> dict[str, object]:
    """The same as the text, places as text."""
    flows = [{**asdict(flow), "place": str(flow.place)} for flow in found.flows]
    return {
        "name": found.name,
        "kind": found.kind,
        "place": str(found.place),
        "flows": flows,
        "last_run": asdict(timing) if timing else None,
    }


def explanation_as_text(found: Explanation, timing: Timing | None) -> str:
    """Sections with their lines; a flow's name is said where there are several."""
    lines = [f"{found.name}   {found.kind.replace('_', ' ')}   {found.place}"]
    for flow in found.flows:
        if len(found.flows) > 1:
            lines += ["", f"flow {flow.name}"]
        lines += _flow(flow)
    return "\n".join([*lines, "", *_timing(timing)])


def _flow(flow: FlowExplanation) -> Iterator[str]:
    yield f"\nquery   {flow.place}"
    if flow.query is not None:
        numbered = enumerate(flow.query.splitlines(), start=flow.place.line)
        yield from (f"{number:>6} | {line}".rstrip() for number, line in numbered)
    elif not flow.clauses:
        is_python = flow.place.path.endswith(".py")
        yield "  made by Python" if is_python else "  made from the contract: medallion render shows it as SQL"
    yield from (f"  {clause}" for clause in flow.clauses)
    if flow.inputs:
        yield "\ninputs"
    width = max((len(each.name) for each in flow.inputs), default=0)
    for each in flow.inputs:
        how = "what is new" if each.mode == "stream" else "all rows"
        size = f"   {str(each).removeprefix(each.name).strip(' ()')}" if str(each) != each.name else ""
        yield f"  {each.name:<{width}}  {each.kind}, {how}{size}{f', {size_text(each.size)}' if each.size else ''}"
    yield "\nplan"
    yield from (f"  {number}. {step}" for number, step in enumerate(flow.steps, start=1))
    yield from (f"  warning: {warning}" for warning in flow.warnings)


def _timing(timing: Timing | None) -> Iterator[str]:
    if timing is None:
        yield "last run: none yet"
        return
    started = timing.started[:16].replace("T", " ")
    rank = f"number {timing.place} of {timing.of_datasets} datasets by time"
    yield f"last run   {started} UTC   {timing.outcome}"
    yield f"  {timing.seconds:.1f} s of the run's {timing.of_seconds:.1f} s, {rank}"
    if len(timing.flows) > 1:
        yield from (f"  {seconds:.1f} s in flow {flow}" for flow, seconds in timing.flows.items())
