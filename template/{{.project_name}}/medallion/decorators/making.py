"""What comes of one function's decorators: a contract, datasets, declarations; made when somebody asks.

In a pipeline that is at once, so every mistake is an error of discovery. Elsewhere importing compiles nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from ..errors import MedallionContractError
from ..model.contract import Contract
from ..tables.plan import Expectations, TablePlan
from ..tables.render import render_table
from ..tables.step_sql import steps_sql
from .composing import Composed, compose
from .datasets import Planned, alone, beside
from .declaring import declare_function, declare_plans, expecting
from .reading import Reading
from .settings import Function
from .spelling import Above

NOTHING = Planned((), (), Expectations())


class Making:
    """The contract and the datasets of one decorated function."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @cached_property
    def composed(self) -> Composed | None:
        """The contract; None when nothing is said of the rows."""
        reading = self.reading
        if reading.layer is None:
            return None
        table = f"{reading.layer}.{reading.names.name}"
        about = None if reading.said.node.get("description") else reading.documented
        return compose(table, reading.said, reading.base, about, is_stream=reading.is_stream, position=reading.position)

    @cached_property
    def planned(self) -> Planned:
        """The steps of the function's own dataset, and the datasets beside it."""
        reading = self.reading
        if self.composed is None or not self.composed.contract.rules:
            return NOTHING
        if reading.above is None:
            return alone(self.composed, reading.names, is_stream=reading.is_stream)
        self._refuse_unstored(reading.above, self.composed.contract)
        return beside(self.composed, reading.names, is_stream=reading.is_stream)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of all datasets, the function's own first."""
        return tuple(dict.fromkeys((self.reading.names.full(), *(plan.name for plan in self.planned.plans))))

    def rendered(self) -> str:
        """The datasets as pipeline SQL, to read: a query of the function itself stands as its name."""
        reading = self.reading
        note = f"-- {reading.position}: {', '.join(f'@{use.name}' for use in reading.uses)}\n"
        rows = f"{reading.function_name}()"
        if reading.above is None:
            own = f"-- {reading.names.name}_conformed: the rows of {rows}\n" if self.planned.plans else ""
        else:
            judged = steps_sql(self.planned.steps, rows) if self.planned.steps else f"SELECT * FROM {rows}"
            own = f"-- {reading.names.full()}, made by @{reading.above.kind}:\n{judged};\n"
        return "\n".join([note + own, *(render_table(plan) for plan in self._marked(self.planned.plans))])

    def declare(self, function: Function) -> Function:
        """Declare every dataset but the one of a decorator above; the function, under its expectations."""
        reading = self.reading
        declare_plans(self._marked(self.planned.plans), reading.position, is_stream=reading.is_stream)
        if reading.above is not None:
            return expecting(function, self.planned.expectations, reading.position)
        self._declare_function(function)
        return function

    def _marked(self, plans: Sequence[TablePlan]) -> tuple[TablePlan, ...]:
        marks = self.reading.table_properties
        return tuple(replace(plan, properties={**plan.properties, **marks}) for plan in plans)

    def _declare_function(self, function: Function) -> None:
        """Alone the function is the conformed view, or without rules the table itself."""
        reading = self.reading
        if self.planned.plans:
            kind = "temporary_view"
            comment = f"The rows of {reading.function_name}."
            about: dict[str, object] = {"name": f"{reading.names.name}_conformed", "comment": comment}
        else:
            kind = "table" if reading.is_stream else "materialized_view"
            properties = {"quality": str(reading.layer), **reading.table_properties}
            about = {"name": reading.names.full(), "comment": reading.about, "table_properties": properties}
        declare_function(function, kind, about, reading.position)

    def _refuse_unstored(self, above: Above, contract: Contract) -> None:
        is_view = above.kind.endswith("view") and not above.kind.endswith("materialized_view")
        if is_view or not contract.making.stores_verdict:
            raise MedallionContractError(
                "MED383",
                "the dataset of a decorator stores its verdict",
                self.reading.position,
                found=f"@{above.kind}" if is_view else "stored: false",
                expected="@dp.table or @dp.materialized_view" if is_view else "stored: true",
            )
