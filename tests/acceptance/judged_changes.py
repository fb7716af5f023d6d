"""A change feed judged by a contract: the project, and what plain Python says must come of its events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from medallion_toolkit.scaffold.project import create_project

BRONZE = """CREATE OR REFRESH STREAMING TABLE ${bronze}.changes
AS SELECT *, uuid() AS _row_id, _metadata.file_path AS _source_file, _metadata.file_name AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/changes', format => 'json', rescuedDataColumn => '_rescued_data',
    schema => 'key STRING, event STRING, amount STRING, day STRING, op STRING, number STRING');
"""
CONFORMED = """CREATE TEMPORARY VIEW changes_conformed
AS SELECT key, event, amount, day, op, number,
    _row_id, _source_file, _ingestion_timestamp, _batch_id, _rescued_data
FROM STREAM(${bronze}.changes);
"""
CONTRACT = """table: silver.changes
from: changes_conformed
description: Judged changes.
owner: tests
%(keys)s
columns:
  key: {type: string}
  event: {type: bigint}
  amount: {type: double, rules: [not_null, range: {min: 0, max: 100}]}
  day: {type: date}
  op: {type: string}
  number: {type: string, rules: [not_null]}
rules:
  early_days_are_cheap: day >= '2026-01-02' OR amount < 50
"""
HISTORY = """keys: [key]
history: {type: %d, sequence_by: [event], delete_when: op = 'delete', not_stored: [op]}"""
TEXTS = (None, "5", "70", "-1", "101", "NaN", "Infinity", "1e400", "12,50", "", "abc", " 7 ")
DAYS = (None, "2026-01-01", "2026-02-30", "yesterday", "2026-01-03")


@dataclass(frozen=True)
class Change:
    """An event as a file holds it: every value text or missing."""

    number: int
    key: str | None
    event: str | None
    amount: str | None
    day: str | None
    op: str | None

    def line(self) -> str:
        return json.dumps({**self.__dict__, "number": str(self.number)})

    @property
    def is_delete(self) -> bool:
        return self.op == "delete"

    def reasons(self, has_keys: bool) -> set[str]:
        """Names of the rules it breaks."""
        event, amount, day = as_bigint(self.event), as_double(self.amount), as_date(self.day)
        found = {"event_typed"} if self.event is not None and event is None else set()
        if has_keys:
            needed = {"key_present": self.key, "event_present": self.event}
            found |= {name for name, value in needed.items() if value is None}
        if has_keys and self.is_delete:
            return found
        found |= {"amount_present"} if self.amount is None else set()
        found |= {"amount_typed"} if self.amount is not None and amount is None else set()
        found |= {"day_typed"} if self.day is not None and day is None else set()
        if amount is not None and not 0 <= amount <= 100:
            found.add("amount_in_range")
        is_late = day is not None and day >= date(2026, 1, 2)
        is_cheap = amount is not None and amount < 50
        return found if is_late or is_cheap else found | {"early_days_are_cheap"}


def as_double(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def as_bigint(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().lstrip("-").isdigit() else None


def as_date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def make_judged_project(parent: Path, history: int | None) -> Path:
    """A project whose one contract judges changes: AUTO CDC of the given type, or plain rows."""
    create_project(parent, {"project_name": "judged", "sample_data": "no"})
    root = parent / "judged"
    words = {"keys": HISTORY % history if history else ""}
    for name, text in {
        "sql/bronze/changes.sql": BRONZE,
        "sql/silver/changes_conformed.sql": CONFORMED,
        "contracts/silver/changes.yml": CONTRACT % words,
    }.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / "fixtures/landing/changes").mkdir(parents=True)
    return root


def deliver(root: Path, name: str, changes: Iterable[Change]) -> None:
    lines = "".join(change.line() + "\n" for change in changes)
    (root / "fixtures/landing/changes" / f"{name}.json").write_text(lines, encoding="utf-8")


def split(changes: Sequence[Change], has_keys: bool) -> tuple[list[Change], dict[str, set[str]]]:
    """Valid changes in their order, and the reasons of the others by number."""
    reasons = {str(change.number): change.reasons(has_keys) for change in changes}
    valid = [change for change in changes if not reasons[str(change.number)]]
    return valid, {number: names for number, names in reasons.items() if names}
