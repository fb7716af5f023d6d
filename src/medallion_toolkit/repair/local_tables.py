"""The tables of one contract in the local lakehouse, under the marks that replay's SQL knows them by."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.replays import is_waiting
from medallion_toolkit.engine.rows import collected
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import PipelineError, RunError
from medallion_toolkit.graph.conformed import VIEWS, Conformed, conformed_sources
from medallion_toolkit.graph.one_row import ROW_ID
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.repair.package import replay_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.model import ReadMode

_MARK = re.compile(r"\[\[([^\]]+)\]\]")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class LocalTables:
    """`views` maps marks to temporary views; they live as long as `local_tables` is open."""

    run: LocalRun
    key: str
    contract: Contract
    views: dict[str, str]

    @property
    def checked(self) -> str:
        """The key of the checked table."""
        return f"{self.key}_checked"

    @property
    def is_waiting(self) -> bool:
        """Whether rows of an earlier replay may wait to be judged."""
        return is_waiting(self.run.store, self.checked)

    def sql(self, text: str) -> DataFrame:
        """The rows of a query over marks."""
        return self.run.spark_source.spark().sql(_MARK.sub(self._view_of, text))

    def _view_of(self, found: re.Match[str]) -> str:
        """The view behind a mark; tables that rules refer to get theirs when they are asked for."""
        if found[0] not in self.views:
            key = find_dataset(self.run.project.graph, found[1], self.run.project.display)
            self.views[found[0]] = _view(read_table(self.run.spark_source.spark(), self.run.store, key))
        return self.views[found[0]]

    def ask(self, text: str) -> list[Mapping[str, object]]:
        """The answer to a query over marks."""
        return collected(self.sql(text))

    @contextmanager
    def conformed(self, rows: str) -> Iterator[Sequence[str]]:
        """For each source its present query over the bronze rows that the query `rows` names by `_row_id`."""
        ids = self.sql(rows).select(ROW_ID)
        sources = conformed_sources(self.run.project, self.contract, self.contract.table)
        names = [_view(self._rows_of(source, ids)) for source in sources]
        try:
            yield [f"SELECT * FROM {name}" for name in names]
        finally:
            for name in names:
                self.run.spark_source.spark().catalog.dropTempView(name)

    def bronze(self, rows: str) -> list[DataFrame]:
        """The bronze rows that the query `rows` names, of every source."""
        ids = self.sql(rows).select(ROW_ID)
        sources = conformed_sources(self.run.project, self.contract, self.contract.table)
        return [self._bronze_rows(source.bronze, ids) for source in sources]

    def _rows_of(self, source: Conformed, ids: DataFrame) -> DataFrame:
        bronze = self._bronze_rows(source.bronze, ids)
        if source.source.dataset.kind not in VIEWS:
            return bronze

        def given(key: str, _mode: ReadMode, _options: Mapping[str, str]) -> DataFrame | None:
            return bronze if key == source.bronze else None

        binder = replace(self.run.binder(source.source.dataset.pipeline), stand_in=given)
        return binder.view(source.source)

    def _bronze_rows(self, bronze: str, ids: DataFrame) -> DataFrame:
        node, shown = self.run.project.graph.nodes[bronze], self.run.project.display[bronze]
        if not self.run.store.exists(bronze):
            raise RunError("MED413", f"{shown} has no rows here yet", next="medallion run")
        rows = read_table(self.run.spark_source.spark(), self.run.store, bronze)
        if ROW_ID not in rows.columns:
            raise PipelineError(
                "MED375",
                f"rows of {self.contract.table} cannot be replayed: {shown} has no {ROW_ID}",
                place=node.dataset.place,
                help=f"add uuid() AS {ROW_ID} to it; rows that come from then on can be replayed",
            )
        return rows.join(ids, ROW_ID, "left_semi")


@contextmanager
def local_tables(run: LocalRun, key: str, contract: Contract) -> Iterator[LocalTables]:
    """The tables of a contract, as far as runs have made them; RunError before the first one."""
    marks = replay_sql(run.project).marks(contract)
    names = {part: _stored(key, part) for part in marks}
    for part in ("checked", "quarantine"):
        if not run.store.exists(names[part]):
            raise RunError("MED413", f"{contract.table} has no rows here yet", next="medallion run")
    spark = run.spark_source.spark()
    there = {part: name for part, name in names.items() if run.store.exists(name)}
    frames = {part: read_table(spark, run.store, name) for part, name in there.items()}
    frames["checked"] = with_dropped(frames["checked"], contract)
    views = {marks[part]: _view(frame) for part, frame in frames.items()}
    try:
        yield LocalTables(run, key, contract, views)
    finally:
        for view in views.values():
            spark.catalog.dropTempView(view)


def with_dropped(checked: DataFrame, contract: Contract) -> DataFrame:
    """The checked rows with `_dropped`, which they lack until a run has judged by the contract's first drop rule."""
    lacks = "_dropped" not in checked.columns and any(rule.on_fail == "drop" for rule in contract.rules)
    return checked.selectExpr("*", "false AS _dropped") if lacks else checked


def _stored(key: str, part: str) -> str:
    return key if part == "table" else f"{key}_{part}"


def _view(frame: DataFrame) -> str:
    name = f"__medallion_replay_{next(_numbers)}"
    frame.createOrReplaceTempView(name)
    return name
