"""Line and column of a character offset, for one text."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from medallion_toolkit.errors import Place
from medallion_toolkit.model import Span


@dataclass(frozen=True)
class Lines:
    """Positions in `text`, which itself begins at `line`:`column` of the file `path`."""

    text: str
    path: str
    line: int = 1
    column: int = 1
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        end = self.text.find("\n")
        while end >= 0:
            starts.append(end + 1)
            end = self.text.find("\n", end + 1)
        object.__setattr__(self, "_starts", starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of the character at `offset`."""
        index = bisect_right(self._starts, offset) - 1
        column = offset - self._starts[index]
        return self.line + index, column + (self.column if index == 0 else 1)

    def span(self, start: int, end: int, base: int = 0) -> Span:
        """The range [start, end) counted from `base`, with the place of its start in the file."""
        line, column = self.position(start)
        return Span(start - base, end - base, line, column)

    def place(self, start: int, end: int) -> Place:
        """The range as a place for an error; a range over several lines is marked on its first."""
        line, column = self.position(start)
        stop = self.text.find("\n", start, end)
        return Place(self.path, line, column, max((stop if stop >= 0 else end) - start, 1))
