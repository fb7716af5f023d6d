"""The stored table of an AUTO CDC target: made with a statement of what it holds, checked and widened later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.cdc_target import (
    DELETED_AT,
    END,
    START,
    TIE,
    UNSET,
    VERSIONS,
    Chosen,
    Target,
    tracked_columns,
)
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.partial_updates import parts_of
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import HIDDEN, SEQUENCE, STATE, empty_frame
from medallion_toolkit.errors import PipelineError
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

KEYS = "medallion.keys"
HISTORY = "medallion.history"


def target_of(
    spark: SparkSession, store: Store, flow: Flow, source: DataFrame, chosen: Chosen, flows: Sequence[Cdc]
) -> Target:
    """The columns of the stored table and those that this flow adds; `flows` are all that feed the target."""
    given = {field.name: field.dataType for field in source.schema}
    known = _stored_schema(spark, store, flow.target)
    types = {name: kind for name, kind in known.items() if not name.startswith((START, END, HIDDEN))}
    types |= {name: given[name] for name in chosen.columns}
    ignores = any(cdc.ignore_null_updates for cdc in flows)
    parts = [part for name, kind in types.items() if name not in chosen.keys for part in parts_of(name, kind)]
    return Target(
        path=str(store.table(flow.target)),
        scd_type=flows[0].scd_type,
        keys=chosen.keys,
        types=types,
        tracked=tracked_columns(chosen, tuple(types)),
        history=chosen.history,
        parts=tuple(parts) if ignores else (),
        truncates=any(cdc.truncate_when is not None for cdc in flows),
    )


def _stored_schema(spark: SparkSession, store: Store, name: str) -> Mapping[str, DataType]:
    """Columns of the stored table by name, hidden ones too; none when there is no table."""
    if not store.exists(name):
        return {}
    stored: StructType = spark.read.format("delta").load(str(store.table(name))).schema
    return {field.name: field.dataType for field in stored}


def check_orderable(events: DataFrame, flow: Flow, cdc: Cdc) -> None:
    """PipelineError for a sequence of a type without an order: a map or a variant, or a struct that holds one."""
    kind = events.schema[SEQUENCE].dataType.simpleString()
    if "map<" in kind or "variant" in kind:
        raise PipelineError(
            "MED270",
            "SEQUENCE BY has no order (AUTOCDC_MICROBATCH_VALIDATION.NON_ORDERABLE_SEQUENCE)",
            place=flow.place,
            found=f"{cdc.sequence_by} is {kind}",
            expected="a number, text, date, time or a struct of them",
        )


def make_target(
    spark: SparkSession, store: Store, flow: Flow, target: Target, events: DataFrame, properties: Mapping[str, str]
) -> None:
    """Make the table, or check that it holds the same keys, order and history and add the columns it lacks."""
    wanted = _columns(events, target)
    if not store.exists(flow.target):
        _append_nothing(spark, target, wanted, properties)
        return
    stored: StructType = spark.read.format("delta").load(target.path).schema
    _check(stored, wanted, flow, target)
    missing = [field for field in wanted if field not in stored.names]
    if missing:
        _append_nothing(spark, target, {name: wanted[name] for name in missing}, {"mergeSchema": "true"})


def _columns(events: DataFrame, target: Target) -> dict[str, DataType]:
    from pyspark.sql.types import ArrayType, MapType, StringType

    order = events.schema[SEQUENCE].dataType
    columns: dict[str, DataType] = dict(target.types)
    if target.scd_type == 2:
        columns |= {START: order, END: order}
    columns |= {SEQUENCE: order, STATE: StringType(), TIE: StringType()}
    if target.parts and target.scd_type == 2:
        columns[UNSET] = ArrayType(StringType())
    if target.parts and target.scd_type == 1:
        columns |= {VERSIONS: MapType(StringType(), order), DELETED_AT: order}
    return columns


def _append_nothing(
    spark: SparkSession, target: Target, columns: Mapping[str, DataType], options: Mapping[str, str]
) -> None:
    from pyspark.sql.functions import col
    from pyspark.sql.types import StructField, StructType

    empty = empty_frame(spark, StructType([StructField(name, kind) for name, kind in columns.items()]))
    named = [col(quoted(name)) for name in columns if name != SEQUENCE]
    if SEQUENCE in columns:
        at = list(columns).index(SEQUENCE)
        named.insert(at, col(SEQUENCE).alias(SEQUENCE, metadata={KEYS: list(target.keys), HISTORY: target.history}))
    empty.select(*named).write.format("delta").mode("append").options(**options).save(target.path)


def _check(stored: StructType, wanted: Mapping[str, DataType], flow: Flow, target: Target) -> None:
    if SEQUENCE not in stored.names:
        raise _changed(flow, "was not made by AUTO CDC", "rows without a sequence", "AUTO CDC")
    scd_type = 2 if START in stored.names else 1
    if scd_type != target.scd_type:
        raise _changed(flow, "has another history", f"SCD TYPE {scd_type}", f"SCD TYPE {target.scd_type}")
    said = stored[SEQUENCE].metadata
    keys = said.get(KEYS, target.keys)
    if sorted(keys) != sorted(target.keys):
        raise _changed(flow, "has other keys", ", ".join(keys), ", ".join(target.keys))
    if scd_type == 2 and said.get(HISTORY, target.history) != target.history:
        raise _changed(flow, "tracks other columns", said[HISTORY], target.history)
    for name, kind in sorted(wanted.items(), key=lambda column: column[0] != SEQUENCE):
        if name not in stored.names or name in (VERSIONS, UNSET):
            continue
        was, now = stored[name].dataType.simpleString(), kind.simpleString()
        if was != now:
            what = "a sequence of another type" if name == SEQUENCE else f"another type for {name}"
            raise _changed(flow, f"has {what}", was, now)


def _changed(flow: Flow, what: str, stored: str, declared: str) -> PipelineError:
    short = ".".join(flow.target.split(".")[1:])
    return PipelineError(
        "MED470",
        f"the stored table of {short} {what}",
        place=flow.place,
        found=f"{stored} in the table",
        expected=f"{declared} as declared",
        help="events placed under the old clauses cannot be placed anew; a full refresh reads them all again",
        next=f"medallion run --full-refresh {short}",
    )
