"""Few rows of the last local run that show what a table does: a good one, one of each broken rule, a delete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import VIEWS
from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import RunError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from medallion_toolkit.model import Cdc

ROW_ID = "_row_id"
MOST_RULES = 12
MOST_ROWS = 3
KEY_ENDINGS = ("_id", "_key", "_code")
FoundRow = dict[str, object]


@dataclass(frozen=True)
class Chosen:
    """Rows to give, by dataset; `judged` are the same rows as the contract's rules saw them."""

    given: Mapping[str, Sequence[FoundRow]]
    judged: Sequence[FoundRow] = field(default=())


def choose_rows(run: LocalRun, key: str) -> Chosen:
    """Rows for a test of the dataset; RunError MED413 where the last run left nothing to choose from."""
    checked = f"{key}_checked"
    if checked in run.project.graph.nodes and ROW_ID in _table(run, checked).columns:
        return _judged_rows(run, key, checked)
    return _joining_rows(run, inputs_of(run, key))


def inputs_of(run: LocalRun, key: str) -> list[str]:
    """Stored datasets that the dataset is made of, looking through views and its own helper tables."""
    found: dict[str, None] = {}
    todo = list(reversed(run.project.depends[key]))
    while todo:
        other = todo.pop()
        is_helper = other.startswith(f"{key}_") or run.project.graph.nodes[other].dataset.kind in VIEWS
        if is_helper:
            todo += reversed(run.project.depends[other])
        else:
            found[other] = None
    return list(found)


def _table(run: LocalRun, key: str) -> DataFrame:
    if not run.store.exists(key):
        raise RunError("MED413", f"{run.project.display[key]} has no rows here yet", next="medallion run")
    return read_table(run.spark_source.spark(), run.store, key)


def _judged_rows(run: LocalRun, key: str, checked: str) -> Chosen:
    table = _table(run, checked)
    ids = [*_one_of_each_rule(table), *_good_events(run, key, table)]
    given = {other: _with_ids(_table(run, other), ids) for other in inputs_of(run, key)}
    return Chosen({other: rows for other, rows in given.items() if rows}, _with_ids(table, ids))


def _one_of_each_rule(checked: DataFrame) -> list[str]:
    first = f"min_by({ROW_ID}, struct(size(_errors), {ROW_ID}))"
    reasons = checked.where("_errors IS NOT NULL").selectExpr(ROW_ID, "_errors", "explode(_errors.rule) AS rule")
    rows = reasons.groupBy("rule").agg(_expr(first).alias("id")).orderBy("rule").limit(MOST_RULES).collect()
    return list(dict.fromkeys(str(row["id"]) for row in rows))


def _good_events(run: LocalRun, key: str, checked: DataFrame) -> list[str]:
    """A row without a fault; of change events also a delete and what it deletes."""
    good = checked.where("_errors IS NULL")
    cdc = next((flow.cdc for flow in run.project.graph.nodes[key].flows if flow.cdc is not None), None)
    if cdc is None:
        return _ids(good.orderBy(ROW_ID).limit(1))
    source = _as_batch(run, key, cdc)
    keys = ", ".join(quoted(name.strip("`")) for name in cdc.keys)
    is_delete = f"coalesce(({cdc.delete_when}), false)" if cdc.delete_when else "false"
    events = source.selectExpr(ROW_ID, f"struct({keys}) AS entity", f"{is_delete} AS is_delete")
    by_entity = events.groupBy("entity").agg(
        _expr("max(is_delete)").alias("is_deleted"),
        _expr(f"slice(sort_array(collect_list({ROW_ID})), 1, 2)").alias("ids"),
    )
    examples = [by_entity.where(condition).orderBy("entity").limit(1) for condition in ("NOT is_deleted", "is_deleted")]
    return [str(one) for frame in examples for row in frame.collect() for one in row["ids"]]


def _as_batch(run: LocalRun, key: str, cdc: Cdc) -> DataFrame:
    """All change events that the tables hold."""
    nodes = run.project.graph.nodes
    dataset = nodes[key].dataset

    def stored(other: str, _mode: str, _options: Mapping[str, str]) -> DataFrame | None:
        return None if nodes[other].dataset.kind in VIEWS else _table(run, other)

    return replace(run.binder(dataset.pipeline), stand_in=stored).table(cdc.source, "stream", dataset.place)


def _joining_rows(run: LocalRun, inputs: Sequence[str]) -> Chosen:
    """Rows of the first input, and of the others those that carry the same keys."""
    given: dict[str, list[FoundRow]] = {}
    for key in inputs:
        frame = _table(run, key)
        conditions = [_among(name, given) for name in frame.columns if name.lower().endswith(KEY_ENDINGS)]
        chosen = [condition for condition in conditions if condition]
        rows = frame.where(" OR ".join(chosen)) if chosen else frame
        given[key] = _collected(rows.orderBy(*(quoted(name) for name in frame.columns[:2])).limit(MOST_ROWS))
    return Chosen(given)


def _among(name: str, given: Mapping[str, Sequence[FoundRow]]) -> str | None:
    values = {str(row[name]) for rows in given.values() for row in rows if row.get(name) is not None}
    return (
        f"CAST({quoted(name)} AS STRING) IN ({', '.join(literal(one) for one in sorted(values))})" if values else None
    )


def _with_ids(frame: DataFrame, ids: Iterable[str]) -> list[FoundRow]:
    if ROW_ID not in frame.columns:
        return _collected(frame.limit(MOST_ROWS))
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    found = _collected(frame.where(f"{ROW_ID} IN ({', '.join(literal(one) for one in wanted)})"))
    return sorted(found, key=lambda row: wanted.index(str(row[ROW_ID])))


def _ids(frame: DataFrame) -> list[str]:
    return [str(row[ROW_ID]) for row in frame.select(ROW_ID).collect()]


def _collected(frame: DataFrame) -> list[FoundRow]:
    return [row.asDict(recursive=True) for row in frame.collect()]


def _expr(text: str) -> Column:
    from pyspark.sql.functions import expr

    return expr(text)
