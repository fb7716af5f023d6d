"""AUTO CDC in plain Python: what a table must hold after a set of events, however they arrived."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """A change: `value` and `note` are the data, `note` is not tracked by history."""

    key: str
    sequence: int
    value: int | None = None
    note: str | None = None
    is_delete: bool = False

    @property
    def order(self) -> tuple[int, bool, str]:
        """Sequence, then deletes before upserts, then the columns as JSON text without nulls."""
        columns = {"value": self.value, "note": self.note}
        text = json.dumps({name: value for name, value in columns.items() if value is not None}, separators=(",", ":"))
        return self.sequence, self.is_delete, text[1:] if len(text) > 2 else "}"


def latest_rows(events: Iterable[Event]) -> dict[str, Event]:
    """Type 1: the last event of each key, unless it deletes."""
    last: dict[str, Event] = {}
    for event in events:
        if event.key not in last or event.order > last[event.key].order:
            last[event.key] = event
    return {key: event for key, event in last.items() if not event.is_delete}


def versions(events: Iterable[Event]) -> set[tuple[str, int | None, int, int | None]]:
    """Type 2: (key, value, start, end) of every version; equal values in a row are one version."""
    by_key: dict[str, dict[int, Event]] = {}
    for event in events:
        known = by_key.setdefault(event.key, {})
        if event.sequence not in known or event.order > known[event.sequence].order:
            known[event.sequence] = event
    found = set()
    for key, placed in by_key.items():
        current: Event | None = None
        for event in [placed[at] for at in sorted(placed)]:
            if current is not None and (event.is_delete or event.value != current.value):
                found.add((key, current.value, current.sequence, event.sequence))
                current = None
            if not event.is_delete and current is None:
                current = event
        if current is not None:
            found.add((key, current.value, current.sequence, None))
    return found
