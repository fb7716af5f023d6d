"""How good each table is: the score of `dq_scores`, from what a run counted, and how it went over past runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.report.model import QualityPoint, TableQuality
from medallion_toolkit.report.past_runs import read_runs

if TYPE_CHECKING:
    from medallion_toolkit.engine.gates import Check
    from medallion_toolkit.engine.run import RunResult
    from medallion_toolkit.graph.project import Project
    from medallion_toolkit.python.helper_contract import Contract

GATE = "gate_"


@dataclass(frozen=True)
class Verdict:
    """What one rule found: the share of rows that hold, of a rule of the whole table 1 or 0."""

    weight: int
    rate: float
    passed: int = 0
    failed: int = 0


def quality_of(project: Project, result: RunResult) -> tuple[TableQuality, ...]:
    """Every table that a rule judged in this run; tables whose rules saw no row are left out."""
    package = project.contracts.package
    if package is None or not hasattr(package, "monitoring_views"):
        return ()
    weights: Mapping[str, int] = package.jobs.monitoring.SEVERITY_WEIGHTS
    found = []
    for key, contract in project.contracts.by_table.items():
        verdicts = [*_counted(result, key, contract, weights), *_gated(result, contract, weights)]
        if verdicts:
            found.append(
                _table(project.display.get(key, f"{contract.layer}.{contract.name}"), contract.layer, verdicts)
            )
    return tuple(found)


def with_past(tables: Iterable[TableQuality], runs: Path, started: str) -> tuple[TableQuality, ...]:
    """The tables with their figures of the kept runs, oldest first, this run last."""
    past: dict[str, list[QualityPoint]] = {}
    for run in read_runs(runs):
        for one in run.get("quality", ()):
            past.setdefault(one["name"], []).append(QualityPoint(run["started"], one["score"], one["failed_share"]))
    return tuple(
        TableQuality(
            one.name, one.layer, one.rules, one.score, one.failed_share,
            (*past.get(one.name, ()), QualityPoint(started, one.score, one.failed_share)),
        )
        for one in tables
    )  # fmt: skip


def quality_as_json(tables: Iterable[TableQuality]) -> list[dict[str, object]]:
    """What `medallion run --json` prints and past runs keep."""
    return [
        {
            "name": one.name,
            "layer": one.layer,
            "rules": one.rules,
            "score": one.score,
            "failed_share": one.failed_share,
        }
        for one in tables
    ]


def _counted(result: RunResult, key: str, contract: Contract, weights: Mapping[str, int]) -> Iterable[Verdict]:
    """The rules that the update counted."""
    if contract.source is None:
        return
    counted_in = f"{key.rpartition('.')[0]}.{contract.counted_in}".lower()
    severities = {rule.name: rule.severity for rule in contract.rules}
    for update in result.updates:
        for dataset in update.datasets:
            for one in dataset.counts.expectations if dataset.key == counted_in else ():
                if one.name in severities and one.passed + one.failed:
                    rate = one.passed / (one.passed + one.failed)
                    yield Verdict(weights[severities[one.name]], rate, one.passed, one.failed)


def _gated(result: RunResult, contract: Contract, weights: Mapping[str, int]) -> Iterable[Verdict]:
    """The rules that a gate asked of the table."""
    for gate in result.gates:
        for check in gate.checks if gate.name == f"{GATE}{contract.layer}" else ():
            if check.dataset == contract.name and check.kind in ("rows", "table") and check.verdict != "not asked":
                yield from _verdict(check, weights)


def _verdict(check: Check, weights: Mapping[str, int]) -> Iterable[Verdict]:
    weight = weights[check.severity or "major"]
    passed, failed = check.passed or 0, check.failed or 0
    if check.kind == "table":
        yield Verdict(weight, 1.0 if check.verdict == "holds" else 0.0)
    elif passed + failed:
        yield Verdict(weight, passed / (passed + failed), passed, failed)


def _table(name: str, layer: str, verdicts: Sequence[Verdict]) -> TableQuality:
    weight = sum(one.weight for one in verdicts)
    score = round(100 * sum(one.weight * one.rate for one in verdicts) / weight, 1)
    failed = sum(one.failed for one in verdicts)
    judged = failed + sum(one.passed for one in verdicts)
    return TableQuality(name, layer, len(verdicts), score, failed / judged if judged else None)
