"""Dataset functions as they come: plain functions, bound methods, partials, lambdas."""

from __future__ import annotations

from functools import update_wrapper

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.python.declarations import QueryFunction


def attributable(function: QueryFunction) -> QueryFunction:
    """The function itself, or a wrapper of one that cannot carry attributes (a bound method)."""
    if hasattr(function, "__dict__") and not hasattr(function, "__self__"):
        return function

    def call(*arguments: object, **named: object) -> object:
        return function(*arguments, **named)

    return update_wrapper(call, function)


def name_of(function: QueryFunction, place: Place) -> str:
    """The function's own name, which names a dataset without `name=`."""
    name = getattr(function, "__name__", None)
    if isinstance(name, str) and name != "<lambda>":
        return name
    raise PipelineError(
        "MED253",
        "This dataset function has no name of its own.",
        place=place,
        expected="name='…' in the decorator",
    )
