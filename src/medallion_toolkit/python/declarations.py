"""What pipeline files declare, collected in order and before names are completed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.model import Action, Cdc, Column, DatasetKind, Expectation, FlowKind

if TYPE_CHECKING:
    from medallion_toolkit.python.registered_functions import RegisteredFunction

DeclaredKind = DatasetKind | Literal["table_by_query", "table_unless_batch"]
QueryFunction = Callable[..., object]

EXPECTATIONS_ATTRIBUTE = "__medallion_expectations__"


@dataclass(frozen=True)
class DeclaredDataset:
    """A dataset as written; `function` is its query, None for tables fed by flows."""

    name: str
    kind: DeclaredKind
    place: Place
    function: QueryFunction | None = None
    comment: str | None = None
    columns: tuple[Column, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    private: bool = False


@dataclass(frozen=True)
class DeclaredFlow:
    """A flow as written."""

    name: str
    target: str
    kind: FlowKind
    place: Place
    function: QueryFunction | None = None
    cdc: Cdc | None = None
    once: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Declarations:
    """Everything one pipeline's files declared so far."""

    datasets: list[DeclaredDataset] = field(default_factory=list)
    flows: list[DeclaredFlow] = field(default_factory=list)
    notes: list[MedallionError] = field(default_factory=list)
    functions: list[RegisteredFunction] = field(default_factory=list)
    expectations_made: int = 0

    def next_expectation(self) -> int:
        """A number that orders expectations as they are written, top to bottom."""
        self.expectations_made += 1
        return self.expectations_made


@dataclass(frozen=True)
class OrderedExpectation:
    """An expectation with its position among all decorators."""

    position: int
    expectation: Expectation


def expect_on(function: QueryFunction, added: tuple[OrderedExpectation, ...]) -> None:
    """Attach expectations to a dataset function, before or after it becomes a dataset."""
    known = getattr(function, EXPECTATIONS_ATTRIBUTE, ())
    setattr(function, EXPECTATIONS_ATTRIBUTE, (*known, *added))


def expectations_of(function: QueryFunction | None) -> tuple[Expectation, ...]:
    """The expectations attached to a function, in the order they are written."""
    known: tuple[OrderedExpectation, ...] = getattr(function, EXPECTATIONS_ATTRIBUTE, ())
    return tuple(item.expectation for item in sorted(known, key=lambda item: item.position))


def expectations_from(rules: Mapping[str, str], action: Action, place: Place) -> tuple[Expectation, ...]:
    """One expectation for each name and condition."""
    return tuple(Expectation(name, condition, action, place) for name, condition in rules.items())
