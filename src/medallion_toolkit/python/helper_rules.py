"""Kinds of rule and patterns of normalization as a project's own helper package describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

What = TypeVar("What", covariant=True)


class Parameter(Protocol):
    """A parameter of a rule or a pattern."""

    @property
    def name(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def required(self) -> bool: ...


class _Kind(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def main(self) -> str | None: ...
    @property
    def parameters(self) -> Sequence[Parameter]: ...


class _Example(Protocol):
    @property
    def parameters(self) -> Mapping[str, object]: ...
    @property
    def about(self) -> str: ...


class RuleExample(_Example, Protocol):
    """Values, and whether a rule holds for them."""

    @property
    def holds(self) -> bool: ...


class RuleKind(_Kind, Protocol):
    """One kind of rule."""

    @property
    def dimension(self) -> str: ...
    @property
    def examples(self) -> Sequence[RuleExample]: ...


class Change(_Example, Protocol):
    """A value as it came and what a pattern makes of it."""

    @property
    def value(self) -> str | None: ...
    @property
    def result(self) -> str | None: ...


class Pattern(_Kind, Protocol):
    """A pattern of normalization."""

    @property
    def examples(self) -> Sequence[Change]: ...


class Declared(Protocol[What]):
    """What an own module declares, and where."""

    @property
    def value(self) -> What: ...
    @property
    def position(self) -> object: ...


class OwnRules(Protocol):
    """`medallion/rules/own.py` of a project."""

    def own_rules(self) -> Sequence[Declared[RuleKind]]: ...


class OwnPatterns(Protocol):
    """`medallion/normalize/own.py` of a project."""

    def own_patterns(self) -> Sequence[Declared[Pattern]]: ...
