"""Every known failure, the more telling ones first, and which one a message shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .access import ACCESS, MISSING
from .code import CODE, STATE
from .columns import NewColumns, new_columns
from .data import LACKS_COLUMNS, RAISED, RAISED_CONDITION, SCHEMA, TYPES
from .model import Healing, KnownFailure, Retry
from .surroundings import COMPUTE, CONCURRENCY, SOURCES

CATALOGUE: tuple[KnownFailure, ...] = (
    *RAISED, *ACCESS, *MISSING, *SOURCES, *TYPES, *SCHEMA, *STATE, *CODE, *CONCURRENCY, *COMPUTE,
)  # fmt: skip
_BY_CONDITION = {name: known for known in CATALOGUE for name in known.conditions}
_CONDITION = re.compile(
    r"(?:^|(?<=[\s:(]))(?:\[(?P<one>[A-Z_][A-Z0-9_]+)(?:\.[A-Z0-9_.]+)?\]|(?P<two>[A-Z]+_[A-Z_]+)(?=: ))", re.MULTILINE
)
_CAUSED_BY = re.compile(r"^\s*Caused by: ", re.MULTILINE)
_FRAMES = re.compile(r"^\s*(?:at \S+\(.*|\.\.\. \d+ (?:more|common frames omitted))\n?", re.MULTILINE)
_PLAN = "=== Streaming Query ==="
# Where a message quotes a row or a value, which may read like an error itself.
_DATA = re.compile(
    r"(?P<before>The value |Text |Input data: |Provided value |Malformed record: )'(?:.*?)'"
    r"(?=[.]? (?:of the type|could not be parsed|SQLSTATE|at index)|[.]?$)|(?<=[ '])\{\"[^\n]*\}",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Classified:
    """A failure as its reader needs it; `code` is MED800 when nothing is known of it."""

    code: str
    title: str
    cause: str
    fix: str
    retry: Retry
    heals: Healing | None = None
    lacks: NewColumns | None = None


def classify(message: str, target: str) -> Classified:
    """The known failure that a message shows: its innermost cause that is known, by condition, then by words.

    Stack frames, plans and quoted rows decide nothing.
    """
    for cause in reversed(_CAUSED_BY.split(_FRAMES.sub("", message))):
        part = cause.partition(_PLAN)[0]
        if lacks := new_columns(part):
            return replace(_told(LACKS_COLUMNS, part, {"target": target, "columns": lacks.names}), lacks=lacks)
        if known := _known(_DATA.sub(_without_value, part)):
            return _told(known, part, {"target": target})
    first = message.strip().splitlines()[0] if message.strip() else "no message"
    return Classified("MED800", "a failure that is not known", first, "read the update's event log", "may help")


def _known(message: str) -> KnownFailure | None:
    conditions = [found["one"] or found["two"] for found in _CONDITION.finditer(message)]
    if RAISED_CONDITION in conditions:
        return next(known for known in RAISED if known.expression and known.expression.search(message))
    for condition in reversed(conditions):
        if condition in _BY_CONDITION:
            return _BY_CONDITION[condition]
    return next((known for known in CATALOGUE if known.expression and known.expression.search(message)), None)


def _without_value(quoted: re.Match[str]) -> str:
    return f"{quoted['before'] or ''}'…'"


def _told(known: KnownFailure, message: str, said: Mapping[str, str]) -> Classified:
    match = known.expression.search(message) if known.expression else None
    groups = {name: value.strip("`'").replace("`", "") for name, value in match.groupdict("").items()} if match else {}
    words = _Words({**groups, **said})
    return Classified(
        known.code, known.title, known.cause.format_map(words), known.fix.format_map(words), known.retry, known.heals
    )


class _Words(dict[str, str]):
    """What a message did not say stays an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"
