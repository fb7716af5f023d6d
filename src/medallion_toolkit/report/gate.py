"""What gates found as text, Markdown and JSON: a line a check, missed ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from medallion_toolkit.engine.gates import Check, GateResult
from medallion_toolkit.errors import render_error

VERDICTS = ("missed", "warning", "holds", "not asked")
_COLUMNS = ("verdict", "table", "rule", "observed", "limit", "severity")


@dataclass(frozen=True)
class GateReport:
    """The gates of a project, asked about the last run for one target's variables."""

    target: str
    gates: tuple[GateResult, ...]
    root: Path
    where: Literal["local", "workspace"] = "local"

    @property
    def ok(self) -> bool:
        """Whether no limit is missed."""
        return all(gate.ok for gate in self.gates)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "where": self.where,
            "target": self.target,
            "ok": self.ok,
            "gates": [
                {
                    "name": gate.name,
                    "pipeline": gate.pipeline,
                    "ok": gate.ok,
                    "error": gate.error.as_dict() if gate.error else None,
                    "checks": [asdict(check) for check in in_order(gate.checks)],
                }
                for gate in self.gates
            ],
        }

    @property
    def _place(self) -> str:
        if self.where == "local":
            return f"local · variables of target {self.target}"
        return f"workspace · target {self.target}"

    def as_text(self) -> str:
        """Where, then a table for each gate."""
        lines = [f"{self._place} · the last run of each pipeline"]
        for gate in self.gates:
            lines += ["", f"{gate.name}   {counts(gate.checks)}"]
            lines += [f"  {line}" for line in _aligned([_COLUMNS, *map(_cells, in_order(gate.checks))])]
            lines += [render_error(gate.error, self.root)] if gate.error else []
        return "\n".join(lines)

    def as_markdown(self) -> str:
        """The same for a pull request or a job summary."""
        lines = [f"**Gates** · {self._place}"]
        for gate in self.gates:
            lines += ["", f"### {gate.name}: {counts(gate.checks)}", ""]
            lines += [_row(_COLUMNS), _row(["---"] * len(_COLUMNS))] if gate.checks else []
            lines += [_row(_cells(check)) for check in in_order(gate.checks)]
            lines += ["", "```", render_error(gate.error, self.root), "```"] if gate.error else []
        return "\n".join(lines)


def in_order(checks: Sequence[Check]) -> list[Check]:
    """Missed checks first, then warnings, what holds, and what was not asked; by table and rule."""
    return sorted(checks, key=lambda check: (VERDICTS.index(check.verdict), check.dataset, check.check))


def counts(checks: Sequence[Check]) -> str:
    """`8 checks, 1 missed`, with warnings and checks that were not asked where there are any."""
    found = {verdict: sum(check.verdict == verdict for check in checks) for verdict in VERDICTS}
    more = [f"{found['warning']} warned"] if found["warning"] else []
    more += [f"{found['not asked']} not asked"] if found["not asked"] else []
    return ", ".join([f"{len(checks)} checks", f"{found['missed']} missed", *more])


def _cells(check: Check) -> tuple[str, ...]:
    return check.verdict, check.dataset, check.check, check.observed, check.limit, check.severity or ""


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
