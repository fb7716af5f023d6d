"""IGNORE NULL UPDATES: events that set some values of a row and leave the others as they are.

The documentation does not say what a late event does; here the result is what the events give when they
are applied in the order of their sequence. A delete and a truncate empty the row; of values with equal
sequence the one with the greatest JSON text stays. Type 1 keeps the sequence of each value, type 2 keeps
which values an event left alone. Fields of struct columns are values of their own, as documented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.cdc_target import DELETED, DELETED_AT, TIE, UNSET, VERSIONS, Part, Target, listed
from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.tables import SEQUENCE, STATE, VISIBLE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

TOMBSTONE = "deleted"


def parts_of(column: str, data_type: DataType) -> Iterator[Part]:
    """The values of a column that events set one by one."""
    yield from _parts(quoted(column), data_type)


def _parts(path: str, data_type: DataType) -> Iterator[Part]:
    from pyspark.sql.types import StructType

    if not isinstance(data_type, StructType):
        yield Part(path, path)
        return
    yield Part(path, f"nullif({path} IS NOT NULL, false)")
    for field in data_type:
        yield from _parts(f"{path}.{quoted(field.name)}", field.dataType)


def unset_values(parts: Sequence[Part], ignored: Sequence[str]) -> str:
    """SQL of the names of values that an event leaves alone: those that are NULL in ignored columns."""
    heads = {quoted(column) for column in ignored}
    found = [part for part in parts if part.name in heads or any(part.name.startswith(f"{head}.") for head in heads)]
    names = (f"CASE WHEN {part.value} IS NULL THEN {literal(part.name)} END" for part in found)
    return f"filter(array({', '.join(names)}), name -> name IS NOT NULL)" if found else "CAST(array() AS ARRAY<STRING>)"


def _rebuilt(target: Target, piece: Callable[[int], str]) -> list[str]:
    """Each visible column put together from its values; `piece` gives the SQL of the value with that number."""
    numbers = {part.name: piece(number) for number, part in enumerate(target.parts)}
    return [
        quoted(column) if column in target.keys else f"{_joined(quoted(column), kind, numbers)} AS {quoted(column)}"
        for column, kind in target.types.items()
    ]


def _joined(path: str, data_type: DataType, values: dict[str, str]) -> str:
    from pyspark.sql.types import StructType

    if not isinstance(data_type, StructType):
        return values[path]
    fields = ", ".join(
        f"{literal(field.name)}, {_joined(f'{path}.{quoted(field.name)}', field.dataType, values)}"
        for field in data_type
    )
    return f"CASE WHEN {values[path]} THEN named_struct({fields}) END"


def _greatest(number: int, order: str, condition: str) -> str:
    """The value with the greatest order; NULL loses against a value of equal order."""
    place = f"struct({order}{f'__p{number}'} IS NOT NULL, to_json(struct(__p{number})))"
    return f"max_by(__p{number}, {place}) FILTER (WHERE {condition}) AS __p{number}"


def settled_rows(events: DataFrame, known: DataFrame, target: Target) -> DataFrame:
    """Type 1: one row a key from its events and its stored row, with the sequence of each value."""
    values = [f"{part.value} AS __p{number}" for number, part in enumerate(target.parts)]
    set_at = [
        f"CASE WHEN NOT {DELETED} AND NOT array_contains({UNSET}, {literal(part.name)}) THEN {SEQUENCE} END AS __v{at}"
        for at, part in enumerate(target.parts)
    ]
    deleted = f"CASE WHEN {DELETED} THEN {SEQUENCE} END AS __deleted"
    upserted = f"CASE WHEN NOT {DELETED} THEN {SEQUENCE} END AS __upserted"
    keys = [quoted(key) for key in target.keys]
    rows = events.selectExpr(*keys, *values, *set_at, deleted, upserted)
    shown = f"CASE WHEN {STATE} = '{VISIBLE}' THEN {SEQUENCE} END"
    stored_at = [
        f"if({VERSIONS} IS NULL, {shown}, try_element_at({VERSIONS}, {literal(part.name)})) AS __v{at}"
        for at, part in enumerate(target.parts)
    ]
    deleted = f"coalesce({DELETED_AT}, CASE WHEN {STATE} = '{TOMBSTONE}' THEN {SEQUENCE} END) AS __deleted"
    stored = known.selectExpr(*keys, *values, *stored_at, deleted, f"{shown} AS __upserted")
    return _with_versions(rows.unionByName(stored), target)


def _with_versions(rows: DataFrame, target: Target) -> DataFrame:
    from pyspark.sql.functions import expr

    numbers = range(len(target.parts))
    measures = [_greatest(number, f"__v{number}, ", f"__v{number} IS NOT NULL") for number in numbers]
    measures += [f"max(__v{number}) AS __v{number}" for number in numbers]
    measures += ["max(__deleted) AS __deleted", "max(__upserted) AS __upserted"]
    merged = rows.groupBy(*map(quoted, target.keys)).agg(*map(expr, measures))
    alive = "(__deleted IS NULL OR __v{0} > __deleted)"
    entries = ", ".join(
        f"{literal(part.name)}, CASE WHEN {alive.format(at)} THEN __v{at} END" for at, part in enumerate(target.parts)
    )
    is_shown = "__upserted IS NOT NULL AND (__deleted IS NULL OR __upserted > __deleted)"
    rebuilt = merged.selectExpr(
        *_rebuilt(target, lambda number: f"(CASE WHEN {alive.format(number)} THEN __p{number} END)"),
        f"greatest(__upserted, __deleted) AS {SEQUENCE}",
        f"CASE WHEN {is_shown} THEN '{VISIBLE}' ELSE '{TOMBSTONE}' END AS {STATE}",
        f"map_filter(map({entries}), (name, at) -> at IS NOT NULL) AS {VERSIONS}",
        f"__deleted AS {DELETED_AT}",
    )
    return rebuilt.selectExpr("*", f"to_json(struct({listed(target.columns)})) AS {TIE}")


def filled_events(events: DataFrame, target: Target) -> DataFrame:
    """Type 2: one event a key and sequence, its missing values taken from the events before it.

    `events` come with `__was`, the marks of those that are stored.
    """
    from pyspark.sql.functions import expr

    numbers = range(len(target.parts))
    keys = [quoted(key) for key in target.keys]
    values = [f"{part.value} AS __p{number}" for number, part in enumerate(target.parts)]
    own = [
        f"NOT {DELETED} AND NOT coalesce(array_contains({UNSET}, {literal(part.name)}), false) AS __a{number}"
        for number, part in enumerate(target.parts)
    ]
    rows = events.repartition(*keys).selectExpr(*keys, *values, *own, SEQUENCE, DELETED, "__was")
    measures = [_greatest(number, "", f"__a{number}") for number in numbers]
    measures += [f"bool_or(__a{number}) AND NOT bool_or({DELETED}) AS __a{number}" for number in numbers]
    measures += [f"bool_or({DELETED}) AS {DELETED}", "max(__was) AS __was"]
    merged = rows.groupBy(*keys, SEQUENCE).agg(*map(expr, measures))
    by_key = f"PARTITION BY {listed(target.keys)}"
    lives = merged.selectExpr("*", f"sum(int({DELETED})) OVER ({by_key} ORDER BY {SEQUENCE}) AS __life")
    in_life = f"OVER ({by_key}, __life ORDER BY {SEQUENCE})"
    last = [f"last_value(CASE WHEN __a{at} THEN struct(__p{at} AS v) END, true) {in_life} AS __f{at}" for at in numbers]
    left = ", ".join(
        f"CASE WHEN NOT __a{number} THEN {literal(part.name)} END" for number, part in enumerate(target.parts)
    )
    filled = lives.selectExpr("*", *last).selectExpr(
        *_rebuilt(target, lambda number: f"__f{number}.v"),
        SEQUENCE,
        DELETED,
        f"filter(array({left}), name -> name IS NOT NULL) AS {UNSET}",
        "__was",
    )
    return filled.selectExpr("*", f"to_json(struct({listed(target.columns)})) AS {TIE}")
