"""`spark.udf` of pipeline files: functions registered while a file loads are kept, and made when a session runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol

from medallion_toolkit.errors import Place, UnsupportedError
from medallion_toolkit.python.context import current, suspended
from medallion_toolkit.python.places import place_of_caller

Function = Callable[..., object]


class RunsFunctions(Protocol):
    """Calls a function among the modules of its pipeline; see `loading.FunctionRunner`."""

    def call(self, function: Function, *arguments: object) -> object: ...


@dataclass(frozen=True)
class RegisteredFunction:
    """A Python function that SQL of the same pipeline may call by `name`; `arguments` are those of `register`."""

    name: str
    arguments: tuple[object, ...]
    place: Place
    runner: RunsFunctions | None = None

    def register(self, session: object) -> None:
        """Make the function known to a real session."""
        register: Function = attrgetter("udf.register")(session)

        def make() -> None:
            with suspended():
                register(self.name, *self.arguments)

        if self.runner is not None:
            self.runner.call(make)


class UdfProxy:
    """Stands for `spark.udf`; `answer` gives the session's own when a dataset function runs."""

    def __init__(self, answer: Callable[[], object]) -> None:
        self._answer = answer

    def register(self, name: str, f: object, returnType: object = None) -> object:
        """Register the function for SQL of this pipeline, and give it back."""
        context = current()
        if context.is_loading:
            context.declarations.functions.append(RegisteredFunction(name, (f, returnType), place_of_caller()))
            return f
        if context.reads is not None:
            return f
        registered: object = attrgetter("register")(self._answer())(name, f, returnType)
        return registered

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnsupportedError(
            "MED255",
            f"spark.udf.{name} exists in the workspace only.",
            place=place_of_caller(),
            found=f"spark.udf.{name}",
            expected="spark.udf.register",
        )
