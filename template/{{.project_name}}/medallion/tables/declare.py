"""Contracts become datasets of the running pipeline. pyspark is imported only when something is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from ..contracts.loading import load_contracts
from ..model.contract import Contract
from .from_contract import plan_tables
from .plan import JOINED, FlowPlan, Step, TablePlan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    Query = Callable[[], DataFrame]
    Decorator = Callable[[Query], object]
    Wrapper = Callable[[Query], Query]


class Pipelines(Protocol):
    """`pyspark.pipelines` as the workspace has it; the open-source package knows no expectations."""

    def temporary_view(self, *, name: str, comment: str) -> Decorator: ...
    def materialized_view(self, **arguments: object) -> Decorator: ...
    def expect_all(self, expectations: Mapping[str, str]) -> Wrapper: ...
    def expect_all_or_drop(self, expectations: Mapping[str, str]) -> Wrapper: ...
    def expect_all_or_fail(self, expectations: Mapping[str, str]) -> Wrapper: ...
    def create_streaming_table(self, **arguments: object) -> None: ...
    def append_flow(self, *, target: str, name: str, once: bool = False) -> Decorator: ...
    def create_auto_cdc_flow(self, **arguments: object) -> None: ...


PROJECT = Path(__file__).resolve().parents[2]
LAYERS = ("bronze", "silver", "gold")


def declare_tables(layer: str, project: Path = PROJECT) -> None:
    """Declare every table that the contracts of a layer make.

    `python/contracts.py` of a project is two lines: `from medallion import declare_tables` and
    `declare_tables("silver")`. `target` in the pipeline's configuration chooses the overlays of the contracts.
    """
    contracts = load_contracts(project, layer, _target())
    schemas = _schema_names()
    for contract in contracts:
        with _declared_at(contract):
            for plan in plan_tables(contract, schemas):
                declare_table(plan)


def declare_table(plan: TablePlan) -> None:
    """Declare one planned table or view with its flow."""
    from pyspark import pipelines

    dp = cast("Pipelines", pipelines)
    if plan.kind == "temporary_view":
        for flow in plan.flows:
            dp.temporary_view(name=plan.name, comment=plan.comment)(_query(flow))
        return
    if plan.kind == "materialized_view":
        for flow in plan.flows:
            dp.materialized_view(**_described(plan))(_expecting(dp, plan, _query(flow)))
        return
    dp.create_streaming_table(**_table_arguments(plan))
    for flow in plan.flows:
        once = {"once": True} if flow.once else {}
        dp.append_flow(target=plan.name, name=flow.name, **once)(_query(flow))
    if plan.cdc is not None:
        dp.create_auto_cdc_flow(**_cdc_arguments(plan))


def _declared_at(contract: Contract) -> AbstractContextManager[None]:
    """A local run shows the contract as the place of its tables; the workspace has no such call."""
    from pyspark import pipelines

    place: Callable[[str, int], AbstractContextManager[None]] | None = getattr(pipelines, "declared_at", None)
    return place(contract.path, contract.position.line) if place else nullcontext()


def _table_arguments(plan: TablePlan) -> dict[str, object]:
    rules = {
        "expect_all": plan.expectations.warn,
        "expect_all_or_drop": plan.expectations.drop,
        "expect_all_or_fail": plan.expectations.fail,
    }
    return {**_described(plan), **{name: dict(conditions) for name, conditions in rules.items() if conditions}}


def _described(plan: TablePlan) -> dict[str, object]:
    return {
        "name": plan.name,
        "comment": plan.comment,
        **({"schema": plan.schema} if plan.columns else {}),
        "table_properties": dict(plan.properties),
    }


def _expecting(dp: Pipelines, plan: TablePlan, query: Query) -> Query:
    """The dataset function under its expectations, which stand between it and the dataset's decorator."""
    rules = (
        (dp.expect_all, plan.expectations.warn),
        (dp.expect_all_or_drop, plan.expectations.drop),
        (dp.expect_all_or_fail, plan.expectations.fail),
    )
    for expect, conditions in rules:
        query = expect(dict(conditions))(query) if conditions else query
    return query


def _cdc_arguments(plan: TablePlan) -> dict[str, object]:
    cdc = plan.cdc
    if cdc is None:
        return {}
    optional: Mapping[str, object] = {
        "apply_as_deletes": cdc.delete_when,
        "apply_as_truncates": cdc.truncate_when,
        "except_column_list": list(cdc.except_columns),
        "track_history_column_list": list(cdc.track_history),
    }
    return {
        "target": plan.name,
        "name": cdc.name,
        "source": cdc.source,
        "keys": list(cdc.keys),
        "sequence_by": cdc.sequence_by,
        "stored_as_scd_type": cdc.scd_type,
        **{name: value for name, value in optional.items() if value},
    }


def _query(flow: FlowPlan) -> Query:
    """The dataset function of a flow; only texts reach Spark, so it can be recorded without a session."""

    def rows() -> DataFrame:
        if flow.query:
            return _session().sql(flow.query)
        return run_steps(_source(flow), flow.steps)

    rows.__name__ = flow.name
    return rows


def run_steps(frame: DataFrame, steps: Iterable[Step]) -> DataFrame:
    """What the steps make of these rows."""
    for step in steps:
        joined = _joined(frame, step)
        kept = joined.where(step.where) if step.where else joined
        frame = kept.selectExpr(*step.select)
    return frame


def _source(flow: FlowPlan) -> DataFrame:
    if flow.is_batch:
        return _session().read.table(flow.source)
    reader = _session().readStream
    if flow.source_is_stored:
        reader = reader.option("skipChangeCommits", "true")
    return reader.table(flow.source)


def _joined(frame: DataFrame, step: Step) -> DataFrame:
    """The rows beside what the step joins; a stream meets the other table as it is when the batch runs."""
    from pyspark.sql.functions import expr

    joined = frame.alias(JOINED) if step.joins else frame
    for join in step.joins:
        other = _session().read.table(join.table).selectExpr(*join.select).distinct()
        joined = joined.join(other, expr(join.on), "left")
    return joined


def _schema_names() -> dict[str, str]:
    """The schema of each layer, from the pipeline's configuration."""
    configuration = _session().conf
    return {layer: str(configuration.get(layer)) for layer in LAYERS}


def _target() -> str | None:
    """The target whose overlays hold, from the pipeline's configuration; None where that names none."""
    target = _session().conf.get("target", None)
    return str(target) if target else None


def _session() -> SparkSession:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        raise RuntimeError("declare_tables works inside a pipeline; to try it on a laptop use: medallion run")
    return session
