"""The decorators `expect…`: usable above or below the dataset decorator, alone or stacked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.model import Action, Expectation
from medallion_toolkit.python.column_text import sql_text
from medallion_toolkit.python.context import current
from medallion_toolkit.python.declarations import (
    OrderedExpectation,
    QueryFunction,
    expect_on,
    expectations_from,
)
from medallion_toolkit.python.functions import attributable
from medallion_toolkit.python.places import place_of_caller

Decorator = Callable[[QueryFunction], QueryFunction]


def expect(name: str, condition: object) -> Decorator:
    """Keep rows that break the condition, count them."""
    return _one(name, condition, "warn")


def expect_or_drop(name: str, condition: object) -> Decorator:
    """Leave out rows that break the condition."""
    return _one(name, condition, "drop")


def expect_or_fail(name: str, condition: object) -> Decorator:
    """Fail the flow on the first row that breaks the condition."""
    return _one(name, condition, "fail")


def expect_all(expectations: Mapping[str, object]) -> Decorator:
    """`expect` for each name and condition."""
    return _many(expectations, "warn")


def expect_all_or_drop(expectations: Mapping[str, object]) -> Decorator:
    """`expect_or_drop` for each name and condition."""
    return _many(expectations, "drop")


def expect_all_or_fail(expectations: Mapping[str, object]) -> Decorator:
    """`expect_or_fail` for each name and condition."""
    return _many(expectations, "fail")


def expectations_of_arguments(
    place: Place,
    warn: Mapping[str, object] | None,
    drop: Mapping[str, object] | None,
    fail: Mapping[str, object] | None,
) -> tuple[Expectation, ...]:
    """The expectations given as `expect_all=`, `expect_all_or_drop=`, `expect_all_or_fail=`."""
    groups: tuple[tuple[Action, Mapping[str, object] | None], ...] = (("warn", warn), ("drop", drop), ("fail", fail))
    return tuple(
        expectation
        for action, rules in groups
        for expectation in expectations_from(_conditions(rules or {}, place), action, place)
    )


def _one(name: str, condition: object, action: Action) -> Decorator:
    return _many({name: condition}, action)


def _many(rules: Mapping[str, object], action: Action) -> Decorator:
    place = current().declared_at or place_of_caller()
    made = expectations_from(_conditions(rules, place), action, place)
    declarations = current().declarations
    ordered = tuple(OrderedExpectation(declarations.next_expectation(), item) for item in made)

    def decorate(function: QueryFunction) -> QueryFunction:
        target = attributable(function)
        expect_on(target, ordered)
        return target

    return decorate


def _conditions(rules: Mapping[str, object], place: Place) -> dict[str, str]:
    if not isinstance(rules, Mapping):
        raise PipelineError(
            "MED253",
            "Expectations are given as a dictionary of name and condition.",
            place=place,
            found=type(rules).__name__,
            expected="{'name': 'condition'}",
        )
    return {str(name): sql_text(condition, place) for name, condition in rules.items()}
