"""What the quarantine commands find out, as plain values: the same on a laptop and in a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenRows:
    """The open rows of one table: how many, by the rules of their newest attempt and by source file, since when."""

    table: str
    rows: int
    by_rule: Mapping[str, int]
    by_file: Mapping[str, int]
    since: str | None = None
    newest: str | None = None
    waiting: int = 0


@dataclass(frozen=True)
class Counts:
    """Where the rows of a table are, each `_row_id` once, by its newest attempt: `rows = valid + open + dropped`.

    `twice` are rows that are valid in more than one attempt, `in_table` the rows that readers see.
    """

    rows: int
    valid: int
    open: int
    dropped: int
    twice: int
    in_table: int

    @property
    def is_conserved(self) -> bool:
        """Whether every row is in exactly one place."""
        return self.rows == self.valid + self.open + self.dropped and self.twice == 0


@dataclass(frozen=True)
class ReplayPlan:
    """What a replay would do: of `rows` open rows `passing` become valid, `failing` fail for other reasons than before.

    `same` rows fail as they did and stay as they are, without a new attempt. `gone` rows are those that the present
    query leaves out, or that bronze no longer has; they stay as well. `reasons` counts the rules that rows fail now,
    `waiting` the rows that an interrupted replay has inserted.
    """

    table: str
    rows: int
    by_rule: Mapping[str, int]
    by_file: Mapping[str, int]
    passing: int
    failing: int
    same: int
    dropped: int
    gone: int
    waiting: int
    reasons: Mapping[str, int]
    corrected: int = 0
    corrections_elsewhere: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to insert and nothing to finish."""
        return self.passing + self.failing + self.dropped + self.waiting == 0


@dataclass(frozen=True)
class Replayed:
    """A replay that was carried out."""

    plan: ReplayPlan
    before: Counts
    after: Counts

    @property
    def ok(self) -> bool:
        """Whether no row was lost or doubled."""
        return self.after.is_conserved and self.after.rows == self.before.rows


@dataclass(frozen=True)
class Attempt:
    """One verdict about a row: `reasons` are empty when it was valid. `values` are typed, `came` as they came."""

    number: int
    state: str
    reasons: tuple[Mapping[str, object], ...]
    checked_at: str | None
    contract_version: str | None


@dataclass(frozen=True)
class RuleVerdict:
    """A rule of the present contract about a row: whether it holds, and what was observed."""

    name: str
    on_fail: str
    holds: bool
    observed: str | None


@dataclass(frozen=True)
class Journey:
    """The way of one row: from bronze through the present query and rules, with every attempt, to where it is now."""

    table: str
    row: str
    bronze: Mapping[str, object] | None
    conformed: Mapping[str, object] | None
    rules: tuple[RuleVerdict, ...]
    attempts: tuple[Attempt, ...]
    now: str
