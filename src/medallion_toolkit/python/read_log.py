"""What a dataset function reads, noted while it runs against the recording session."""

from __future__ import annotations

from dataclasses import dataclass, field

from medallion_toolkit.model import PythonSource, ReadMode


class ReadsUnknownError(BaseException):
    """The function asked for what only a real session can answer; no `except Exception` may hide it."""


@dataclass
class ReadLog:
    """Reads in the order they were made; `streams` also counts streams that read no table."""

    reads: list[tuple[str, ReadMode]] = field(default_factory=list)
    sources: list[PythonSource] = field(default_factory=list)
    streams: bool = False

    def note(self, name: str, mode: ReadMode) -> None:
        """Remember one read, once."""
        self.streams = self.streams or mode == "stream"
        if (name, mode) not in self.reads:
            self.reads.append((name, mode))
