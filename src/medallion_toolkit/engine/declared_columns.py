"""A declared column list against the query: the workspace refuses a difference, so does a local run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.files.schema import parse_ddl
from medallion_toolkit.errors import SqlError, UnsupportedError, nearest
from medallion_toolkit.model import Column, Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HISTORY_COLUMNS = ("__start_at", "__end_at")


def check_declared(dataset: Dataset, frame: DataFrame, is_cdc: bool = False) -> None:
    """SqlError where names or types differ; columns the engine would have to compute are refused.

    An AUTO CDC target is checked by name and type only, as it may leave columns of its source out.
    """
    if not dataset.columns:
        return
    _refuse_computed(dataset)
    made = {field.name.lower(): field.dataType.simpleString() for field in frame.schema}
    for column in dataset.columns:
        if is_cdc and column.name.lower() in HISTORY_COLUMNS:
            continue
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


def _refuse_computed(dataset: Dataset) -> None:
    for column in dataset.columns:
        if column.generated or column.default:
            what = "a generated column" if column.generated else "a default"
            raise UnsupportedError(
                "MED402",
                f"{what} ({column.name}) is not supported locally",
                place=dataset.place,
                help="compute it in the query",
            )


def _check_column(column: Column, made: dict[str, str], dataset: Dataset) -> None:
    name = column.name.lower()
    if name not in made:
        close = nearest(name, made)
        raise SqlError(
            "MED224",
            f"the column list of {dataset.name} has {column.name}, which its query does not give",
            place=dataset.place,
            help=f"did you mean {close}?" if close else f"the query gives {', '.join(made)}",
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


def require_not_null(dataset: Dataset, frame: DataFrame) -> DataFrame:
    """`frame` that stops the write at a NULL in a column declared NOT NULL."""
    for column in dataset.columns:
        if column.not_null and column.name in frame.columns:
            message = literal(f"[EXPECTATION_VIOLATION] NOT NULL of the column {column.name}")
            frame = frame.where(
                f"CASE WHEN {quoted(column.name)} IS NOT NULL THEN true ELSE raise_error({message}) END"
            )
    return frame
