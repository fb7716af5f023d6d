"""What a run says on the terminal: a line as each dataset ends, then a summary."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from medallion_toolkit.errors import render_error
from medallion_toolkit.report.from_run import conservation

if TYPE_CHECKING:
    from medallion_toolkit.engine.changes import Change
    from medallion_toolkit.engine.gates import GateResult
    from medallion_toolkit.engine.run import RunResult
    from medallion_toolkit.engine.update import DatasetResult
    from medallion_toolkit.graph.project import Project

COLORS = {"ok": "\x1b[32m", "failed": "\x1b[31m", "skipped": "\x1b[33m"}
RESET = "\x1b[0m"


@dataclass
class Progress:
    """Numbered lines on stderr; on a terminal in colour, with a line for what is being waited for."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    total: int = 0
    _number: int = 0
    _project: Project | None = None

    def planned(self, project: Project, total: int) -> None:
        self._project, self.total = project, total
        bundle = project.bundle
        self._say(f"local · variables of target {bundle.target} · {total} dataset{'s' if total != 1 else ''}")
        for note in project.graph.notes:
            self._say(f"note: {note.message}{f'   {note.place}' if note.place else ''}")

    def starting(self) -> None:
        if self.stream.isatty():
            self.stream.write("starting Spark …\r")
            self.stream.flush()

    def changed(self, change: Change) -> None:
        if self._project is not None:
            self._say(f"changed: {self._project.shown(change.key)}: {change.what} ({change.consequence})")

    def waiting(self, line: str) -> None:
        self._say(line)

    def finished(self, result: DatasetResult) -> None:
        if self._project is None:
            return
        self._number += 1
        if result.outcome == "unchanged":
            return
        width = len(str(self.total))
        name = self._project.display[result.key]
        head = f"[{self._number:>{width}}/{self.total}] {name:<34}"
        self._say(f"{head} {self._painted(result.outcome)} {_figures(result, self._project)}".rstrip())
        for text in result.notes:
            self._say(f"note: {name}: {text}")

    def judged(self, result: GateResult) -> None:
        outcome = "ok" if result.ok else "failed"
        missed = sum(not check.ok for check in result.checks)
        detail = f"{len(result.checks)} checks, {missed} missed" if result.error is None else result.error.message
        self._say(f"{'':{len(str(self.total)) * 2 + 3}} {result.name:<34} {self._painted(outcome)} {detail}")

    def _painted(self, outcome: str) -> str:
        text = f"{outcome:<7}"
        return f"{COLORS[outcome]}{text}{RESET}" if self.stream.isatty() else text

    def _say(self, line: str) -> None:
        self.stream.write(("\x1b[K" if self.stream.isatty() else "") + line + "\n")
        self.stream.flush()


def _figures(result: DatasetResult, project: Project) -> str:
    if result.outcome == "skipped":
        return f"because {project.display[result.skipped_for]} failed" if result.skipped_for else ""
    seconds = f"{result.seconds:5.1f}s"
    if result.outcome == "failed":
        return seconds
    counts = result.counts
    parts = [f"{counts.rows_in:>9,} in", f"{counts.written:>9,} written"]
    parts += [f"{counts.deleted:,} deleted"] if counts.deleted else []
    parts += [f"{counts.dropped:,} dropped"] if counts.dropped else []
    return f"{seconds} {' '.join(parts)}"


def summary(project: Project, result: RunResult, report: str) -> str:
    """The lines after the run: outcome, row arithmetic per contract, failures in full, the report's path."""
    datasets = [one for update in result.updates for one in update.datasets]
    count = {name: sum(one.outcome == name for one in datasets) for name in ("ok", "unchanged", "failed", "skipped")}
    counts = ", ".join(f"{count[name]} {name}" for name in count if count[name] or name in ("ok", "failed"))
    lines = [*_problems(project, result), f"Done in {result.seconds:.{0 if result.seconds >= 10 else 1}f} s. {counts}."]
    lines += _arithmetic(project, result)
    lines += _undecided(project, result)
    lines += [f"  {project.bundle.name}: {name} was not run: {reason}" for name, reason in result.stopped.items()]
    if result.kept:
        lines.append(f"kept (pipelines.reset.allowed = false): {', '.join(result.kept)}")
    return "\n".join([*lines, f"report: {report}"])


def _arithmetic(project: Project, result: RunResult) -> Iterable[str]:
    found = {one.key: one for update in result.updates for one in update.datasets}
    for key in project.contracts.by_table:
        judged = conservation(project, found, key)
        if judged is None or not (judged.rows_in or judged.valid or judged.quarantined):
            continue
        note = "" if judged.adds_up else "   (does not add up: an earlier run was interrupted, or rows are lost)"
        yield f"  {judged.name:<24} {judged.arithmetic}{note}"


def _undecided(project: Project, result: RunResult) -> Iterable[str]:
    """Expectations that some rows left NULL: violations here, but the documentation does not say so."""
    for update in result.updates:
        for one in update.datasets:
            for rule in one.counts.expectations:
                if rule.unknown:
                    rows = f"{rule.failed:,} row{'s' if rule.failed != 1 else ''} failed, {rule.unknown:,} of them NULL"
                    yield f"  {project.display[one.key]:<24} {rule.name}: {rows}"


def _problems(project: Project, result: RunResult) -> Iterable[str]:
    root = project.bundle.root
    for update in result.updates:
        for one in update.datasets:
            if one.error is not None:
                yield f"{project.display[one.key]} failed\n{render_error(one.error, root)}\n"
    for gate in result.gates:
        missed = [check for check in gate.checks if not check.ok]
        if gate.error is not None:
            yield f"{gate.name} could not be judged\n{render_error(gate.error, root)}\n"
        for check in missed:
            yield f"{gate.name} missed   {check.dataset} {check.check}: {check.observed}, limit {check.limit}"
