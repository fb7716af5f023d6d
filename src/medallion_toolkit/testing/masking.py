"""Stable fakes for classified values: the same value gives the same fake, in the same shape.

Letters stay letters and digits stay digits, so that what a rule says of a value it mostly says of its fake.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import string
from collections.abc import Mapping, Sequence
from decimal import Decimal

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SHORTEST_TRACE = 3


def fake(value: object) -> object:
    """A value that tells nothing of `value`; None, booleans and empty text stay as they are."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (dt.datetime, dt.date)):
        return value - dt.timedelta(days=1 + _digest(str(value))[0])
    if isinstance(value, (int, float, Decimal)):
        return type(value)(_reshaped(str(value)))
    if isinstance(value, list):
        return [fake(item) for item in value]
    if isinstance(value, dict):
        return {name: fake(item) for name, item in value.items()}
    text = str(value)
    day = _DAY.match(text)
    return f"{_earlier(day.group())}{text[10:]}" if day else _reshaped(text)


def _earlier(day: str) -> str:
    try:
        return str(fake(dt.date.fromisoformat(day)))
    except ValueError:
        return _reshaped(day)


def _reshaped(text: str) -> str:
    """Spelling in other case and blanks around do not change which letters come out."""
    stream = _digest(text.strip().lower(), len(text))
    left = len(text) - len(text.lstrip())
    return "".join(_letter(char, stream[(at - left) % len(stream)]) for at, char in enumerate(text))


def _letter(char: str, number: int) -> str:
    if char.isdigit():
        return str(1 + number % 9)
    if not char.isalpha():
        return char
    letter = string.ascii_lowercase[number % 26]
    return letter.upper() if char.isupper() else letter


def _digest(text: str, length: int = 32) -> bytes:
    blocks = range(1 + length // 32)
    return b"".join(hashlib.sha256(f"{block}:{text}".encode()).digest() for block in blocks)


def traced(rows: Sequence[Mapping[str, object]], values: Sequence[object]) -> set[str]:
    """Columns of `rows` in which one of the classified values, a part of it or more than it is written."""
    secrets = {_plain(value) for value in values} - {""}
    return {name for row in rows for name, value in row.items() if any(_shows(_plain(value), one) for one in secrets)}


def shown_in(text: str, values: Sequence[object]) -> bool:
    """Whether any of the values, short ones aside, stands in the text."""
    plain = text.lower()
    return any(len(_plain(value)) >= SHORTEST_TRACE and _plain(value) in plain for value in values)


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip().lower()


def _shows(text: str, secret: str) -> bool:
    if text == secret:
        return True
    return min(len(text), len(secret)) >= SHORTEST_TRACE and (text in secret or secret in text)
