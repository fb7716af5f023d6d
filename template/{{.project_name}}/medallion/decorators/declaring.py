"""Datasets of decorated functions in the running pipeline. Outside of one nothing is declared, and nothing fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from inspect import Parameter, signature
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from ..errors import MedallionContractError, Position
from ..tables.declare import declare_table, run_steps
from ..tables.plan import Expectations, Step, TablePlan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    Rows = Callable[[DataFrame], DataFrame]

Function = Callable[..., Any]
_EXPECTING = (("expect_all", "warn"), ("expect_all_or_drop", "drop"), ("expect_all_or_fail", "fail"))


def pipelines() -> ModuleType | None:
    """`pyspark.pipelines` of a running pipeline, None elsewhere: the open-source package knows no expectations."""
    if "pyspark" not in sys.modules:
        return None
    try:
        from pyspark import pipelines as found
    except ImportError:
        return None
    return found if hasattr(found, "expect_all") else None


def target() -> str | None:
    """The target whose overlays hold, from a pipeline's configuration; None elsewhere, or where that names none."""
    if pipelines() is None:
        return None
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    named = session.conf.get("target", None) if session is not None else None
    return str(named) if named else None


def declare_plans(plans: Sequence[TablePlan], position: Position, *, is_stream: bool) -> None:
    """Declare these datasets; a history of a batch compares snapshots."""
    found = pipelines()
    if found is None:
        return
    with declared_at(found, position):
        for plan in plans:
            if plan.cdc is None or is_stream:
                declare_table(plan)
            else:
                _declare_snapshots(found, plan)


def declare_function(query: Function, kind: str, about: Mapping[str, object], position: Position) -> None:
    """Declare the dataset of a function: `kind` is table, materialized_view or temporary_view."""
    found = pipelines()
    if found is None:
        return
    with declared_at(found, position):
        getattr(found, kind)(**about)(query)


def expecting(query: Function, expectations: Expectations, position: Position) -> Function:
    """The dataset function under its expectations, for the dataset decorator that stands above."""
    found = pipelines()
    if found is None:
        return query
    with declared_at(found, position):
        for name, action in _EXPECTING:
            conditions: Mapping[str, str] = getattr(expectations, action)
            query = getattr(found, name)(dict(conditions))(query) if conditions else query
    return query


def declared_at(found: ModuleType, position: Position) -> AbstractContextManager[None]:
    """A local run shows the decorator as the place of what it declares; the workspace has no such call."""
    place: Callable[[str, int], AbstractContextManager[None]] | None = getattr(found, "declared_at", None)
    return place(position.path, position.line) if place else nullcontext()


def rows_of(function: Function, changes: Sequence[Rows], steps: Sequence[Step], position: Position) -> DataFrame:
    """What the function returns in the active session, changed by decorators, then judged by the steps."""
    frame = cast("DataFrame", function(_session(position)) if takes_session(function) else function())
    for change in changes:
        frame = change(frame)
    return run_steps(frame, steps)


def takes_session(function: Function) -> bool:
    """Whether the function wants the session, as `(spark) -> DataFrame` does."""
    return any(
        one.default is Parameter.empty and one.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        for one in signature(function).parameters.values()
    )


def _declare_snapshots(found: ModuleType, plan: TablePlan) -> None:
    cdc = plan.cdc
    if cdc is None:
        return
    found.create_streaming_table(name=plan.name, comment=plan.comment, table_properties=dict(plan.properties))
    tracked = {"track_history_column_list": list(cdc.track_history)} if cdc.track_history else {}
    found.create_auto_cdc_from_snapshot_flow(
        target=plan.name, source=cdc.source, keys=list(cdc.keys), stored_as_scd_type=cdc.scd_type, **tracked
    )


def _session(position: Position) -> object:
    session = None
    if "pyspark" in sys.modules:
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession()
    if session is None:
        raise MedallionContractError(
            "MED388",
            "a dataset function runs in a session, and none is active",
            position,
            expected="a pipeline, or a session as its argument",
            help="in a test: call the function with a session; on a laptop: medallion run",
        )
    return session
