"""The decorators of one function, from the lowest to the one above all others, which makes the datasets.

Python calls `@silver()`, `@validate(…)` from top to bottom and applies what they return from bottom to top, so the
first one called in the lines of a function is the last one applied: no order has to be kept, nothing runs late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import unwrap
from threading import local
from types import CodeType, FrameType

from ..errors import MedallionContractError, Position
from .decorated import ATTRIBUTE, Decorated
from .lines import line_of
from .settings import Decorator, Function
from .spelling import Above, dataset_decorators


class _Called(local):
    """Decorators that were called and not applied yet."""

    def __init__(self) -> None:
        self.decorators: list[Decorator] = []


_CALLED = _Called()


def expect(decorator: Decorator) -> Decorator:
    """Remember a decorator that was called, until it is applied."""
    _CALLED.decorators.append(decorator)
    return decorator


def apply(decorator: Decorator, function: Function, frame: FrameType) -> Function:
    """The function with one decorator more; the last one of its lines makes the datasets."""
    found = _decorated(decorator, function)
    found.add(decorator)
    _forget(lambda one: one is decorator)
    code = _code(found.function)
    line = _line(decorator, code, frame) if code else None
    if code is None or line is None:
        return found.finish(None)
    if any(_is_between(one, code, id(frame), line) for one in _CALLED.decorators):
        return found.callable
    written = dataset_decorators(code, frame, line)
    _refuse_datasets_below(written or (), line, decorator)
    return found.finish(_above(written, code, line))


def decorate(function: Function, *decorators: Decorator) -> Function:
    """The function under several decorators, for functions made in a loop: `decorate(f, silver(), validate(…))`."""
    if not decorators:
        raise MedallionContractError("MED382", "decorate was given no decorator", Position(_name(function)))
    found = _decorated(decorators[0], function)
    for one in decorators:
        found.add(one)
    _forget(lambda one: one in decorators)
    return found.finish(None)


def _above(written: Sequence[Above] | None, code: CodeType, line: int) -> Above | None:
    """The dataset decorator above; without source whatever stands there is taken for one."""
    if written is None:
        return Above(code.co_firstlineno, "pipelines.table", None) if code.co_firstlineno < line else None
    return next((one for one in written if one.line < line), None)


def _refuse_datasets_below(written: Sequence[Above], line: int, decorator: Decorator) -> None:
    for one in written:
        if one.line > line:
            raise _misplaced(decorator, f"@{one.kind} in line {one.line}")


def _decorated(decorator: Decorator, function: object) -> Decorated:
    if not callable(function):
        raise _misplaced(decorator, "nothing, as a dataset decorator returns it" if function is None else str(function))
    known: object = getattr(function, ATTRIBUTE, None)
    if not isinstance(known, Decorated):
        return Decorated(function)
    if known.callable is not function or known.is_finished:
        raise MedallionContractError(
            "MED384",
            f"@{decorator.name} comes after the datasets of {_name(function)} were declared",
            decorator.position,
            found=f"another decorator between it and {known.decorators[-1].position}"
            if known.callable is not function
            else "a decorator kept in a variable above the others, or a second call",
            expected="decorators one below the other, those with parentheses on top",
            help="for a function made elsewhere: decorate(function, silver(), validate(…))",
        )
    return known


def _misplaced(decorator: Decorator, found: str) -> MedallionContractError:
    return MedallionContractError(
        "MED380",
        f"@{decorator.name} stands above the decorator that makes the dataset",
        decorator.position,
        found=found,
        expected="@dp.table, @dp.materialized_view or @dlt.table on top of all others",
        help=f"move @{decorator.name} below it: what a dataset decorator returns cannot be decorated",
    )


def _code(function: Function) -> CodeType | None:
    code: object = getattr(unwrap(function), "__code__", None)
    return code if isinstance(code, CodeType) else None


def _line(decorator: Decorator, code: CodeType, frame: FrameType) -> int | None:
    """The decorator's line above the function that the frame is about to define; None when it defines none.

    A decorator kept in a variable was called elsewhere; then the frame says the line.
    """
    if code.co_filename != frame.f_code.co_filename:
        return None
    if _is_between(decorator, code, id(frame), _last_line(code)):
        return decorator.site.line
    line = line_of(frame)
    return line if code.co_firstlineno <= line <= _last_line(code) else None


def _last_line(code: CodeType) -> int:
    return max((line for _, _, line in code.co_lines() if line is not None), default=code.co_firstlineno)


def _is_between(decorator: Decorator, code: CodeType, frame: int, last: int) -> bool:
    site = decorator.site
    is_here = site.frame == frame and site.file == code.co_filename
    return is_here and code.co_firstlineno <= site.line <= last


def _forget(is_meant: Callable[[Decorator], bool]) -> None:
    _CALLED.decorators[:] = [one for one in _CALLED.decorators if not is_meant(one)]


def _name(function: object) -> str:
    return str(getattr(function, "__name__", function))
