"""What lint says: findings with their place, how bad they are, and how to repair them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from medallion_toolkit.errors import Place

if TYPE_CHECKING:
    from medallion_toolkit.lint.project import LintProject

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Edit:
    """Characters [start, end) of a file, BOM not counted, and the text that takes their place."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Found:
    """What a rule found: the place, one sentence, advice; `edits` repair it without changing what is meant."""

    place: Place
    message: str
    help: str | None = None
    edits: tuple[Edit, ...] = ()
    level: Level | None = None


@dataclass(frozen=True)
class Finding:
    """One thing lint says; `name` is the rule's, None for an error of the project reader."""

    code: str
    level: Level
    place: Place
    message: str
    help: str | None = None
    name: str | None = None
    edits: tuple[Edit, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "code": self.code,
            "name": self.name,
            "level": self.level,
            "message": self.message,
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
            "help": self.help,
            "fixable": bool(self.edits),
        }

    def as_text(self) -> str:
        """`path:line:column: level code sentence`, advice in a second line."""
        head = f"{self.place}: {self.level} {self.code} {self.message}"
        advice = "medallion lint --fix repairs it" if self.edits else self.help
        return f"{head}\n    {advice}" if advice else head


@dataclass(frozen=True)
class Example:
    """Files of a small project, by path, for one rule to judge."""

    files: Mapping[str, str]


@dataclass(frozen=True)
class LintRule:
    """A rule: `why` is one sentence; it finds something in `offends` and nothing in `fine`."""

    code: str
    name: str
    level: Level
    why: str
    check: Callable[[LintProject], Iterable[Found]]
    offends: Example
    fine: Example
    fixes: bool = False

    def findings(self, project: LintProject) -> list[Finding]:
        """Everything the rule finds in the project."""
        return [
            Finding(
                self.code,
                one.level or self.level,
                project.shown(one.place),
                one.message,
                one.help,
                self.name,
                one.edits,
            )
            for one in self.check(project)
        ]


@dataclass(frozen=True)
class LintResult:
    """All findings, worst first within their file's order; `fixed` counts what --fix repaired."""

    findings: tuple[Finding, ...]
    files: int
    fixed: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing is worse than a note."""
        return all(one.level == "note" for one in self.findings)

    def count(self, level: Level) -> int:
        """How many findings have this level."""
        return sum(one.level == level for one in self.findings)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "clean": self.is_clean,
            "files": self.files,
            "fixed": self.fixed,
            **{f"{level}s": self.count(level) for level in LEVELS},
            "findings": [one.as_dict() for one in self.findings],
        }

    def as_text(self, notes: bool = False) -> str:
        """Findings by file and line; notes only when asked for, else counted."""
        shown = [one for one in self.findings if notes or one.level != "note"]
        return "\n".join([*(one.as_text() for one in shown), self._summary(notes)])

    def _summary(self, notes: bool) -> str:
        counted = [_counted(self.count(level), level) for level in LEVELS[:2]]
        hidden = self.count("note")
        if hidden:
            counted.append(_counted(hidden, "note") + ("" if notes else " (--notes shows them)"))
        fixed = f"{self.fixed} repaired · " if self.fixed else ""
        return f"{fixed}{self.files} files · {' · '.join(counted)}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By file, line, column and code, each once."""
    once = {(one.code, str(one.place), one.message): one for one in findings}
    return tuple(sorted(once.values(), key=lambda one: (one.place.path, one.place.line, one.place.column, one.code)))


def worst(findings: Sequence[Finding]) -> Level:
    """The worst level among the findings; a note when there are none."""
    return next((level for level in LEVELS if any(one.level == level for one in findings)), "note")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
