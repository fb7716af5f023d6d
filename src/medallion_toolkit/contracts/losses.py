"""What another format says that a contract has no place for: noted while reading, told at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Losses:
    """Notes as `where: what`, in the order they were found."""

    notes: list[str] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        """Keep one note."""
        self.notes.append(f"{where}: {what}")

    def unread(self, where: str, found: Mapping[str, Any], read: Iterable[str]) -> None:
        """Note every key that nobody reads."""
        known = set(read)
        for key in found:
            if key not in known:
                self.note(f"{where}{key}", "not taken over")
