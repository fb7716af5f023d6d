"""One function under decorators: collected while they are applied, registered when the last one is."""

from __future__ import annotations

from functools import update_wrapper
from inspect import Signature

from .declaring import pipelines, rows_of
from .making import Making
from .reading import Reading
from .registry import REGISTRY, Declared
from .settings import Decorator, Function, Use
from .spelling import Above

ATTRIBUTE = "__medallion__"
_NO_ARGUMENTS = Signature()


class Decorated:
    """A function and its decorators; `callable` is what stands in its place."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.decorators: list[Use] = []
        self.is_finished = False
        self.making: Making | None = None
        self.callable = self._dataset_function()

    def add(self, decorator: Decorator) -> None:
        """One decorator more, before the function is registered."""
        self.decorators.append(Use(decorator.name, decorator.position, decorator.settings))

    def finish(self, above: Above | None) -> Function:
        """Register the function and, in a pipeline, declare its datasets; `above` will declare the function's own."""
        self.is_finished = True
        reading = Reading(self.function, self.decorators, above)
        self.making = Making(reading)
        name = reading.names.full()
        if above is not None and above.name is None and name != self.callable.__name__:
            self.callable.__name__ = name
        declared = Declared(self.making)
        REGISTRY.add(declared)
        if pipelines() is None:
            return self.callable
        REGISTRY.claim(declared)
        return self.making.declare(self.callable)

    def rendered(self) -> str:
        """What the decorators make, as pipeline SQL; empty before the last one is applied."""
        return self.making.rendered() if self.making else ""

    def rows(self) -> object:
        """The function's rows in the active session, as its dataset stores them."""
        changes = [use.settings.rows for use in self.decorators if use.settings.rows is not None]
        steps = self.making.planned.steps if self.making else ()
        return rows_of(self.function, changes, steps, self.decorators[-1].position)

    def _dataset_function(self) -> Function:
        function = self.function

        def dataset(*given: object, **named: object) -> object:
            return function(*given, **named) if given or named else self.rows()

        update_wrapper(dataset, function)
        dataset.__dict__.update({ATTRIBUTE: self, "__signature__": _NO_ARGUMENTS})
        return dataset
