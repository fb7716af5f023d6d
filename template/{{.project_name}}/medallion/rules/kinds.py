"""What a kind of rule is: a name, its parameters, one Boolean SQL text, one sentence, and examples.

A kind is one module in this folder; `library.py` lists them. The SQL text must never raise and is
wrapped so that it is never NULL: a rule holds for an absent value unless it is about absence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..column_types import ColumnType, Family
from ..shapes import Key

Value = str | int | Decimal | bool
Parameters = Mapping[str, Value | tuple[Value, ...]]


@dataclass(frozen=True)
class Subject:
    """The column under a rule: `sql` is its typed value, `source` the value as it came."""

    name: str
    sql: str
    source: str
    type: ColumnType


@dataclass(frozen=True)
class Example:
    """A value as it came, in a column of `type`, and whether the rule holds for it."""

    value: str | None
    holds: bool
    parameters: Parameters
    type: str = "string"
    about: str = ""


@dataclass(frozen=True)
class RuleKind:
    """One kind of rule.

    `main` names the parameter of the short form (`regex: '^A'`); `families` are the column types it
    fits, None means all; `holds_for_null` is False only where absence itself is judged;
    `implied` kinds come from the contract (types) and cannot be written.
    """

    name: str
    suffix: str
    about: str
    condition: Callable[[Subject, Parameters], str]
    message: Callable[[str, Parameters], str]
    examples: tuple[Example, ...]
    parameters: tuple[Key, ...] = ()
    main: str | None = None
    families: tuple[Family, ...] | None = None
    holds_for_null: bool = True
    implied: bool = False

    def sql(self, subject: Subject, parameters: Parameters) -> str:
        """The total condition: true or false for every value, NULL included."""
        condition = self.condition(subject, parameters)
        if not self.holds_for_null:
            return f"coalesce({condition}, false)"
        return f"({subject.sql} IS NULL OR coalesce({condition}, false))"


class RuleRefused(ValueError):
    """A rule whose parameters make no sense; the reader of the contract adds the place."""

    def __init__(self, message: str, *, found: str, expected: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.found = found
        self.expected = expected
        self.help = help


class ColumnUnknown(RuleRefused):
    """SQL that names a column which is not there."""


def number_of(parameters: Parameters, name: str) -> int | Decimal | None:
    """The number given for a parameter, or None."""
    value = parameters.get(name)
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def text_of(parameters: Parameters, name: str) -> str:
    """The text given for a parameter."""
    return str(parameters[name])
