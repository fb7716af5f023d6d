"""Repair files by position: what no edit names stays as its author wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place
from medallion_toolkit.lint.findings import Edit, Finding
from medallion_toolkit.lint.project import BOM, LintProject


def fixed_texts(project: LintProject, findings: Sequence[Finding]) -> tuple[dict[str, str], int]:
    """The new text of every file that changes, by path, and how many findings it repairs.

    A finding whose edits would overlap those of another waits for the next run.
    """
    taken: dict[str, list[Edit]] = {}
    repaired = 0
    for finding in findings:
        if not finding.edits or any(_overlaps(edit, taken.get(edit.path, [])) for edit in finding.edits):
            continue
        for edit in finding.edits:
            taken.setdefault(edit.path, []).append(edit)
        repaired += 1
    return {path: _applied(project.files[path].text, edits) for path, edits in taken.items()}, repaired


def write_texts(project: LintProject, texts: dict[str, str]) -> None:
    """Write the files; MED640 names the first that cannot be written."""
    for path, text in texts.items():
        mark = BOM if project.files[path].has_bom else ""
        try:
            _replace(project.root / path, (mark + text).encode("utf-8"))
        except OSError as error:
            raise ConfigError("MED640", f"{path} cannot be written", place=Place(path), help=str(error)) from None


def _replace(file: Path, content: bytes) -> None:
    """In one step: a reader sees the old file or the new one."""
    beside = file.with_name(f".{file.name}.lint")
    beside.write_bytes(content)
    beside.chmod(file.stat().st_mode)
    beside.replace(file)


def _overlaps(edit: Edit, others: Sequence[Edit]) -> bool:
    return any((edit.start < other.end and other.start < edit.end) or edit.start == other.start for other in others)


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
