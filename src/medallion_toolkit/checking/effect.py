"""What a check found: per rule before and now, the quarantined share against its limit, the table's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MOST_SHOWN = 3


@dataclass(frozen=True)
class ExampleRow:
    """A row that fails a rule now; `is_new` says that it held before."""

    key: str | None
    value: str | None
    is_new: bool

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {"key": self.key, "value": self.value, "new": self.is_new}


@dataclass(frozen=True)
class RuleEffect:
    """Rows that fail a rule under the base contract and now; None where the rule was or is not asked."""

    rule: str
    on_fail: str
    before: int | None
    now: int | None
    unanswerable: str | None = None
    limit: str | None = None
    ok: bool | None = None
    examples: tuple[ExampleRow, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether there is something to say: rows fail, or the count has changed, or nobody can tell."""
        return bool(self.now) or bool(self.before) or self.unanswerable is not None or self.ok is False

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "rule": self.rule,
            "on_fail": self.on_fail,
            "before": self.before,
            "now": self.now,
            "unanswerable": self.unanswerable,
            "limit": self.limit,
            "ok": self.ok,
            "examples": [one.as_dict() for one in self.examples],
        }

    def as_text(self, has_base: bool) -> str:
        """Counts, the difference and the first examples."""
        if self.unanswerable:
            return f"cannot be told: {self.unanswerable}"
        is_same = has_base and self.before == self.now
        counts = f"{_fail(self.before)} → {_fail(self.now)}" if has_base and not is_same else _fail(self.now)
        shown = "as before" if is_same else f"({self._examples(has_base)})" if self.examples else ""
        parts = [counts, shown]
        parts += [f"limit {self.limit}" if self.limit else "", "MISSED" if self.ok is False else ""]
        return "   ".join(part for part in parts if part)

    def _examples(self, has_base: bool) -> str:
        more = (self.now or 0) - (self.before or 0)
        head = [f"{more:+d}"] if has_base and more and self.before is not None else []
        told = [one for one in self.examples if one.is_new] or list(self.examples)
        by_value: dict[str, list[str]] = {}
        for one in told[:MOST_SHOWN]:
            by_value.setdefault("NULL" if one.value is None else f"'{one.value}'", []).append(one.key or "")
        shown = [
            " ".join(part for part in (value, ", ".join(dict.fromkeys(filter(None, keys)))) if part)
            for value, keys in by_value.items()
        ]
        rest = ", …" if (self.now or 0) > MOST_SHOWN else ""
        return ": ".join([*head, ", ".join(shown) + rest])


@dataclass(frozen=True)
class Share:
    """Quarantined rows of all rows, before and now, and what the gate allows."""

    before: int | None
    rows_before: int | None
    now: int
    rows: int
    limit: Decimal | None
    limit_rows: int | None = None

    @property
    def ok(self) -> bool | None:
        """Whether the limit holds as the job's gate asks it; None without a limit."""
        if self.limit_rows is not None:
            return self.now <= self.limit_rows
        return None if self.limit is None else self.now * 100 <= self.limit * self.rows

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "before": self.before,
            "now": self.now,
            "rows": self.rows,
            "percent_before": None if self.before is None else _percent(self.before, self.rows_before or 0),
            "percent_now": _percent(self.now, self.rows),
            "limit_percent": None if self.limit is None else float(self.limit),
            "limit_rows": self.limit_rows,
            "ok": self.ok,
        }

    def as_text(self) -> str:
        """`5.6 % → 12.1 %   limit 10 %   MISSED`."""
        now = f"{_percent(self.now, self.rows)} %"
        shown = now if self.before is None else f"{_percent(self.before, self.rows_before or 0)} % → {now}"
        limit = "" if self.limit is None else f"limit {self.limit} %"
        limit = limit if self.limit_rows is None else f"{self.now} rows   limit {self.limit_rows} rows"
        return "   ".join(part for part in (shown, limit, "MISSED" if self.ok is False else "") if part)


