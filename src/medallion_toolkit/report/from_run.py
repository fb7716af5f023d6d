"""The report of a local run: its results, what each contract judged, and samples of what was quarantined."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from medallion_toolkit.engine.run import LocalRun, RunResult
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.engine.update import GOOD, DatasetResult
from medallion_toolkit.errors import render_error
from medallion_toolkit.graph.project import Project
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.report.model import (
    DatasetFigures,
    ExpectationResult,
    GateCheck,
    Problem,
    QuarantineReason,
    RunReport,
)
from medallion_toolkit.report.quality import quality_of, with_past
from medallion_toolkit.report.schema_changes import schema_changes

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SAMPLES = 3
CHECKED, QUARANTINE = "_checked", "_quarantine"
VALID_RULE, KEPT_RULE = "row_is_valid", "row_is_kept"
MASK = "***"


def report_of(run: LocalRun, result: RunResult) -> RunReport:
    """What the page shows; reads a few rows of each quarantine table that has any."""
    project = run.project
    found = {one.key: one for update in result.updates for one in update.datasets}
    return RunReport(
        project=result.project,
        target=result.target,
        started=result.started,
        seconds=result.seconds,
        outcome="ok" if result.ok else "failed",
        datasets=tuple(_figures(project, found, key) for key in _in_order(project, found)),
        expectations=tuple(_expectations(project, found.values())),
        quarantine=tuple(_reasons(run, found)),
        gates=tuple(
            GateCheck(
                gate.name,
                check.dataset,
                check.check,
                check.observed,
                check.limit,
                check.ok,
                check.verdict,
                check.severity,
            )
            for gate in result.gates
            for check in gate.checks
        ),
        problems=tuple(_problems(project, result)),
        quality=with_past(quality_of(project, result), run.store.runs(), result.started.isoformat()),
        schema_changes=tuple(schema_changes(run, found)),
    )


def _problems(project: Project, result: RunResult) -> Iterable[Problem]:
    for gate in result.gates:
        if gate.error is not None:
            yield Problem(f"{gate.name} could not be judged", render_error(gate.error, project.bundle.root))
    for name, reason in result.stopped.items():
        yield Problem(f"pipeline {name} was not run", reason)


def conservation(project: Project, results: dict[str, DatasetResult], key: str) -> DatasetFigures | None:
    """The judged rows of the table `key` in this run, None when no contract makes it or it did not run."""
    checked, target, quarantine = results.get(key + CHECKED), results.get(key), results.get(key + QUARANTINE)
    seen_all = checked or quarantine
    contract = project.contracts.making(key)
    if contract is None or seen_all is None or target is None or target.outcome not in GOOD:
        return None
    return DatasetFigures(
        name=project.display[key],
        layer=layer_of(project, key),
        kind=target.kind,
        outcome=target.outcome,
        rows_in=checked.counts.written if checked else seen_all.counts.rows_in,
        valid=_valid_in_snapshots(seen_all) if contract.has_snapshots else target.counts.rows_in,
        dropped=_dropped_by_rule(seen_all),
        quarantined=quarantine.counts.written if quarantine else 0,
    )


def _valid_in_snapshots(checked: DatasetResult) -> int:
    """The rows of all snapshots that are neither quarantined nor dropped; the table holds what they come to."""
    passed = sum(one.passed for one in checked.counts.expectations if one.name == VALID_RULE)
    return passed - _dropped_by_rule(checked)


def _dropped_by_rule(checked: DatasetResult) -> int:
    """Rows that a rule drops stay in the table of verdicts, where an expectation counts them."""
    return sum(one.failed for one in checked.counts.expectations if one.name == KEPT_RULE)


def layer_of(project: Project, key: str) -> str:
    return project.display[key].split(".")[0] if "." in project.display[key] else "other"


def _in_order(project: Project, found: dict[str, DatasetResult]) -> Iterable[str]:
    return (key for key in project.graph.nodes if key in found)


def _figures(project: Project, found: dict[str, DatasetResult], key: str) -> DatasetFigures:
    result, node = found[key], project.graph.nodes[key]
    judged = conservation(project, found, key)
    return DatasetFigures(
        name=project.display[key],
        layer=layer_of(project, key),
        kind=result.kind,
        outcome=result.outcome,
        seconds=result.seconds,
        offset=result.offset,
        rows_in=judged.rows_in if judged else result.counts.rows_in,
        written=result.counts.written,
        valid=judged.valid if judged else None,
        dropped=judged.dropped if judged else result.counts.dropped,
        quarantined=judged.quarantined if judged else None,
        error=render_error(result.error, project.bundle.root) if result.error else None,
        inputs=tuple(_inputs(project, key)),
        place=str(node.dataset.place),
    )


def _inputs(project: Project, key: str) -> Iterable[str]:
    """Names of the tables a dataset reads, through its temporary views."""
    for other in project.depends[key]:
        if project.graph.nodes[other].dataset.kind == "temporary_view":
            yield from _inputs(project, other)
        else:
            yield project.display[other]


def _expectations(project: Project, results: Iterable[DatasetResult]) -> Iterable[ExpectationResult]:
    for result in results:
        for rule in result.counts.expectations:
            name = project.display[result.key]
            yield ExpectationResult(name, rule.name, rule.action, rule.passed, rule.failed, rule.unknown)


def _reasons(run: LocalRun, found: dict[str, DatasetResult]) -> Iterable[QuarantineReason]:
    for key, result in found.items():
        contract = run.project.contracts.making(key.removesuffix(QUARANTINE))
        if key.endswith(QUARANTINE) and contract is not None and run.store.exists(key) and result.outcome in GOOD:
            rows = read_table(run.spark_source.spark(), run.store, key)
            yield from _reasons_of(rows, run.project.display[key.removesuffix(QUARANTINE)], contract)


def _reasons_of(rows: DataFrame, name: str, contract: Contract) -> Iterable[QuarantineReason]:
    columns = [column.name for column in contract.columns]
    texts = [f"CAST(`{column}` AS STRING)" for column in columns]
    exploded = rows.selectExpr("explode(_errors) AS error", f"to_json(array({', '.join(texts)})) AS row")
    grouped = exploded.selectExpr("error.rule", "error.message", "error.columns", "row").groupBy(
        "rule", "message", "columns"
    )
    masked = {column.name for column in contract.columns if column.is_masked}
    found = grouped.agg({"row": "collect_list"}).toDF("rule", "message", "columns", "rows")
    counted = found.selectExpr(
        "rule", "message", "columns", "size(rows) AS total", f"slice(array_sort(rows), 1, {SAMPLES}) AS samples"
    )
    for rule, message, broken, total, samples in counted.orderBy("total", ascending=False).collect():
        shown = tuple(
            tuple(
                MASK if name in masked and value is not None else value
                for name, value in zip(columns, json.loads(sample), strict=True)
            )
            for sample in samples
        )
        yield QuarantineReason(name, rule, message, total, tuple(columns), tuple(broken), shown)
