"""AUTO CDC in plain Python: what a table must hold after a set of events, however they arrived.

Events are applied one sequence after the other. Of events with equal key and sequence a delete counts before
an upsert; of upserts the one with the greatest JSON text, or, where NULLs are ignored, the greatest value
of each column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("value", "note", "city", "zip")
Row = Mapping[str, object]


@dataclass(frozen=True)
class Event:
    """A change: the data are `value`, `note` and a struct `place` of `city` and `zip`."""

    key: str | None
    sequence: int
    value: int | None = None
    note: str | None = None
    is_delete: bool = False
    is_truncate: bool = False
    city: str | None = None
    zip: str | None = None

    @property
    def place(self) -> dict[str, str] | None:
        found = {name: text for name, text in (("city", self.city), ("zip", self.zip)) if text is not None}
        return found or None

    def as_json(self) -> str:
        """The event as a line of a file."""
        operation = "t" if self.is_truncate else "d" if self.is_delete else "u"
        return json.dumps({**self.data, "key": self.key, "sequence": self.sequence, "op": operation})

    @property
    def data(self) -> dict[str, object]:
        return {"value": self.value, "note": self.note, "place": self.place}

    @property
    def text(self) -> str:
        """The columns as JSON text without nulls, behind what is the same for equal key and sequence."""
        found = {"": 0, **{name: value for name, value in self.data.items() if value is not None}}
        return json.dumps(found, separators=(",", ":"))


@dataclass(frozen=True)
class Clauses:
    """What the flow says: columns whose NULLs are ignored (None: the clause is not there), tracked columns."""

    ignored: tuple[str, ...] | None = None
    tracked: tuple[str, ...] = COLUMNS


def latest_rows(events: Iterable[Event], clauses: Clauses = Clauses()) -> set[tuple[object, ...]]:
    """Type 1: (key, value, note, city, zip) of every key that is not deleted."""
    found = set()
    for key, states in _states(events, clauses).items():
        last = states[-1][1]
        if last is not None:
            found.add((key, *(last[column] for column in COLUMNS)))
    return found


def versions(events: Iterable[Event], clauses: Clauses = Clauses()) -> set[tuple[object, ...]]:
    """Type 2: (key, value, note, city, zip, start, end); a version shows the last values of its time."""
    found = set()
    for key, states in _states(events, clauses).items():
        ends = [at for at, _ in states[1:]] + [None]
        start: int | None = None
        for (at, row), (_, after), end in zip(states, [*states[1:], (0, None)], ends, strict=True):
            if row is None:
                continue
            start = at if start is None else start
            goes_on = after is not None and all(after[column] == row[column] for column in clauses.tracked)
            if not goes_on:
                found.add((key, *(row[column] for column in COLUMNS), start, end))
                start = None
    return found


def _states(events: Iterable[Event], clauses: Clauses) -> dict[str, list[tuple[int, Row | None]]]:
    """Each key's row after each of its sequences, None where it is deleted."""
    events = list(events)
    truncates = {event.sequence for event in events if event.is_truncate}
    by_key: dict[str, dict[int, list[Event]]] = {}
    for event in events:
        if event.key is not None and not event.is_truncate:
            by_key.setdefault(event.key, {at: [] for at in truncates}).setdefault(event.sequence, []).append(event)
    found = {}
    for key, by_sequence in by_key.items():
        row: Row | None = None
        found[key] = []
        for at in sorted(by_sequence):
            row = _after(row, by_sequence[at], at in truncates, clauses)
            found[key].append((at, row))
    return found


def _after(row: Row | None, events: Sequence[Event], is_truncated: bool, clauses: Clauses) -> Row | None:
    if is_truncated or any(event.is_delete for event in events):
        return None
    if clauses.ignored is None:
        last = max(events, key=lambda event: event.text)
        return {column: getattr(last, column) for column in COLUMNS}
    return {column: _merged(row, column, events, column in clauses.ignored) for column in COLUMNS}


def _merged(row: Row | None, column: str, events: Sequence[Event], is_ignored: bool) -> object:
    given = [getattr(event, column) for event in events]
    given = [value for value in given if value is not None or not is_ignored]
    if not given:
        return None if row is None else row[column]
    return max(given, key=lambda value: (value is not None, json.dumps({"": value}, separators=(",", ":"))))
