"""Patterns of a project's own, declared in the modules that hold its own rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from ..errors import MedallionContractError, Position
from ..rules.kinds import RuleRefused
from ..rules.own import Function, called, keys_of, name_of, plain_function
from ..rules.own_modules import Declared, declare, own_declarations
from .kinds import Pattern, PatternExample


def pattern(
    *,
    about: str,
    examples: Sequence[PatternExample],
    makes_absent: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Callable[[Function], Function]:
    """A pattern of normalization, called like the function; the function gets SQL for the text and gives SQL for text.

    Its further arguments are the pattern's parameters, as for `rule`. An absent value has to stay absent. The function
    is returned as it is.
    """

    def declared(function: Function) -> Function:
        keys = keys_of(function, parameters or {}, first="text")
        made = Pattern(
            name=name_of(function),
            about=about,
            sql=lambda text, given: called(function, text, given),
            examples=tuple(examples),
            parameters=keys,
            main=keys[0].name if keys else None,
            makes_absent=makes_absent,
        )
        declare(made, plain_function(function))
        return function

    return declared


@cache
def own_patterns() -> tuple[Declared, ...]:
    """The patterns that this project's own modules declare; wrong ones raise with their place."""
    found = tuple(one for one in own_declarations() if isinstance(one.value, Pattern))
    seen: dict[str, Position] = {}
    for one in found:
        if isinstance(one.value, Pattern):
            _refuse_wrong(one.value, one.position, seen)
            seen[one.value.name] = one.position
    return found


def _refuse_wrong(made: Pattern, position: Position, seen: Mapping[str, Position]) -> None:
    from .library import LIBRARY_PATTERNS

    if made.name in seen or made.name in LIBRARY_PATTERNS:
        there = seen.get(made.name, "the library")
        raise MedallionContractError(
            "MED392",
            f"there is a pattern {made.name} already",
            position,
            found=made.name,
            expected=f"another name than the pattern of {there}",
        )
    if all(example.value == example.result for example in made.examples):
        raise MedallionContractError(
            "MED393",
            f"pattern {made.name} has too few examples",
            position,
            found=f"{len(made.examples)} examples",
            expected="one whose value changes",
            help="examples are the tests of a pattern: medallion rules --check",
        )
    try:
        for example in made.examples:
            made.sql("text", example.parameters)
    except RuleRefused as refused:
        raise MedallionContractError(
            "MED394", refused.message, position, found=refused.found, expected=refused.expected, help=refused.help
        ) from None
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
        raise MedallionContractError(
            "MED394", f"pattern {made.name} gives no SQL for its examples", position, found=found
        ) from error
