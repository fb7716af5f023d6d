"""Records that a parser has read become the source's columns: values, folders' columns, rescued data.

The parse modes are the platform's: with a rescued data column only records that could not be read at all are
dropped (DROPMALFORMED) or stop the read (FAILFAST); without one, so are records with a value of a wrong type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.partitions import partition_sql
from medallion_toolkit.engine.files.rescue import METADATA, quoted, rescued

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.files.schema import Layout


@dataclass(frozen=True)
class Parsed:
    """SQL over one frame of records.

    `values` gives each column, `corrupt` says that the record could not be read, `raw` is its text, `unknown` a
    map<string,string> of what has no column, `mismatched` are (name, text that did not fit the column, else NULL).
    """

    values: Mapping[str, str]
    corrupt: str
    raw: str
    unknown: str | None
    mismatched: Sequence[tuple[str, str]]


def as_rows(frame: DataFrame, source: FileSource, layout: Layout, parsed: Parsed) -> DataFrame:
    """The rows of the source, `METADATA` last."""
    frame = _in_mode(frame, source, parsed)
    columns = []
    keeps_corrupt = source.corrupt_column in layout.columns.names and source.corrupt_column not in parsed.values
    for name in layout.columns.names:
        is_corrupt = keeps_corrupt and name == source.corrupt_column
        value = f"CASE WHEN {parsed.corrupt} THEN {parsed.raw} END" if is_corrupt else parsed.values[name]
        columns.append(f"{value} AS {quoted(name)}")
    columns += [f"{partition_sql(name, kind)} AS {quoted(name)}" for name, kind in layout.partitions.items()]
    if source.rescued_column:
        corrupt = "false" if keeps_corrupt else parsed.corrupt
        text = rescued(corrupt, parsed.raw, parsed.unknown, parsed.mismatched)
        columns.append(f"{text} AS {quoted(source.rescued_column)}")
    return frame.selectExpr(*columns, METADATA)


def _in_mode(frame: DataFrame, source: FileSource, parsed: Parsed) -> DataFrame:
    if source.mode == "PERMISSIVE":
        return frame
    wrong = [] if source.rescued_column else [f"({text}) IS NOT NULL" for _, text in parsed.mismatched]
    bad = " OR ".join(f"({condition})" for condition in (parsed.corrupt, *wrong))
    if source.mode == "DROPMALFORMED":
        return frame.where(f"NOT coalesce({bad}, false)")
    message = f"concat('[MALFORMED_RECORD_IN_PARSING] ', {METADATA}.file_path)"
    return frame.where(f"CASE WHEN coalesce({bad}, false) THEN raise_error({message}) ELSE true END")
