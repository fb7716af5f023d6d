"""Rows of the local lakehouse, for looking at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.engine.typed_sql import typed
from medallion_toolkit.errors import MedallionError, Place, RunError, UsageError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.order import find_dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

VIEWS = ("temporary_view", "view")
UNORDERED = ("map", "variant", "interval", "void")


@dataclass(frozen=True)
class Rows:
    """Up to `limit` rows of a dataset of `total` rows, None when nobody counted; values as Python has them."""

    name: str
    total: int | None
    columns: Sequence[str]
    values: Sequence[Mapping[str, object]]


def read_rows(
    run: LocalRun,
    name: str,
    limit: int,
    where: str | None = None,
    as_of: str | None = None,
    groups: Sequence[str] | None = None,
) -> Rows:
    """The first rows of a table or view in the order of its columns; RunError before its first run.

    `where` is a condition in SQL; `as_of` is the number of a version or a point in time (UTC), of streaming
    tables only: they alone have time travel in the workspace (ldp/limitations). With `groups` rows and values
    are those that a member of these groups may see; None is the owner of the pipeline, who sees all.
    """
    from medallion_toolkit.engine.monitoring import monitoring_frame

    recorded = monitoring_frame(run, name)
    if recorded is not None:
        return _rows_where(recorded, name, limit, where)
    key = find_dataset(run.project.graph, name, run.project.display)
    frame = frame_of(run, key, as_of)
    if groups is not None:
        frame = _as_members_see(run, key, frame, groups, as_of)
    return _rows_where(frame, run.project.display[key], limit, where)


def _rows_where(frame: DataFrame, name: str, limit: int, where: str | None) -> Rows:
    if where is None:
        return collect_rows(frame, name, limit)
    with typed(where, "--where", frame.columns):
        return collect_rows(frame.where(where), name, limit)


def collect_rows(frame: DataFrame, name: str, limit: int) -> Rows:
    """Up to `limit` rows of the frame, the same ones whenever its rows are the same."""
    return Rows(name, frame.count(), tuple(frame.columns), collected(in_order(frame).limit(limit)))


def collected(frame: DataFrame) -> list[Mapping[str, object]]:
    """All rows of the frame as Python has them; days before year 1 or after 9999 make text of dates and times.

    Spark 4.2: such a DATE or TIMESTAMP raises ValueError or OverflowError while rows are collected.
    """
    try:
        return [row.asDict(recursive=True) for row in frame.collect()]
    except (ValueError, OverflowError):
        return [row.asDict(recursive=True) for row in _with_times_as_text(frame).collect()]


def _with_times_as_text(frame: DataFrame) -> DataFrame:
    from medallion_toolkit.engine.files.rescue import quoted

    return frame.selectExpr(
        *(
            f"CAST({quoted(field.name)} AS STRING) AS {quoted(field.name)}"
            if any(word in field.dataType.simpleString() for word in ("date", "timestamp"))
            else quoted(field.name)
            for field in frame.schema
        )
    )


def in_order(frame: DataFrame) -> DataFrame:
    """The frame ordered by its columns from left to right, as far as values of their types have an order."""
    from medallion_toolkit.engine.files.rescue import quoted

    ordered = [quoted(field.name) for field in frame.schema if not _is_unordered(field.dataType.simpleString())]
    return frame.orderBy(*ordered) if ordered else frame


def _is_unordered(kind: str) -> bool:
    return any(word in kind for word in UNORDERED)


def frame_of(run: LocalRun, key: str, as_of: str | None = None) -> DataFrame:
    """The published rows of a dataset, or of a streaming table as it was."""
    node, shown = run.project.graph.nodes[key], run.project.display[key]
    if as_of is not None and node.dataset.kind != "streaming_table":
        raise without_versions(node, shown)
    if node.dataset.kind in VIEWS:
        frame = run.binder(node.dataset.pipeline).view(node)
        if frame.isStreaming:
            raise RunError(
                "MED412",
                f"{shown} is a streaming view and has no rows of its own",
                place=node.dataset.place,
                help="show the table that it feeds",
            )
        return frame
    if not run.store.exists(key):
        raise RunError("MED413", f"{shown} has no rows here yet", next="medallion run")
    if as_of is None:
        return read_table(run.spark_source.spark(), run.store, key)
    return _earlier(run, key, shown, as_of)


def _as_members_see(run: LocalRun, key: str, frame: DataFrame, groups: Sequence[str], as_of: str | None) -> DataFrame:
    from medallion_toolkit.engine.masks import masked

    dataset = run.project.graph.nodes[key].dataset
    is_protected = "row_filter" in dataset.clauses or any(column.mask for column in dataset.columns)
    if as_of is not None and is_protected:
        raise UsageError(
            "MED450",
            f"{run.project.display[key]} has a row filter or masks: nobody but its owner sees earlier rows of it",
            place=dataset.place,
            help="leave out --as-of or --group",
        )
    return masked(frame, dataset, groups, run.binder(dataset.pipeline))


def without_versions(node: Node, shown: str) -> UsageError:
    """The refusal to show earlier rows of what has none in the workspace."""
    kind = node.dataset.kind.replace("_", " ")
    return UsageError(
        "MED450",
        f"{shown} is a {kind}: the workspace keeps no earlier rows of it to look at",
        place=node.dataset.place,
        help="only streaming tables can be read as of a version or time",
    )


def _earlier(run: LocalRun, key: str, shown: str, as_of: str) -> DataFrame:
    option = "versionAsOf" if as_of.isdigit() else "timestampAsOf"
    try:
        with typed(as_of, "--as-of"):
            return read_table(run.spark_source.spark(), run.store, key, {option: as_of})
    except MedallionError as error:
        raise UsageError(
            "MED451",
            f"{shown} has no version {as_of}: {error.message}",
            place=Place("--as-of"),
            help="a version is a number, a time is written 2026-11-21 or 2026-11-21 08:00:00 (UTC)",
            next=f"medallion sql 'DESCRIBE HISTORY {shown}'",
        ) from error
