"""Compare a table with the rows a test expects: order ignored, only named columns looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from medallion_toolkit.testing.cases import Row


def differences(expected: Sequence[Row], actual: Sequence[Mapping[str, object]]) -> list[str]:
    """Lines `expected | actual` for what does not match; empty when every row has its partner."""
    matched = _matching(expected, actual)
    missing = [row for index, row in enumerate(expected) if index not in matched]
    left = [row for index, row in enumerate(actual) if index not in matched.values()]
    if not missing and not left:
        return []
    columns = list(dict.fromkeys(name for row in expected for name in row)) or _all_columns(actual)
    return _table(columns, missing, left)


def _all_columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    return [name for name in (rows[0] if rows else {}) if not name.startswith("_") or name == "_errors"]


def _matching(expected: Sequence[Row], actual: Sequence[Mapping[str, object]]) -> dict[int, int]:
    """Expected index → actual index, as many pairs as possible (augmenting paths)."""
    fits = [[at for at, row in enumerate(actual) if _row_fits(want, row)] for want in expected]
    partner: dict[int, int] = {}
    for index in range(len(expected)):
        _augment(index, fits, partner, set())
    return {want: have for have, want in partner.items()}


def _augment(index: int, fits: list[list[int]], partner: dict[int, int], seen: set[int]) -> bool:
    for at in fits[index]:
        if at in seen:
            continue
        seen.add(at)
        if at not in partner or _augment(partner[at], fits, partner, seen):
            partner[at] = index
            return True
    return False


def _row_fits(expected: Row, actual: Mapping[str, object]) -> bool:
    return all(name in actual and equal(value, actual[name]) for name, value in expected.items())


def equal(expected: object, actual: object) -> bool:
    """Whether a YAML value means the value Spark returned; text is read in the type of the actual value."""
    if expected is None or actual is None:
        return expected is None and actual is None
    if isinstance(actual, bool) or isinstance(expected, bool):
        return str(expected).lower() == str(actual).lower()
    if isinstance(actual, (int, float, Decimal)):
        return _equal_numbers(expected, actual)
    if isinstance(actual, dt.datetime):
        return _as_timestamp(expected) == actual.replace(tzinfo=None)
    if isinstance(actual, dt.date):
        return str(expected) == actual.isoformat()
    if isinstance(actual, list) and isinstance(expected, list):
        return _equal_lists(expected, actual)
    if isinstance(actual, dict) and isinstance(expected, dict):
        return all(name in actual and equal(value, actual[name]) for name, value in expected.items())
    return str(expected) == str(actual)


def _equal_numbers(expected: object, actual: object) -> bool:
    try:
        return Decimal(str(expected)) == Decimal(str(actual))
    except InvalidOperation:
        return False


def _as_timestamp(value: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        return None


def _equal_lists(expected: list[object], actual: list[object]) -> bool:
    """Reasons may be written by their rule names, in any order; other lists are compared as they stand."""
    if all(isinstance(item, dict) and "rule" in item for item in actual) and all(
        isinstance(item, str) for item in expected
    ):
        return sorted(map(str, expected)) == sorted(str(item["rule"]) for item in actual if isinstance(item, dict))
    return len(expected) == len(actual) and all(map(equal, expected, actual))


def shown(value: object) -> str:
    """A value as a test file would write it."""
    if value is None:
        return "null"
    if isinstance(value, list) and all(isinstance(item, dict) and "rule" in item for item in value):
        return "[" + ", ".join(str(item["rule"]) for item in value) + "]"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value)


def _table(columns: list[str], missing: Sequence[Row], left: Sequence[Mapping[str, object]]) -> list[str]:
    def cells(row: Mapping[str, object] | None) -> str:
        return (
            "(no row)"
            if row is None
            else "  ".join(f"{name}={shown(row.get(name))}" for name in columns if name in row)
        )

    pairs = max(len(missing), len(left))
    wants = [cells(missing[index]) if index < len(missing) else cells(None) for index in range(pairs)]
    haves = [cells(left[index]) if index < len(left) else cells(None) for index in range(pairs)]
    width = max(len("expected"), *map(len, wants))
    lines = [f"{'expected':<{width}} | actual"]
    return lines + [f"{want:<{width}} | {have}" for want, have in zip(wants, haves, strict=True)]
