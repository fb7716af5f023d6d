"""Every pattern of normalization by topic, in the order of docs/normalization.md; own patterns are found as well."""

from __future__ import annotations

from collections.abc import Mapping

from . import measures, people, places, text, values
from .kinds import Pattern

PATTERN_TOPICS: Mapping[str, tuple[Pattern, ...]] = {
    "White space, signs and case": text.PATTERNS,
    "People": people.PATTERNS,
    "Places": places.PATTERNS,
    "Values": values.PATTERNS,
    "Money and measures": measures.PATTERNS,
}
LIBRARY_PATTERNS: Mapping[str, Pattern] = {one.name: one for patterns in PATTERN_TOPICS.values() for one in patterns}


def all_patterns() -> Mapping[str, Pattern]:
    """Every pattern by its name; the project's own are imported at the first question."""
    from .own import own_patterns

    own = (one.value for one in own_patterns() if isinstance(one.value, Pattern))
    return {**LIBRARY_PATTERNS, **{pattern.name: pattern for pattern in own}}
