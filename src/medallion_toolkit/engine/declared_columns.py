"""A declared column list against the query: the workspace refuses a difference, so does a local run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import parse_ddl
from medallion_toolkit.errors import SqlError, UnsupportedError, did_you_mean
from medallion_toolkit.graph.declaration_rules import column_names, is_numbered
from medallion_toolkit.model import Column, Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HISTORY_COLUMNS = ("__start_at", "__end_at")
BINARY = "UTF8_BINARY"
NOT_CLUSTERABLE = ("boolean", "array", "map", "struct", "binary")


def check_declared(dataset: Dataset, frame: DataFrame, is_cdc: bool = False) -> None:
    """SqlError where names or types differ, or a table cannot be laid out as declared.

    An AUTO CDC target is checked by name and type only, as it may leave columns of its source out.
    """
    refuse_unlike(dataset, is_cdc)
    made = {field.name.lower(): field.dataType.simpleString() for field in frame.schema}
    if dataset.columns:
        _check_columns(dataset, made, is_cdc)
    _check_layout(dataset, made)


def named_columns(dataset: Dataset, frame: DataFrame) -> DataFrame:
    """The rows of a view under the names of its column list, given to the query's columns in order."""
    names = [column.name for column in dataset.columns]
    if not names:
        return frame
    if len(names) != len(frame.columns):
        raise SqlError(
            "MED224",
            f"the column list of {dataset.name} has {len(names)} columns, its query {len(frame.columns)}",
            place=dataset.place,
            found=", ".join(frame.columns),
            expected=", ".join(names),
            help="a view's column list names the query's columns in order (CREATE_VIEW_COLUMN_ARITY_MISMATCH)",
        )
    return frame.toDF(*names)


def refuse_unlike(dataset: Dataset, is_cdc: bool) -> None:
    """UnsupportedError at what would make values, or their order, others than in the workspace."""
    collation = dataset.clauses.get("default_collation", BINARY)
    if collation.upper() != BINARY:
        raise UnsupportedError(
            "MED402",
            f"the collation {collation} of {dataset.name} is not supported locally",
            place=dataset.place,
            help=f"only {BINARY}; compare lower(…) in the query where case should not matter",
        )
    for column in dataset.columns:
        reason = _unlike(dataset, column, is_cdc)
        if reason is not None:
            message = f"{reason[0]} ({column.name}) is not supported locally"
            raise UnsupportedError("MED402", message, place=dataset.place, help=reason[1])


def _unlike(dataset: Dataset, column: Column, is_cdc: bool) -> tuple[str, str] | None:
    if is_numbered(column):
        return "an identity column", "the workspace assigns its numbers; use a hash key such as xxhash64"
    if column.generated and dataset.kind == "materialized_view":
        return "a generated column of a materialized view", "compute it in the query"
    if is_cdc and (column.generated or column.default):
        return "a computed column of an AUTO CDC target", "compute it in the view that AUTO CDC reads"
    return None


def _check_columns(dataset: Dataset, made: dict[str, str], is_cdc: bool) -> None:
    for column in dataset.columns:
        is_added = column.name.lower() not in made and (column.generated or column.default)
        if not is_added and not (is_cdc and column.name.lower() in HISTORY_COLUMNS):
            _check_column(column, made, dataset)
    declared = {column.name.lower() for column in dataset.columns}
    extra = [name for name in made if name not in declared]
    if extra and not is_cdc:
        raise SqlError(
            "MED224",
            f"the query of {dataset.name} gives the column {extra[0]}, which its column list does not have",
            place=dataset.place,
            expected=", ".join(column.name for column in dataset.columns),
            help="add it to the column list or leave it out of the query",
        )


def _check_column(column: Column, made: dict[str, str], dataset: Dataset) -> None:
    name = column.name.lower()
    if name not in made:
        raise SqlError(
            "MED224",
            f"the column list of {dataset.name} has {column.name}, which its query does not give",
            place=dataset.place,
            help=did_you_mean(name, made) or f"the query gives {', '.join(made)}",
        )
    expected = parse_ddl(f"c {column.type}")[0].dataType.simpleString() if column.type else made[name]
    if made[name] != expected:
        raise SqlError(
            "MED225",
            f"the column {column.name} of {dataset.name} has another type in the query",
            place=dataset.place,
            found=made[name],
            expected=expected,
            help=f"CAST({column.name} AS {expected.upper()}) in the query, or correct the column list",
        )


def _check_layout(dataset: Dataset, made: dict[str, str]) -> None:
    """Partitions and clustering change no row, but the workspace refuses columns it cannot use for them."""
    known = {**made, **dict.fromkeys((column.name.lower() for column in dataset.columns if column.generated), "")}
    clustered = dataset.clauses.get("cluster_by", "AUTO")
    names = () if clustered in ("AUTO", "NONE") else column_names(clustered)
    for name in (*names, *column_names(dataset.clauses.get("partitioned_by", ""))):
        if name.split(".")[0] not in known and name not in HISTORY_COLUMNS:
            raise SqlError(
                "MED229",
                f"{dataset.name} is laid out by the column {name}, which it does not have",
                place=dataset.place,
                help=did_you_mean(name, known) or f"columns: {', '.join(known)}",
            )
    for name in names:
        if known.get(name, "").startswith(NOT_CLUSTERABLE):
            raise SqlError(
                "MED229",
                f"{dataset.name} cannot be clustered by {name} (DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED)",
                place=dataset.place,
                found=known[name],
                help="cluster by columns of numbers, text, dates or times; PARTITIONED BY takes a BOOLEAN",
            )
