"""Lint a project: what the reader finds wrong, what the rules find, less what comments silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medallion_toolkit.errors import MedallionError, Place, Problems, UsageError
from medallion_toolkit.lint.findings import Finding, Level, LintResult, in_order
from medallion_toolkit.lint.fixing import fixed_texts, write_texts
from medallion_toolkit.lint.ignoring import without_ignored
from medallion_toolkit.lint.library import RULES
from medallion_toolkit.lint.project import LintProject, read_lint_project, shown_place

MOST_PASSES = 5
# What the reader says only because lint has no session and no rows; a run knows better.
_NEEDS_A_RUN = ("MED252",)


def lint(root: Path, paths: Sequence[Path] = (), target: str | None = None, fix: bool = False) -> LintResult:
    """Everything found in the project, or in `paths` of it; with `fix` what is safe to repair is repaired first."""
    fixed = 0
    within = tuple(_below(root, path) for path in paths)
    while True:
        project, findings = _findings(root, target, within)
        texts, repaired = fixed_texts(project, findings) if fix and project and fixed < MOST_PASSES else ({}, 0)
        if project is None or not texts:
            files = len(project.files) if project else 0
            return LintResult(findings, files, fixed)
        write_texts(project, texts)
        fixed += repaired


def _findings(root: Path, target: str | None, within: Sequence[str]) -> tuple[LintProject | None, tuple[Finding, ...]]:
    try:
        project = read_lint_project(root, target)
    except MedallionError as error:
        if error.exit_code != 1:
            raise
        found = error.errors if isinstance(error, Problems) else (error,)
        return None, in_order(_of_reader(one, root.absolute()) for one in found)
    ruled = [finding for rule in RULES for finding in rule.findings(project)]
    said = {(one.place.path, one.place.line) for one in ruled if one.edits}
    read = [_of_reader(one, project.root) for one in project.errors]
    read = [one for one in read if _line(one.place) not in said]
    kept = without_ignored([*read, *ruled], project.files.values(), {rule.code for rule in RULES})
    return project, in_order(one for one in kept if _is_within(one.place.path, within))


def _of_reader(error: MedallionError, root: Path) -> Finding:
    place = shown_place(error.place, root) if error.place else Place("databricks.yml")
    level: Level = "note" if error.code in _NEEDS_A_RUN else "error"
    seen = error.found if error.found and error.found not in error.message else None
    said = (f"found {seen}" if seen else "", f"expected {error.expected}" if error.expected else "")
    compared = ", ".join(part for part in said if part)
    advice = " ".join(part for part in (f"{compared}." if compared else "", error.help or "") if part)
    return Finding(error.code, level, place, error.message, advice or None)


def _line(place: Place) -> tuple[str, int]:
    return place.path, place.line


def _below(root: Path, path: Path) -> str:
    """The path as findings name it: below the project's folder."""
    for candidate in (path, root / path):
        if candidate.exists() and candidate.resolve().is_relative_to(root.resolve()):
            return candidate.resolve().relative_to(root.resolve()).as_posix()
    raise UsageError(
        "MED272", f"the path {path} does not exist", found=str(path), expected="a file or folder of the project"
    )


def _is_within(path: str, within: Sequence[str]) -> bool:
    return not within or any(one == "." or path == one or path.startswith(f"{one}/") for one in within)
