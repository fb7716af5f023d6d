"""A test made ready to run: its names resolved, its given CTEs put into their queries, its runs played."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.errors import ConfigError, MedallionError
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.testing.cases import Case, Rows
from medallion_toolkit.testing.ctes import flow_with, query_of, split_part, with_rows
from medallion_toolkit.testing.given import completed, rows_as_frame
from medallion_toolkit.testing.held import hold
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.tables import CaseTables, Manner

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Setting:
    """A case over one project: `keys` gives the dataset of each name that the case writes."""

    run: LocalRun
    case: Case
    keys: Mapping[str, str]
    tables: CaseTables
    views: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, run: LocalRun, case: Case, known: Known) -> Setting:
        """The case with its names resolved; ConfigError or UsageError at the first that means nothing."""
        given = {name for rows in case.runs for name in rows}
        others = {*case.expect, *case.rules, *case.dropped, *([case.fails.dataset] if case.fails else [])}
        keys = {name: _find(run, name, case) for name in sorted({*given, *others})}
        manner = Manner(
            in_memory=len(case.runs) == 1 and case.fails is None,
            keeps_rows=case.fails is not None,
            changed=frozenset(keys[name] for name in given),
        )
        return cls(run, case, keys, CaseTables(run, known, manner))

    def play(self) -> None:
        """Deliver and run, once for each run of the case. The last run may fail where the case says so."""
        last = len(self.case.runs) - 1
        for number, rows in enumerate(self.case.runs):
            self._begin_run(rows)
            for name in self._wanted():
                try:
                    self._make(name)
                except MedallionError:
                    if self.case.fails is None or number != last:
                        raise

    def close(self) -> None:
        """Forget what the session knows of the case."""
        for view in self.views:
            self.run.spark_source.spark().catalog.dropTempView(view)

    def rows(self, name: str) -> DataFrame | None:
        """The rows of a dataset, a view or a CTE; None for a table that was never made."""
        cte, key = split_part(name)[1], self.keys[name]
        if cte is not None:
            return self.tables.query(key, query_of(flow_with(self.tables.node(key), cte, self.case.place)[1], cte))
        return self.tables.rows(key) if self.case.fails is None else self.tables.stored_rows(key)

    def display(self, name: str) -> str:
        """The name on screen."""
        cte = split_part(name)[1]
        return self.run.project.display[self.keys[name]] + (f"#{cte}" if cte else "")

    def _wanted(self) -> list[str]:
        failing = [self.case.fails.dataset] if self.case.fails else []
        return [*self.case.expect, *self.case.rules, *self.case.dropped, *failing]

    def _make(self, name: str) -> None:
        if split_part(name)[1] is None:
            self.tables.make(self.keys[name])
        else:
            self.rows(name)

    def _begin_run(self, rows: Mapping[str, Rows]) -> None:
        tables = {name for each in self.case.runs for name in each}
        arriving = {name: rows.get(name, ()) for name in tables}
        self.tables.begin_run(
            {
                self.keys[name]: self._frame(name, found, self.tables.schema(self.keys[name]))
                for name, found in arriving.items()
                if split_part(name)[1] is None
            }
        )
        for name, found in arriving.items():
            if split_part(name)[1] is not None:
                self._put(name, found)

    def _put(self, name: str, rows: Rows) -> None:
        """Given rows of a CTE take the place of its body."""
        cte, key = split_part(name)[1] or "", self.keys[name]
        if len(self.case.runs) > 1 or self.case.fails is not None:
            raise ConfigError(
                "MED437",
                f"rows of the CTE {cte} are given in a test that needs stored tables",
                place=self.case.place,
                help="give them in a test of one run that does not fail",
            )
        node = self.tables.node(key)
        flow, query = flow_with(node, cte, self.case.place)
        view = f"__medallion_given_{next(_numbers)}"
        schema = self.tables.query(key, query_of(query, cte)).schema
        self._frame(name, rows, schema).createOrReplaceTempView(view)
        self.views.append(view)
        edited = replace(flow, query=with_rows(query, cte, view))
        flows = tuple(edited if each is flow else each for each in node.flows)
        self.tables.edit(key, replace(node, flows=flows))

    def _frame(self, name: str, rows: Rows, schema: StructType) -> DataFrame:
        filled = completed(rows, self.case.defaults.get(name, {}))
        with translated(self.case.place):
            return hold(rows_as_frame(self.tables.spark, schema, filled, self.display(name), self.case.place))


def _find(run: LocalRun, name: str, case: Case) -> str:
    try:
        return find_dataset(run.project.graph, split_part(name)[0], run.project.display)
    except MedallionError as error:
        error.place = case.place
        raise
