"""What a report shows of one run, already counted and already masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["ok", "unchanged", "failed", "skipped"]


@dataclass(frozen=True)
class DatasetFigures:
    """One dataset of the run: `name` and `inputs` as shown to users, counts None where nothing was counted.

    `valid` is the number of judged rows that passed; it is counted, not subtracted, so that the report
    can say when `rows_in = valid + dropped + quarantined` does not hold. `offset` is the time between the
    start of the run and the start of this dataset. `place` is the file and line that makes it.
    """

    name: str
    layer: str
    kind: str
    outcome: Outcome
    seconds: float = 0.0
    offset: float = 0.0
    rows_in: int | None = None
    written: int | None = None
    valid: int | None = None
    dropped: int | None = None
    quarantined: int | None = None
    error: str | None = None
    inputs: tuple[str, ...] = ()
    place: str | None = None

    @property
    def is_drawn(self) -> bool:
        """False for temporary views: in the graph they are part of the arrow."""
        return self.kind != "temporary_view"

    @property
    def arithmetic(self) -> str | None:
        """The row sum, such as `412 = 389 + 23`, for a dataset whose rows are judged."""
        if self.rows_in is None or self.valid is None:
            return None
        parts = [self.valid, *(count for count in (self.dropped, self.quarantined) if count)]
        return f"{self.rows_in:,} = {' + '.join(f'{part:,}' for part in parts)}"

    @property
    def adds_up(self) -> bool:
        """False when judged rows are neither valid, dropped nor quarantined, or are so twice."""
        if self.rows_in is None or self.valid is None:
            return True
        return self.rows_in == self.valid + (self.dropped or 0) + (self.quarantined or 0)


@dataclass(frozen=True)
class ExpectationResult:
    """How many rows held an expectation of a dataset; `unknown` of the failed ones made its condition NULL."""

    dataset: str
    name: str
    action: str
    passed: int
    failed: int
    unknown: int = 0

    @property
    def failed_share(self) -> float:
        """Between 0 and 1."""
        return self.failed / (self.passed + self.failed) if self.failed else 0.0


@dataclass(frozen=True)
class QuarantineReason:
    """Rows of a dataset that broke one rule, some of them as samples.

    `columns` name the values of each sample row; `broken` are those that the rule looks at. Classified
    columns come masked.
    """

    dataset: str
    rule: str
    message: str
    rows: int
    columns: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    samples: tuple[tuple[str | None, ...], ...] = ()


@dataclass(frozen=True)
class GateCheck:
    """One limit of a gate: what was observed, what is allowed; `verdict` is holds, missed, warning or not asked."""

    gate: str
    dataset: str
    check: str
    observed: str
    limit: str
    ok: bool
    verdict: str = ""
    severity: str | None = None


@dataclass(frozen=True)
class QualityPoint:
    """The score of a table in one run, from 0 to 100, and the share of verdicts that failed, None without any."""

    started: str
    score: float
    failed_share: float | None


@dataclass(frozen=True)
class TableQuality:
    """How good a table is after a run, by so many rules; `points` are the runs before it and this one, oldest first."""

    name: str
    layer: str
    rules: int
    score: float
    failed_share: float | None
    points: tuple[QualityPoint, ...] = ()


@dataclass(frozen=True)
class SchemaChange:
    """A column, or another type of one, that a source brought and the contract of the table does not have."""

    dataset: str
    seen: str
    file: str | None
    column: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Problem:
    """Trouble that belongs to no single dataset: a gate that could not be judged, a pipeline that did not run."""

    title: str
    text: str


@dataclass(frozen=True)
class RunReport:
    """One run, complete."""

    project: str
    target: str
    started: datetime
    seconds: float
    outcome: Literal["ok", "failed"]
    datasets: tuple[DatasetFigures, ...]
    expectations: tuple[ExpectationResult, ...] = ()
    quarantine: tuple[QuarantineReason, ...] = ()
    gates: tuple[GateCheck, ...] = ()
    problems: tuple[Problem, ...] = ()
    quality: tuple[TableQuality, ...] = ()
    schema_changes: tuple[SchemaChange, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many datasets ended so."""
        return sum(dataset.outcome == outcome for dataset in self.datasets)

    @property
    def judged(self) -> tuple[DatasetFigures, ...]:
        """The datasets whose rows a contract judged in this run."""
        return tuple(dataset for dataset in self.datasets if dataset.arithmetic is not None)
