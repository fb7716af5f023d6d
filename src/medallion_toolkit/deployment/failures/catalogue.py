"""Every known failure, the more telling ones first, and which one a message shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .access import ACCESS, MISSING
from .code import CODE, STATE
from .data import SCHEMA, TYPES
from .model import Healing, KnownFailure, Retry
from .surroundings import COMPUTE, CONCURRENCY, SOURCES

CATALOGUE: tuple[KnownFailure, ...] = (
    *ACCESS, *MISSING, *SOURCES, *TYPES, *SCHEMA, *STATE, *CODE, *CONCURRENCY, *COMPUTE,
)  # fmt: skip
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_]+)(?:\.[A-Z0-9_.]+)?\]")


@dataclass(frozen=True)
class Classified:
    """A failure as its reader needs it; `code` is MED800 when nothing is known of it."""

    code: str
    title: str
    cause: str
    fix: str
    retry: Retry
    heals: Healing | None = None


def classify(message: str, target: str) -> Classified:
    """The known failure that a message shows: by its innermost condition, then by its words."""
    conditions = _CONDITION.findall(message)
    by_condition = {name: known for known in CATALOGUE for name in known.conditions}
    for condition in reversed(conditions):
        if condition in by_condition:
            return _told(by_condition[condition], message, target)
    for known in CATALOGUE:
        if known.expression and known.expression.search(message):
            return _told(known, message, target)
    first = message.strip().splitlines()[0] if message.strip() else "no message"
    return Classified("MED800", "a failure that is not known", first, "read the update's event log", "may help")


def _told(known: KnownFailure, message: str, target: str) -> Classified:
    match = known.expression.search(message) if known.expression else None
    groups = {name: value.strip("`'").replace("`", "") for name, value in match.groupdict("").items()} if match else {}
    words = _Words({"target": target, **groups})
    return Classified(
        known.code, known.title, known.cause.format_map(words), known.fix.format_map(words), known.retry, known.heals
    )


class _Words(dict[str, str]):
    """What a message did not say stays an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"
