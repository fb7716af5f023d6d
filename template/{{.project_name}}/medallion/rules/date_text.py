"""Text that is a date or a time in a given form."""

from __future__ import annotations

import re

from ..sql.column_types import moment
from ..yaml_files.shapes import Key, ListOf, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject
from .words import texts_of

# Letters of Spark's datetime patterns that are read as well as written, and how often each may stand in a row.
_LETTERS = {"y": 4, "M": 4, "L": 4, "d": 2, "H": 2, "h": 2, "K": 2, "k": 2, "m": 2, "s": 2, "S": 9, "a": 1, "D": 3}
_ZONES = {"X": 5, "x": 5, "Z": 5, "O": 1, "V": 2}
_RUN = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", re.DOTALL)


def checked_pattern(pattern: str) -> str:
    """The pattern; one that Spark refuses would raise for every row and is refused here."""
    for run in _RUN.finditer(pattern):
        letter, length = run[1], len(run[0])
        if letter and not _is_known(letter, length):
            raise RuleRefused(
                "the date pattern has letters that cannot be read",
                found=run[0],
                expected="yyyy MM dd HH mm ss SSS a XXX, other letters between single quotes",
            )
        if run[0] in "'#{}[]":
            raise RuleRefused("the date pattern has a sign with a meaning of its own", found=run[0], expected="quotes")
    if "h" in pattern.replace("'h'", "") and "a" not in pattern:
        raise RuleRefused("hh needs a, the half of the day", found=pattern, expected="HH, or hh and a")
    return pattern


def _is_known(letter: str, length: int) -> bool:
    if letter == "y":
        return length in (2, 4)
    if letter == "V":
        return length == 2
    return length <= {**_LETTERS, **_ZONES}.get(letter, 0)


def _parses(subject: Subject, parameters: Parameters, default: str) -> str:
    patterns = [checked_pattern(pattern) for pattern in texts_of(parameters, "patterns") or (default,)]
    tried = (f"{moment(subject.sql, pattern)} IS NOT NULL" for pattern in patterns)
    return "(" + " OR ".join(tried) + ")"


def _kind(name: str, default: str, what: str, examples: tuple[Example, ...]) -> RuleKind:
    def message(column: str, parameters: Parameters) -> str:
        return f"{column} must be {what} like {' or '.join(texts_of(parameters, 'patterns') or (default,))}."

    return RuleKind(
        name=name,
        suffix=name,
        about=f"Text is {what} of one of the patterns, as Spark writes them; default: `{default}`. "
        "The day must exist: 2026-02-30 fails.",
        condition=lambda subject, parameters: _parses(subject, parameters, default),
        message=message,
        parameters=(Key("patterns", ListOf(Text(), minimum=1), "Patterns, one of which is enough: [dd.MM.yyyy]."),),
        main="patterns",
        families=("string",),
        examples=(*examples, Example("", False, {}), Example(None, True, {})),
    )


DATE_FORMAT = _kind(
    "date_format",
    "yyyy-MM-dd",
    "a date",
    (
        Example("2026-02-28", True, {}),
        Example("2026-02-30", False, {}),
        Example("2026-2-8", False, {}),
        Example("2026-02-28\n", False, {}),
        Example("28.02.2026", True, {"patterns": ("yyyy-MM-dd", "dd.MM.yyyy")}),
        Example("02/28/2026", False, {"patterns": ("dd/MM/yyyy",)}),
    ),
)
TIME_FORMAT = _kind(
    "time_format",
    "HH:mm:ss",
    "a time of day",
    (
        Example("23:59:59", True, {}),
        Example("24:00:00", False, {}),
        Example("9:05", True, {"patterns": ("H:mm",)}),
        Example("01:30 PM", True, {"patterns": ("hh:mm a",)}),
        Example("13:30 PM", False, {"patterns": ("hh:mm a",)}),
    ),
)
DATETIME_FORMAT = _kind(
    "datetime_format",
    "yyyy-MM-dd HH:mm:ss",
    "a date with a time",
    (
        Example("2026-02-28 10:00:00", True, {}),
        Example("2026-02-28T10:00:00", False, {}),
        Example("2026-02-28T10:00:00+01:00", True, {"patterns": ("yyyy-MM-dd'T'HH:mm:ssXXX",)}),
        Example("2026-02-28 10:00:00.125", True, {"patterns": ("yyyy-MM-dd HH:mm:ss.SSS",)}),
        Example("20260228-100000", True, {"patterns": ("yyyyMMdd-HHmmss",)}),
        Example("+9999990228-100000", False, {"patterns": ("yyyyMMdd-HHmmss",)}, about="no timestamp is so late"),
    ),
)
RULES = (DATE_FORMAT, TIME_FORMAT, DATETIME_FORMAT)
