"""What a pattern of normalization is: a name, its parameters, one SQL text, and examples.

The SQL text takes text and gives text. It never raises, an absent value stays absent, and a value it cannot read stays
as it is: whether that may stand is the business of types and rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..rules.examples import HARD_TEXTS, text_literal
from ..rules.kinds import Parameters
from ..yaml_files.shapes import Key

_SHORT = 60


@dataclass(frozen=True)
class PatternExample:
    """A value as it came, and what becomes of it."""

    value: str | None
    result: str | None
    parameters: Parameters = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Pattern:
    """One pattern of normalization; `main` names the parameter of the short form (`phone: DE`).

    `makes_absent` is True only where a value may become NULL.
    """

    name: str
    about: str
    sql: Callable[[str, Parameters], str]
    examples: tuple[PatternExample, ...]
    parameters: tuple[Key, ...] = ()
    main: str | None = None
    makes_absent: bool = False


def example_query(pattern: Pattern) -> str:
    """SQL of one row that has what becomes of each example's value: columns `e0`, `e1` and on."""
    made = (
        f"{pattern.sql(f'came_{number}', example.parameters)} AS e{number}"
        for number, example in enumerate(pattern.examples)
    )
    came = (f"{text_literal(example.value)} AS came_{number}" for number, example in enumerate(pattern.examples))
    return f"SELECT {', '.join(made)} FROM (SELECT {', '.join(came)})"


def hard_query(pattern: Pattern) -> str:
    """SQL that applies the pattern to texts that are hard to read; an error of it is the pattern's own."""
    made = dict.fromkeys(pattern.sql("came", example.parameters) for example in pattern.examples)
    values = ", ".join(f"({text_literal(text)})" for text in HARD_TEXTS)
    return f"SELECT {', '.join(f'max({sql})' for sql in made)} FROM VALUES {values} AS t(came)"


def once(text: str, made: Callable[[str], str], name: str = "one") -> str:
    """SQL of `made` with `text` in it however often; a long text is computed once and bound to `name`.

    >>> once("email", lambda one: f"concat({one}, {one})")
    'concat(email, email)'
    >>> once(f"lower({'trim(email)':>60})", lambda one: f"concat({one}, {one})")[-28:]
    'one -> concat(one, one)), 0)'
    """
    if len(text) <= _SHORT or re.fullmatch(r"CAST\([^()]+ AS STRING\)", text):
        return made(text)
    return f"get(transform(array({text}), {name} -> {made(name)}), 0)"
