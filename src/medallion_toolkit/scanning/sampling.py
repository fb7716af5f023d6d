"""Rows of the local tables, counted by the detectors of the project's helper modules; no value leaves the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.engine.rows import frame_of

if TYPE_CHECKING:
    from types import ModuleType

    from medallion_toolkit.engine.run import LocalRun

Counts = Mapping[str, Mapping[str, int]]
_TEXT_OR_NUMBER = ("string", "int", "float", "double", "decimal", "date", "timestamp")


@dataclass(frozen=True)
class Sample:
    """How many rows a table has, which part was looked at, and what was counted there by column."""

    rows: int
    one_of: int
    counts: Counts


def count_samples(run: LocalRun, keys: Sequence[str], pii: ModuleType, most: int) -> dict[str, Sample]:
    """A sample of every table among `keys` that has rows here; of each about `most` rows, always the same ones.

    All tables are counted by one query.
    """
    stored = [key for key in keys if run.store.exists(key)]
    spark = run.spark_source.spark() if stored else None
    if spark is None:
        return {}
    sizes: dict[str, int] = {}
    tables = []
    for number, key in enumerate(stored):
        frame = frame_of(run, key)
        sizes[key] = frame.count()
        columns = tuple(one.name for one in frame.schema if one.dataType.simpleString().startswith(_TEXT_OR_NUMBER))
        frame.createOrReplaceTempView(f"scanned_{number}")
        if columns and sizes[key]:
            tables.append(pii.Sampled(key, f"scanned_{number}", columns, _one_of(sizes[key], most)))
    counts: dict[str, dict[str, Mapping[str, int]]] = {}
    for row in spark.sql(pii.sample_query(tables)).collect() if tables else ():
        counts.setdefault(row["table_name"], {})[row["column_name"]] = row.asDict()
    for number in range(len(stored)):
        spark.catalog.dropTempView(f"scanned_{number}")
    return {key: Sample(sizes[key], _one_of(sizes[key], most), counts.get(key, {})) for key in stored}


def _one_of(rows: int, most: int) -> int:
    return max(1, -(-rows // most))
