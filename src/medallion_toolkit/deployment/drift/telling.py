"""A drift report as text, JSON and Markdown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from medallion_toolkit.deployment.drift.adopting import Adoption
from medallion_toolkit.deployment.drift.model import KINDS, Drifted, DriftReport, Kind, Value

LONGEST = 120


def as_text(report: DriftReport) -> str:
    """Where, expected, found and the next command, one difference after the other."""
    lines = [report.scope, _verdict(report)]
    for one in report.differences:
        lines += [one.where, f"    expected {shown(one.expected)} · found {shown(one.found)}", f"    $ {one.next}"]
    lines += [f"note: {note}" for note in report.notes]
    return "\n".join(lines)


def as_markdown(report: DriftReport) -> str:
    """The same for a job summary or an issue, the verdict first."""
    mark = "❗" if report.differences else "✅"
    lines = [f"### {mark} {_verdict(report)}", "", report.scope, ""]
    if report.differences:
        lines += ["| where | expected | found | next |", "|---|---|---|---|"]
        lines += [_row(one) for one in report.differences]
    lines += [f"\n> {note}" for note in report.notes]
    return "\n".join(lines)


def as_json(report: DriftReport, adoption: Adoption | None = None) -> dict[str, object]:
    """The same as plain values."""
    told: dict[str, object] = {**asdict(report), "ok": not report.differences}
    return {**told, "adoption": asdict(adoption)} if adoption else told


def adoption_text(adoption: Adoption) -> str:
    """What stands in the working tree now, and what a person has to settle."""
    lines = [f"adopted {one.where}   {one.file}" for one in adoption.adopted]
    lines += [f"by hand {one.where}\n    {one.why}" for one in adoption.left]
    return "\n".join([*lines, "nothing is committed: git diff"] if adoption.adopted else lines)


def shown(value: Value) -> str:
    """A value for a line of text.

    >>> shown(None), shown("a b"), shown({"a": 1})
    ('nothing', 'a b', '{"a": 1}')
    """
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _verdict(report: DriftReport) -> str:
    ignored = f" · {len(report.ignored)} ignored" if report.ignored else ""
    if not report.differences:
        return f"no drift{ignored}"
    number = len(report.differences)
    return f"{number} differ{'s' if number == 1 else ''}: {_counts(report.differences)}{ignored}"


def _counts(differences: Sequence[Drifted]) -> str:
    counted = Counter(one.kind for one in differences)
    return ", ".join(f"{counted[kind]} {_as_words(kind, counted[kind])}" for kind in KINDS if counted[kind])


def _as_words(kind: Kind, number: int) -> str:
    return kind if number == 1 or kind == "governance" else f"{kind}s"


def _row(one: Drifted) -> str:
    cells = (one.where, shown(one.expected), shown(one.found), one.next)
    return "| " + " | ".join("`" + cell.replace("|", "\\|").replace("`", "'") + "`" for cell in cells) + " |"
