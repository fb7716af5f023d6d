"""Patterns that bring text into one form: SQL text, for a contract's `normalize:` and for Python.

>>> normalized("email", "trim")
"regexp_replace(email, '(?U)^\\\\\\\\s+|\\\\\\\\s+\\\\\\\\z', '')"
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import did_you_mean
from ..rules.kinds import Parameters, RuleRefused, Value
from .kinds import Pattern, PatternExample
from .library import all_patterns
from .own import pattern

__all__ = ["Pattern", "PatternExample", "normalized", "pattern"]

Given = Value | list[Value] | tuple[Value, ...]


def normalized(text: str, *steps: str | Mapping[str, Given | Mapping[str, Given]]) -> str:
    """SQL that applies the patterns to `text` (a column, or SQL that gives text) from the first to the last.

    A step is a name (`"trim"`), or a name with its main parameter (`{"phone": "DE"}`) or all of them
    (`{"email": {"mailbox": True}}`). Raises RuleRefused for a pattern that is not there, or for parameters that make no
    sense.
    """
    for step in steps:
        name, given = (step, {}) if isinstance(step, str) else next(iter(step.items()))
        chosen = _known(name)
        body = given if isinstance(given, Mapping) else {str(chosen.main): given}
        text = applied(chosen, text, {key: tuple(one) if isinstance(one, list) else one for key, one in body.items()})
    return text


def applied(pattern: Pattern, text: str, parameters: Parameters) -> str:
    """SQL of one pattern; a parameter that it needs or does not know is refused."""
    known = [key.name for key in pattern.parameters]
    missing = [key.name for key in pattern.parameters if key.required and key.name not in parameters]
    unknown = [name for name in parameters if name not in known]
    if missing or unknown:
        raise RuleRefused(
            f"pattern {pattern.name} {'needs' if missing else 'does not know'} {(missing or unknown)[0]}",
            found=", ".join(parameters) or "nothing",
            expected=", ".join(known) or "no parameters",
        )
    return pattern.sql(text, parameters)


def _known(name: str) -> Pattern:
    patterns = all_patterns()
    if name not in patterns:
        raise RuleRefused(
            f"there is no pattern {name}", found=name, expected=", ".join(patterns), help=did_you_mean(name, patterns)
        )
    return patterns[name]
