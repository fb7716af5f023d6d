"""What a decorator says of a dataset, and how a plain function becomes a decorator, the built-in ones included."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import FrameType, FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec

from ..errors import MedallionContractError, Position, did_you_mean
from .lines import line_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    Rows = Callable[[DataFrame], DataFrame]

PROJECT = Path(__file__).absolute().parents[2]
_BELOW = f"{PROJECT}{os.sep}"
Function = Callable[..., Any]
Given = ParamSpec("Given")


@dataclass(frozen=True)
class Settings:
    """What one decorator adds.

    `contract` is a part of a contract in its short form, `dataset` says where the dataset lies (`layer`, `name`,
    `schema`, `streaming`, `config_path`), `properties` become table properties, `needs` names what else the stack
    must have: a decorator, or `layer`, `keys`, `rules`. `rows` changes the function's rows before they are judged.
    """

    contract: Mapping[str, object] = field(default_factory=dict)
    dataset: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    rows: Rows | None = None


@dataclass(frozen=True)
class Site:
    """Where a decorator was called: the running frame, so that a stack of decorators knows its members."""

    frame: int
    file: str
    line: int

    @staticmethod
    def of(frame: FrameType) -> Site:
        """The place that a frame executes now."""
        return Site(id(frame), frame.f_code.co_filename, line_of(frame))

    @property
    def position(self) -> Position:
        """File and line; below the project folder without it."""
        return Position(self.file.removeprefix(_BELOW), self.line)


@dataclass(frozen=True)
class Use:
    """One decorator of a function."""

    name: str
    position: Position
    settings: Settings

    @property
    def order(self) -> tuple[str, str]:
        """Sorts uses by what they say, so that their order in the file means nothing."""
        return self.name, repr(self.settings)

    def __str__(self) -> str:
        return f"@{self.name} {self.position}"


class Decorator:
    """A decorator with its settings, as its call gives it."""

    def __init__(self, name: str, settings: Settings, site: Site) -> None:
        self.name = name
        self.settings = settings
        self.site = site

    @property
    def position(self) -> Position:
        """File and line of the call."""
        return self.site.position

    def __call__(self, function: Function) -> Function:
        """The function, registered; the decorator above all others makes the datasets."""
        from .stack import apply

        return apply(self, function, sys._getframe(1))


def decorator(make: Callable[Given, Settings]) -> Callable[Given, Decorator]:
    """A decorator out of a function that turns arguments into Settings; projects make their own with it.

    >>> @decorator
    ... def kept_for(years: int) -> Settings:
    ...     return Settings(contract={"governance": {"retention": f"{years} years"}})
    >>> kept_for(7).name
    'kept_for'
    """

    @wraps(make)
    def call(*args: Given.args, **kwargs: Given.kwargs) -> Decorator:
        from .stack import expect

        site = Site.of(sys._getframe(1))
        with_place = _made(make, site, args, kwargs)
        return expect(Decorator(make.__name__, with_place, site))

    return call


def _made(make: Callable[..., Settings], site: Site, args: Sequence[object], kwargs: Mapping[str, object]) -> Settings:
    _refuse_bare(make, site, args)
    try:
        settings: object = make(*args, **kwargs)
    except WrongArgument as wrong:
        raise MedallionContractError(
            "MED381",
            f"@{make.__name__} {wrong.message}",
            site.position,
            found=wrong.found,
            expected=", ".join(wrong.known),
            help=did_you_mean(wrong.found, wrong.known),
        ) from None
    except TypeError as error:
        raise MedallionContractError("MED381", f"@{make.__name__}: {error}", site.position) from error
    if not isinstance(settings, Settings):
        raise MedallionContractError(
            "MED389",
            f"the decorator {make.__name__} gives no settings",
            site.position,
            found=type(settings).__name__,
            expected="return Settings(…)",
        )
    return settings


def _refuse_bare(make: Callable[..., Settings], site: Site, args: Sequence[object]) -> None:
    """Refuse `@silver` without parentheses, which would take the function for an argument."""
    takes_functions = "Callable" in str(next(iter(make.__annotations__.values()), ""))
    if args and isinstance(args[0], FunctionType) and not takes_functions:
        raise MedallionContractError(
            "MED381",
            f"@{make.__name__} stands without parentheses",
            site.position,
            found=f"@{make.__name__}",
            expected=f"@{make.__name__}(…)",
        )


class WrongArgument(ValueError):
    """An argument that a decorator does not take; the call's place is added where the decorator is made."""

    def __init__(self, message: str, found: str, known: Sequence[str]) -> None:
        super().__init__(message)
        self.message = message
        self.found = found
        self.known = tuple(known)


def refuse_unknown(options: Mapping[str, object], known: Sequence[str]) -> None:
    """Refuse an option that nobody reads, naming the nearest that somebody does."""
    for name in options:
        if name not in known:
            raise WrongArgument(f"does not know the option {name}", name, known)


def texts(value: object) -> tuple[str, ...]:
    """One text or a list of texts, as a tuple."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, Sequence) else (str(value),)


def given(**values: object) -> dict[str, object]:
    """The values that were given: None and what is empty left out."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [], {})}