@dataclass(frozen=True)
class TableVerdict:
    """What a rule of the whole table says now; `before` is the base contract's verdict where it has the rule."""

    rule: str
    on_fail: str
    observed: str
    limit: str
    ok: bool
    before: bool | None = None

    @property
    def is_missed(self) -> bool:
        """Whether the gate would stop the job."""
        return not self.ok and self.on_fail == "fail"

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "rule": self.rule,
            "on_fail": self.on_fail,
            "observed": self.observed,
            "limit": self.limit,
            "ok": self.ok,
            "ok_before": self.before,
        }

    def as_text(self) -> str:
        """What was observed against the limit."""
        verdict = "holds" if self.ok else "MISSED" if self.is_missed else "missed, warn only"
        was = "" if self.before in (None, self.ok) else f"   held {'before' if self.before else 'not before'}"
        return f"{self.observed}   limit {self.limit}   {verdict}{was}"


@dataclass(frozen=True)
class Release:
    """What the present view and contract say of the rows in quarantine; `gone` the view no longer gives."""

    quarantined: int
    would_pass: int
    gone: int
    ran_anew: bool

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "quarantined": self.quarantined,
            "would_pass": self.would_pass,
            "gone": self.gone,
            "ran_anew": self.ran_anew,
        }

    def as_text(self) -> str:
        """`1,204 of 1,204 would pass`."""
        text = f"{self.would_pass:,} of {self.quarantined:,} quarantined rows would pass"
        gone = f", {self.gone:,} are given by the view no more" if self.gone else ""
        how = "" if self.ran_anew else "   (judged as they came into quarantine, not read anew from bronze)"
        return f"{text}{gone}{how}"


@dataclass(frozen=True)
class TableEffect:
    """The effect of one contract; `base` names the revision, None when the contract is not compared."""

    table: str
    base: str | None
    rows: int
    rules: tuple[RuleEffect, ...]
    share: Share | None
    table_rules: tuple[TableVerdict, ...] = ()
    release: Release | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_missed(self) -> bool:
        """Whether a limit is missed, as the job's gate would say."""
        missed = [rule.ok is False for rule in self.rules] + [rule.is_missed for rule in self.table_rules]
        return any(missed) or (self.share is not None and self.share.ok is False)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "table": self.table,
            "base": self.base,
            "rows": self.rows,
            "missed": self.is_missed,
            "rules": [rule.as_dict() for rule in self.rules],
            "quarantined": self.share.as_dict() if self.share else None,
            "table_rules": [rule.as_dict() for rule in self.table_rules],
            "release": self.release.as_dict() if self.release else None,
            "notes": list(self.notes),
        }

    def as_text(self) -> str:
        """A headline, a line for each rule that has something to tell, the share, notes."""
        lines = [(rule.rule, rule.as_text(self.base is not None)) for rule in self.rules if rule.is_told]
        lines += [(rule.rule, rule.as_text()) for rule in self.table_rules]
        lines += [("quarantined", self.share.as_text())] if self.share else []
        lines += [("quarantine", self.release.as_text())] if self.release else []
        width = max((len(name) for name, _ in lines), default=0)
        told = [f"  {name.ljust(width)}   {text}" for name, text in lines]
        quiet = sum(not rule.is_told for rule in self.rules)
        told += [f"  {quiet} {'rule' if quiet == 1 else 'rules'} that no row fails"] if quiet else []
        against = f" against {self.base}" if self.base else ""
        return "\n".join([f"{self.table}{against} · {self.rows:,} rows", *told, *(f"  {note}" for note in self.notes)])


@dataclass(frozen=True)
class CheckResult:
    """All contracts that were checked; `place` says where the rows are."""

    place: str
    tables: tuple[TableEffect, ...]
    note: str | None = None

    @property
    def is_missed(self) -> bool:
        """Whether any limit is missed."""
        return any(table.is_missed for table in self.tables)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "place": self.place,
            "missed": self.is_missed,
            "note": self.note,
            "tables": [table.as_dict() for table in self.tables],
        }

    def as_text(self) -> str:
        """Where first, then each contract."""
        head = f"{self.place} · nothing is written"
        note = [self.note] if self.note else []
        return "\n".join([head, *note, *(table.as_text() for table in self.tables)])


def in_order(rules: Sequence[RuleEffect]) -> tuple[RuleEffect, ...]:
    """Rules whose count has changed first, the largest change before all."""
    return tuple(sorted(rules, key=lambda rule: -abs((rule.now or 0) - (rule.before or 0))))


def _percent(part: int, whole: int) -> float:
    share = Decimal(100 * part) / whole if whole else Decimal(0)
    return float(share.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _fail(count: int | None) -> str:
    return "not asked" if count is None else f"{count:,} fail"
