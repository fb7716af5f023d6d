"""What differs, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["resource", "file", "governance", "table", "contract"]
Value = Any  # what JSON can say; None where there is nothing
KINDS: tuple[Kind, ...] = ("resource", "file", "contract", "governance", "table")


@dataclass(frozen=True)
class Drifted:
    """One difference. `where` is a dotted name that ignore patterns are held against.

    `expected` is what the code says (or the first of two targets), `found` what the workspace has (or the second).
    """

    kind: Kind
    where: str
    expected: Value
    found: Value
    next: str


@dataclass(frozen=True)
class DriftReport:
    """Everything compared: `scope` says what with what, `notes` what could not be compared and why.

    `ignored` are differences that `[tool.medallion.drift] ignore` leaves out.
    """

    scope: str
    differences: tuple[Drifted, ...]
    ignored: tuple[Drifted, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Findings:
    """Collects differences and notes while a target is compared."""

    differences: list[Drifted] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def differ(self, kind: Kind, where: str, expected: Value, found: Value, next: str) -> None:
        """Keep a difference where there is one."""
        if expected != found:
            self.differences.append(Drifted(kind, where, expected, found, next))

    def report(self, scope: str, ignored: Sequence[Drifted]) -> DriftReport:
        """What was found without what is ignored, in the order of kinds and names."""
        left = [one for one in self.differences if one not in ignored]
        left.sort(key=lambda one: (KINDS.index(one.kind), one.where))
        return DriftReport(scope, tuple(left), tuple(ignored), tuple(self.notes))
