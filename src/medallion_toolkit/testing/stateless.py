"""Whether a stream treats each row by itself: then one batch of all rows gives what any stream of them gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame


# Steps of a logical plan that keep nothing from one row to the next. A step that is not named here is not trusted.
ROW_BY_ROW = (
    *("Project", "Filter", "SubqueryAlias", "View", "Generate", "Union", "WithCTE", "CTERelationDef", "CTERelationRef"),
    *("StreamingRelation", "StreamingRelationV2", "StreamingDataSourceV2Relation"),
)
JOINS_WITH_A_TABLE = ("Inner", "Cross", "LeftOuter", "LeftSemi", "LeftAnti")


class JavaObject(Protocol):
    """An object of the JVM: any method, called there."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...


def is_stateless(frame: DataFrame) -> bool:
    """Whether `frame` is a stream whose every step looks at one row, or joins a row to tables."""
    return frame.isStreaming and _is_row_by_row(frame._jdf.queryExecution().analyzed())


def _is_row_by_row(plan: JavaObject) -> bool:
    if not plan.isStreaming():
        return True
    children = _each(plan.children())
    if any(subquery.isStreaming() for subquery in _each(plan.subqueries())):
        return False
    name = str(plan.nodeName())
    is_known = _is_join_with_a_table(plan, children) if name == "Join" else name in ROW_BY_ROW
    return is_known and all(_is_row_by_row(child) for child in children)


def _is_join_with_a_table(plan: JavaObject, children: list[JavaObject]) -> bool:
    left, right = children
    is_static = left.isStreaming() and not right.isStreaming()
    return is_static and str(plan.joinType().toString()) in JOINS_WITH_A_TABLE


def _each(found: JavaObject) -> list[JavaObject]:
    return [found.apply(at) for at in range(found.size())]
