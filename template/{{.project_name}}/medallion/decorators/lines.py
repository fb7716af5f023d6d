"""The line a frame executes, in constant time: `f_lineno` reads a module's line table from its start each time."""

from __future__ import annotations

from bisect import bisect_right
from types import CodeType, FrameType

_MOST = 64
_TABLES: dict[int, tuple[CodeType, list[int], list[int]]] = {}


def line_of(frame: FrameType) -> int:
    """The line that the frame executes now."""
    code = frame.f_code
    table = _TABLES.get(id(code)) or _read(code)
    return table[2][bisect_right(table[1], frame.f_lasti) - 1]


def _read(code: CodeType) -> tuple[CodeType, list[int], list[int]]:
    """Offsets and lines of the code; the code is kept with them, so that its id stays its own."""
    found = [(start, line) for start, _, line in code.co_lines() if line is not None]
    if len(_TABLES) >= _MOST:
        _TABLES.clear()
    table = code, [start for start, _ in found], [line for _, line in found]
    _TABLES[id(code)] = table
    return table
