"""Columns that the table computes itself, and what every stored row must have: NOT NULL and generated values.

Delta enforces both when rows are written (ldp-sql-ref-create-streaming-table); rows that drop expectations
reject are not written and may break them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.engine.expectations import kept_rows
from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.model import Cdc, Column, Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOT_NULL = "DELTA_NOT_NULL_CONSTRAINT_VIOLATED"
GENERATED = "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"


def stored_rows(dataset: Dataset, frame: DataFrame) -> DataFrame:
    """`frame` as it is stored: defaults and generated columns filled, in declared order, NOT NULL guarded."""
    if not dataset.columns:
        return frame
    given = {name.lower() for name in frame.columns}
    with translated(dataset.place):
        frame = _with_defaults(dataset, frame, given)
        frame = _with_generated(dataset, frame, given)
    return require_not_null(dataset, frame.select(*(quoted(column.name) for column in dataset.columns)))


def _with_defaults(dataset: Dataset, frame: DataFrame, given: set[str]) -> DataFrame:
    missing = [column for column in dataset.columns if column.default and column.name.lower() not in given]
    if not missing:
        return frame
    return frame.selectExpr("*", *(f"{_typed(column, column.default)} AS {quoted(column.name)}" for column in missing))


def _with_generated(dataset: Dataset, frame: DataFrame, given: set[str]) -> DataFrame:
    """Generated columns see the others, not each other. One that the query gives must have the computed value."""
    computed = {column: _typed(column, _expression(column)) for column in dataset.columns if column.generated}
    for column, expression in computed.items():
        if column.name.lower() in given:
            sentence = f"{column.name} of {dataset.name} is not {' '.join(_expression(column).split())}"
            frame = _guarded(dataset, frame, f"{quoted(column.name)} <=> {expression}", GENERATED, sentence)
    missing = [
        f"{expression} AS {quoted(column.name)}"
        for column, expression in computed.items()
        if column.name.lower() not in given
    ]
    return frame.selectExpr("*", *missing) if missing else frame


def _expression(column: Column) -> str:
    """The SQL inside of GENERATED ALWAYS AS (…)."""
    text = column.generated or ""
    return text[text.index("(") + 1 : text.rindex(")")].strip()


def _typed(column: Column, expression: str | None) -> str:
    return f"CAST(({expression}) AS {column.type})" if column.type else f"({expression})"


def guarded_events(dataset: Dataset, source: DataFrame, cdc: Cdc) -> DataFrame:
    """Change events of AUTO CDC that stop the write where they would put a NULL into a column declared NOT NULL.

    Events that delete carry no values to store, and with IGNORE NULL UPDATES a NULL is no value.
    """
    if cdc.ignore_null_updates:
        return source
    passed = [f"coalesce(({condition}), false)" for condition in (cdc.delete_when, cdc.truncate_when) if condition]
    return require_not_null(dataset, source, " OR ".join(passed) or "false")


def require_not_null(dataset: Dataset, frame: DataFrame, unless: str = "false") -> DataFrame:
    """`frame` that stops the write at a NULL in a column declared NOT NULL, except in rows where `unless` holds."""
    known = {name.lower() for name in frame.columns}
    for column in dataset.columns:
        if column.not_null and column.name.lower() in known:
            sentence = f"{column.name} of {dataset.name} is NULL in a row"
            condition = f"{quoted(column.name)} IS NOT NULL OR coalesce(({unless}), false)"
            frame = _guarded(dataset, frame, condition, NOT_NULL, sentence)
    return frame


def _guarded(dataset: Dataset, frame: DataFrame, condition: str, error: str, sentence: str) -> DataFrame:
    message = literal(f"[ROW_REFUSED] {sentence} ({error})")
    kept = kept_rows(dataset.expectations)
    return frame.where(f"CASE WHEN {condition} OR NOT ({kept}) THEN true ELSE raise_error({message}) END")
