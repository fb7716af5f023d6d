"""A test as the text of a test file: one row a line, values as short as YAML allows."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from medallion_toolkit.testing.cases import Row

_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ -]*[A-Za-z0-9_-])?\Z")
_WORDS_OF_YAML = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
LONGEST_NUMBER = 15


def case_text(name: str, given: Mapping[str, Sequence[Row]], expect: Mapping[str, Sequence[Row]]) -> str:
    """The lines of the test below `tests:`, indented by two."""
    return f"  {_scalar(name)}:\n{_tables('given', given)}{_tables('expect', expect)}"


def _tables(title: str, tables: Mapping[str, Sequence[Row]]) -> str:
    lines = [f"    {title}:"]
    for table, rows in tables.items():
        lines.append(f"      {table}:" if rows else f"      {table}: []")
        lines += [f"        - {_flow(row)}" for row in rows]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(name)}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, Decimal)) and len(str(value)) <= LONGEST_NUMBER and "E" not in str(value).upper():
        return str(value)
    if isinstance(value, dt.datetime):
        return json.dumps(value.isoformat(sep=" "))
    text = str(value)
    if _PLAIN.match(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)
