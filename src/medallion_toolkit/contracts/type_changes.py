"""Whether a column type takes every value that another one takes."""

from __future__ import annotations

import re
from typing import Literal

Direction = Literal["widened", "narrowed", "changed"]

_WHOLE = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 19}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)\Z")
_WIDER = {("FLOAT", "DOUBLE"), ("DATE", "TIMESTAMP"), ("DATE", "TIMESTAMP_NTZ")}


def direction(before: str, after: str) -> Direction:
    """How `after` relates to `before`, both as SQL.

    >>> direction("INT", "BIGINT"), direction("DECIMAL(12,2)", "DECIMAL(10,2)"), direction("DATE", "INT")
    ('widened', 'narrowed', 'changed')
    """
    if _holds(after, before):
        return "widened"
    return "narrowed" if _holds(before, after) else "changed"


def _holds(wide: str, narrow: str) -> bool:
    """Whether every value of `narrow` is a value of `wide`."""
    if (narrow, wide) in _WIDER:
        return True
    inner, outer = _digits(narrow), _digits(wide)
    if wide == "DOUBLE" and narrow in ("TINYINT", "SMALLINT", "INT"):
        return True
    return inner is not None and outer is not None and outer[0] >= inner[0] and outer[1] >= inner[1]


def _digits(sql: str) -> tuple[int, int] | None:
    """Digits before and after the point."""
    decimal = _DECIMAL.match(sql)
    if decimal:
        return int(decimal[1]) - int(decimal[2]), int(decimal[2])
    return (_WHOLE[sql], 0) if sql in _WHOLE else None
