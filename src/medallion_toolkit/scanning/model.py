"""What a scan says: findings by table, proposals, contradictions, and the change to the contracts' files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

RANKS = ("public", "internal", "confidential", "pii")


class Finding(Protocol):
    """What the project's helper modules found in a column."""

    @property
    def column(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def values(self) -> int: ...
    @property
    def share(self) -> float: ...
    @property
    def classification(self) -> str | None: ...
    @property
    def why(self) -> str: ...


@dataclass(frozen=True)
class ColumnVerdict:
    """A finding beside what the contract says: `stated` is the class in force, None when the column has none."""

    finding: Finding
    stated: str | None
    is_written: bool

    @property
    def proposes(self) -> str | None:
        """The class to write; None where the column has one of its own, or a default that is as strict."""
        wanted = self.finding.classification
        return wanted if wanted and not self.is_written and _rank(self.stated) < _rank(wanted) else None

    @property
    def contradicts(self) -> bool:
        """Whether the contract gives the column a class below the one that its data asks for."""
        wanted = self.finding.classification
        return wanted is not None and self.is_written and _rank(self.stated) < _rank(wanted)

    def as_dict(self) -> dict[str, object]:
        finding = self.finding
        return {
            "column": finding.column,
            "kind": finding.kind,
            "confidence": finding.confidence,
            "values": finding.values,
            "share": round(finding.share, 4),
            "why": finding.why,
            "stated": self.stated,
            "classification": finding.classification,
            "proposes": self.proposes,
            "contradicts": self.contradicts,
        }


@dataclass(frozen=True)
class TableScan:
    """A table: `rows` is None where it has none here; one row of `one_of` was looked at."""

    name: str
    path: str
    rows: int | None
    one_of: int
    columns: Sequence[ColumnVerdict]
    by_hand: str | None = None

    @property
    def proposals(self) -> dict[str, str]:
        """Column and class to write."""
        return {one.finding.column: one.proposes for one in self.columns if one.proposes}

    @property
    def sampling(self) -> str:
        """How the rows were chosen, in words."""
        if self.rows is None:
            return f"no rows here, judged by column names alone   next: medallion run --select {self.name}"
        return f"{self.rows:,} rows, " + ("all looked at" if self.one_of == 1 else f"one in {self.one_of} looked at")

    def as_dict(self) -> dict[str, object]:
        return {
            "table": self.name,
            "contract": self.path,
            "rows": self.rows,
            "one_of": self.one_of,
            "columns": [one.as_dict() for one in self.columns],
            "by_hand": self.by_hand,
        }


@dataclass(frozen=True)
class FileChange:
    """The text of a contract before and after, and the difference between them."""

    path: str
    before: str
    after: str
    diff: str


@dataclass(frozen=True)
class Scan:
    """A whole scan; `is_applied` says that the changes are in the files."""

    target: str
    tables: Sequence[TableScan]
    changes: Sequence[FileChange]
    is_applied: bool = False

    @property
    def contradictions(self) -> int:
        return sum(one.contradicts for table in self.tables for one in table.columns)

    @property
    def proposals(self) -> int:
        return sum(len(table.proposals) for table in self.tables)

    @property
    def has_findings(self) -> bool:
        """Whether something is left to do."""
        by_hand = any(table.by_hand for table in self.tables)
        return bool(self.contradictions) or by_hand or (bool(self.proposals) and not self.is_applied)

    def as_dict(self) -> dict[str, object]:
        return {
            "target": self.target,
            "proposals": self.proposals,
            "contradictions": self.contradictions,
            "written": [one.path for one in self.changes] if self.is_applied else [],
            "tables": [table.as_dict() for table in self.tables],
            "diff": "".join(one.diff for one in self.changes),
        }


def _rank(classification: str | None) -> int:
    return RANKS.index(classification) if classification in RANKS else -1
