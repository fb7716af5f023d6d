"""Pieces of SQL and of sentences that many rules share."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..sql.words import literal
from .kinds import Parameters, RuleRefused, Subject, Value, number_of

_WIDEST = 38
_INTEGER_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 20}


def matches(subject_sql: str, pattern: str) -> str:
    """SQL: the Java pattern is found in the text.

    >>> matches("code", "^[0-9]+\\\\z")
    "code RLIKE '^[0-9]+\\\\\\\\z'"
    """
    return f"{subject_sql} RLIKE {literal(pattern)}"


def escaped(text: str) -> str:
    """The text as a pattern that matches only itself.

    >>> escaped("a.b")
    'a\\\\.b'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def values_of(parameters: Parameters, name: str) -> tuple[Value, ...]:
    """The values given for a parameter; none when it is absent."""
    given = parameters.get(name, ())
    return given if isinstance(given, tuple) else (given,)


def texts_of(parameters: Parameters, name: str) -> tuple[str, ...]:
    """The values given for a parameter, as text."""
    return tuple(str(value) for value in values_of(parameters, name))


def literals(texts: Iterable[str]) -> str:
    """SQL literals with commas between them."""
    return ", ".join(literal(text) for text in texts)


def joined(texts: Iterable[Value]) -> str:
    """The values as a reader lists them.

    >>> joined(["a", 1])
    'a, 1'
    """
    return ", ".join(str(text) for text in texts)


def flag_of(parameters: Parameters, name: str, default: bool = False) -> bool:
    """Whether a parameter that is true or false is true."""
    return parameters.get(name, default) is True


def comparable(left: Subject, right: Subject) -> None:
    """Refuse two columns whose comparison would cast and could raise."""
    both_numbers = left.type.is_number and right.type.is_number
    if both_numbers or (left.type.sql == right.type.sql and left.type.family not in ("nested", "binary")):
        return
    raise RuleRefused(
        f"{left.name} and {right.name} cannot be compared without a cast",
        found=f"{left.type.sql} and {right.type.sql}",
        expected="two columns of one type, or two numbers",
    )


def as_compared(subject: Subject, other: Subject) -> str:
    """SQL for a number as its neighbour can be compared with.

    Exact numbers are compared as they are while a decimal holds both; else, and with floats, they meet as DOUBLE.
    """
    sizes = (_digits(subject.type.sql), _digits(other.type.sql))
    if subject.type.sql == other.type.sql or not subject.type.is_number:
        return subject.sql
    if None not in sizes:
        whole, scale = (max(size[part] for size in sizes if size) for part in (0, 1))
        if whole + scale <= _WIDEST:
            return subject.sql
    return f"CAST({subject.sql} AS DOUBLE)"


def not_nan(*subjects: Subject) -> list[str]:
    """SQL for each float among the columns: it is a number."""
    return [f"NOT isnan({subject.sql})" for subject in subjects if subject.type.family == "float"]


def _digits(sql_type: str) -> tuple[int, int] | None:
    """Digits before and after the point of an exact number type; Spark compares it as such a decimal."""
    if sql_type in _INTEGER_DIGITS:
        return _INTEGER_DIGITS[sql_type], 0
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", sql_type)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else None


def bounds_sql(expression: str, parameters: Parameters, what: str) -> str:
    """SQL: a count keeps to `exactly`, or to `min` and `max`; contradictions are refused."""
    given = {name: number_of(parameters, name) for name in ("exactly", "min", "max") if name in parameters}
    found = ", ".join(f"{name} {value}" for name, value in given.items()) or "nothing"
    if not given or ("exactly" in given and len(given) > 1):
        raise RuleRefused(f"{what} is exact, or has a min, a max or both", found=found, expected="exactly, or min, max")
    low, high = given.get("min"), given.get("max")
    if low is not None and high is not None and low > high:
        raise RuleRefused(f"no value has {what} like this", found=found, expected="min not above max")
    signs = {"exactly": "=", "min": ">=", "max": "<="}
    return " AND ".join(f"{expression} {signs[name]} {value}" for name, value in given.items())


def bounds_words(parameters: Parameters) -> str:
    """The bounds of `bounds_sql` as a sentence has them."""
    words = {"exactly": "exactly", "min": "at least", "max": "at most"}
    return " and ".join(f"{word} {parameters[name]}" for name, word in words.items() if name in parameters)
