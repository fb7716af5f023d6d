"""Rows as members of chosen groups see them: the row filter and the column masks of a table's definition.

The functions are those that the project's own SQL makes; is_account_group_member answers for the chosen groups.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.functions import Audience, LocalFunctions
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.errors import MedallionError, Place, UnsupportedError, nearest
from medallion_toolkit.graph.names import full_name
from medallion_toolkit.model import Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.binding import Binder

VIEWS = ("view", "temporary_view")
_POLICY = re.compile(r"\bCREATE\s+(?:OR\s+REPLACE\s+)?POLICY\b", re.IGNORECASE)
_ALTERED = re.compile(r"\b(?:SET|DROP)\s+(?:ROW\s+FILTER|MASK)\b", re.IGNORECASE)


def masked(frame: DataFrame, dataset: Dataset, groups: Sequence[str], binder: Binder) -> DataFrame:
    """The rows and values of `frame`, published rows of `dataset`, that members of `groups` may see.

    UnsupportedError MED440 names a function that no SQL of the project makes; MED402 where access comes from
    elsewhere: views, policies, ALTER TABLE. An empty `groups` is a user of no group.
    """
    _refuse_other_access(dataset, binder)
    audience = Audience(tuple(groups), f"a member of {', '.join(groups) or 'no group'}")
    functions = LocalFunctions(binder, audience)
    try:
        with translated(dataset.place):
            row_filter = _call(dataset.clauses.get("row_filter"), (), dataset, functions)
            seen = frame.where(row_filter) if row_filter else frame
            masks = {column.name.lower(): column.mask for column in dataset.columns if column.mask}
            columns = [_column(name, masks.get(name.lower()), dataset, functions) for name in frame.columns]
            return seen.selectExpr(*columns) if masks else seen
    finally:
        functions.drop()


def _column(name: str, mask: str | None, dataset: Dataset, functions: LocalFunctions) -> str:
    call = _call(mask, (quoted(name),), dataset, functions)
    return f"{call} AS {quoted(name)}" if call else quoted(name)


def _call(written: str | None, first: Sequence[str], dataset: Dataset, functions: LocalFunctions) -> str | None:
    """SQL that calls the function of `f ON (a)` or `f USING COLUMNS (a, 'x')`; None when nothing is written."""
    if written is None:
        return None
    from medallion_toolkit.sql.cursor import Cursor
    from medallion_toolkit.sql.lines import Lines
    from medallion_toolkit.sql.tokens import tokenize

    cursor = Cursor(tokenize(written), Lines(written, dataset.place.path))
    cursor.take("WITH")
    cursor.take("ROW", "FILTER")
    name, _ = cursor.name("the function")
    more = []
    if cursor.take("ON") or cursor.take("USING", "COLUMNS"):
        text = cursor.text(*cursor.group())
        more = [text] if text else []
    binder = functions.binder
    full = full_name(name, binder.catalog, binder.schema)
    function = binder.functions.find(binder.spark, full)
    if function is None:
        raise _unknown(full, dataset, binder)
    return f"{functions.name_of(function)}({', '.join((*first, *more))})"


def _unknown(name: str, dataset: Dataset, binder: Binder) -> MedallionError:
    last = name.rsplit(".", 1)[-1]
    close = nearest(last, binder.functions.last_names)
    return UnsupportedError(
        "MED440",
        f"{dataset.name} is protected by the function {name}, which no SQL file of the project makes",
        place=dataset.place,
        help=f"did you mean {close}?" if close and close != last else "put its CREATE FUNCTION into a job's SQL file",
    )


def _refuse_other_access(dataset: Dataset, binder: Binder) -> None:
    if dataset.kind in VIEWS:
        raise UnsupportedError(
            "MED402",
            f"what a group sees of the view {dataset.name} is not shown locally",
            place=dataset.place,
            help="a view reads with the rights of its owner; show the tables that it reads",
        )
    table = dataset.name.rsplit(".", 1)[-1]
    for script in binder.functions.scripts:
        found = _search(_POLICY, script.text)
        if found is None and re.search(rf"\b{re.escape(table)}\b", script.text):
            found = _search(_ALTERED, script.text)
        if found is not None:
            raise UnsupportedError(
                "MED402",
                f"{found.group()} decides who sees what and is not applied locally",
                place=Place(script.path, script.text.count("\n", 0, found.start()) + 1),
                help="filters and masks of the table's own definition are",
            )


def _search(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match outside of comments."""
    from medallion_toolkit.sql.tokens import comment_spans

    comments = comment_spans(text) if pattern.search(text) else ()
    matches = pattern.finditer(text)
    return next((one for one in matches if not any(start <= one.start() < end for start, end in comments)), None)
