"""Contracts become datasets of the running pipeline. pyspark is imported only when something is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from .contract_model import Contract
from .contracts import load_contracts
from .table_plan import FlowPlan, TablePlan
from .tables import plan_tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    Query = Callable[[], DataFrame]
    Decorator = Callable[[Query], object]


class Pipelines(Protocol):
    """`pyspark.pipelines` as the workspace has it; the open-source package knows no expectations."""

    def temporary_view(self, *, name: str, comment: str) -> Decorator: ...
    def create_streaming_table(self, **arguments: object) -> None: ...
    def append_flow(self, *, target: str, name: str) -> Decorator: ...
    def create_auto_cdc_flow(self, **arguments: object) -> None: ...


PROJECT = Path(__file__).resolve().parent.parent
LAYERS = ("bronze", "silver", "gold")


def declare_tables(layer: str, project: Path = PROJECT) -> None:
    """Declare every table that the contracts of a layer make.

    `python/contracts.py` of a project is two lines: `from medallion import declare_tables` and
    `declare_tables("silver")`.
    """
    contracts = load_contracts(project, layer)
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
    dp.create_streaming_table(**_table_arguments(plan))
    for flow in plan.flows:
        dp.append_flow(target=plan.name, name=flow.name)(_query(flow))
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
    return {
        "name": plan.name,
        "comment": plan.comment,
        "schema": plan.schema,
        "table_properties": dict(plan.properties),
        **{name: dict(conditions) for name, conditions in rules.items() if conditions},
    }


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
        reader = _session().readStream
        if flow.source_is_stored:
            reader = reader.option("skipChangeCommits", "true")
        frame = reader.table(flow.source)
        for step in flow.steps:
            kept = frame.where(step.where) if step.where else frame
            frame = kept.selectExpr(*step.select)
        return frame

    rows.__name__ = flow.name
    return rows


def _schema_names() -> dict[str, str]:
    """The schema of each layer, from the pipeline's configuration."""
    configuration = _session().conf
    return {layer: str(configuration.get(layer)) for layer in LAYERS}


def _session() -> SparkSession:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        raise RuntimeError("declare_tables works inside a pipeline; to try it on a laptop use: medallion run")
    return session
