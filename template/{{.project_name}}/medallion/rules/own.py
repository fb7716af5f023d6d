"""Rules of a project's own: a function that gives SQL becomes a kind of rule, with its examples as tests.

from medallion import Example, rule

@rule(about="Five digits, then capital letters.", examples=[Example("85123A", True), Example("x", False)])
def stock_code(column: str) -> str:
    return f"{column} RLIKE '^[0-9]{{5}}[A-Z]*\\\\\\\\z'"
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from types import FunctionType
from typing import Any, NewType, TypeVar

from ..errors import MedallionContractError, Position
from ..sql.column_types import Family
from ..yaml_files.shapes import AnyScalar, Flag, Key, ListOf, Number, Shape, Text
from .kinds import AnyKind, Dimension, Example, Parameters, Row, RowExample, RowRuleKind, RuleKind
from .own_checks import checked_kinds
from .own_modules import Declared, declare, own_declarations, position_of

ColumnName = NewType("ColumnName", str)
"""A parameter of a rule that names a column of the row."""

Kind = TypeVar("Kind", bound=AnyKind)
Function = TypeVar("Function", bound=Callable[..., str])
_SHAPES: Mapping[object, Shape] = {
    str: Text(),
    ColumnName: Text(),
    int: Number(whole=True),
    float: Number(),
    Decimal: Number(),
    bool: Flag(),
    list[str]: ListOf(Text(), minimum=1),
    list[ColumnName]: ListOf(Text(), minimum=1),
    list[int]: ListOf(Number(whole=True), minimum=1),
    list: ListOf(AnyScalar(), minimum=1),
}
_KNOWN_TYPES = "str, ColumnName, int, float, Decimal, bool, list, list[str], list[int], list[ColumnName]"


def rule(
    *,
    about: str,
    examples: Sequence[Example],
    message: str | None = None,
    suffix: str | None = None,
    types: tuple[Family, ...] | None = ("string",),
    dimension: Dimension = "validity",
    parameters: Mapping[str, str] | None = None,
) -> Callable[[Function], Function]:
    """A kind of rule of a column, called like the function; the function gets SQL for the column and gives a condition.

    Its further arguments are the rule's parameters: their annotations say what a contract may write, a default makes
    them optional, `parameters` describes them. `message` may name them, and `{column}`. `types` are the families of
    column types it fits, None means all. Absent values hold. The function is returned as it is.
    """

    def declared(function: Function) -> Function:
        keys = keys_of(function, parameters or {}, first="column")
        wording = message or f"{{column}} must fulfil {name_of(function)}: {about}"
        kind = RuleKind(
            name=name_of(function),
            suffix=suffix or name_of(function),
            about=about,
            condition=lambda subject, given: called(function, subject.sql, given),
            message=lambda column, given: wording.format(column=column, **given),
            examples=tuple(examples),
            parameters=keys,
            main=keys[0].name if keys else None,
            families=types,
            dimension=dimension,
        )
        declare(kind, plain_function(function))
        return function

    return declared


def row_rule(
    *,
    about: str,
    examples: Sequence[RowExample],
    message: str | None = None,
    dimension: Dimension = "consistency",
    parameters: Mapping[str, str] | None = None,
) -> Callable[[Function], Function]:
    """A kind of rule over columns of a row; the function gets the row, `row.column(name).sql` is a column's SQL.

    Arguments annotated `ColumnName` or `list[ColumnName]` name the columns it looks at. It decides itself what absent
    values mean: a condition that is NULL is a violation.
    """

    def declared(function: Function) -> Function:
        keys = keys_of(function, parameters or {}, first="row")
        wording = message or f"{name_of(function)} must hold: {about}"
        kind = RowRuleKind(
            name=name_of(function),
            about=about,
            condition=lambda row, given: called(function, row, given),
            message=lambda given: wording.format(**given),
            examples=tuple(examples),
            parameters=keys,
            main=keys[0].name if keys else None,
            dimension=dimension,
            names_columns=_column_names(function),
        )
        declare(kind, plain_function(function))
        return function

    return declared


@cache
def own_rules() -> tuple[Declared, ...]:
    """The rules that this project's own modules declare; wrong ones raise with their place."""
    kinds = [one for one in own_declarations() if isinstance(one.value, RuleKind | RowRuleKind)]
    return checked_kinds(kinds)


class WithOwn(Mapping[str, Kind]):
    """Rules of the library by name, and the project's own of one class; those are imported at the first question."""

    def __init__(self, library: Mapping[str, Kind], own: type[Kind]) -> None:
        self._library, self._own = library, own

    @cached_property
    def _all(self) -> Mapping[str, Kind]:
        own = (one.value for one in own_rules() if isinstance(one.value, self._own))
        return {**self._library, **{kind.name: kind for kind in own}}

    def __getitem__(self, name: str) -> Kind:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def called(function: Callable[..., str], first: str | Row, given: Parameters) -> str:
    """What the function gives for these parameters; lists come as lists."""
    return function(
        first, **{name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    )


def plain_function(function: Callable[..., Any]) -> FunctionType:
    """The function behind its decorators; anything else is refused."""
    plain = inspect.unwrap(function)
    if not isinstance(plain, FunctionType):
        raise MedallionContractError(
            "MED391", "a rule is made of a function", Position("own rules"), found=type(function).__name__
        )
    return plain


def name_of(function: Callable[..., Any]) -> str:
    """What contracts call it."""
    return plain_function(function).__name__


def _hints(function: Callable[..., Any]) -> dict[str, object]:
    try:
        return typing.get_type_hints(function)
    except NameError as error:
        raise _wrong(function, "an annotation names nothing", found=str(error)) from None


def keys_of(function: Callable[..., Any], about: Mapping[str, str], first: str) -> tuple[Key, ...]:
    """The parameters that a contract may give, from the arguments behind the first."""
    arguments = list(inspect.signature(function).parameters.values())
    if not arguments or any(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in arguments):
        raise _wrong(
            function, "a rule's function names its arguments", found=str(inspect.signature(function)), expected=first
        )
    hints = _hints(function)
    keys = []
    for argument in arguments[1:]:
        shape = _SHAPES.get(hints.get(argument.name, str))
        if shape is None:
            raise _wrong(
                function,
                f"the type of {argument.name} is none that a contract can write",
                found=str(hints[argument.name]),
                expected=_KNOWN_TYPES,
            )
        is_required = argument.default is argument.empty
        keys.append(Key(argument.name, shape, about.get(argument.name, f"{argument.name}."), is_required))
    return tuple(keys)


def _column_names(function: Callable[..., Any]) -> tuple[str, ...]:
    hints = _hints(function)
    return tuple(name for name, hint in hints.items() if hint in (ColumnName, list[ColumnName]) and name != "return")


def _wrong(
    function: Callable[..., Any], message: str, *, found: str, expected: str | None = None
) -> MedallionContractError:
    return MedallionContractError(
        "MED391", message, position_of(plain_function(function)), found=found, expected=expected
    )
