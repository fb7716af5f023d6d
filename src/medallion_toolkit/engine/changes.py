"""What a changed definition means for rows and checkpoints that are already there, told before a run touches them.

Which changes need a full refresh: https://docs.databricks.com/aws/en/ldp/full-refresh-st
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from medallion_toolkit.engine.books import read_book
from medallion_toolkit.engine.definitions import Definition, FlowDefinition
from medallion_toolkit.errors import RunError
from medallion_toolkit.graph.model import Node

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from medallion_toolkit.engine.store import Store
    from medallion_toolkit.graph.project import Project

Consequence = Literal["continues", "recomputed", "full refresh needed", "not made any more"]
UNDONE = ("keys", "sequence_by", "scd_type", "track_history", "track_history_except")


@dataclass(frozen=True)
class Change:
    """What has changed about the node `key` since its last good run, and what follows."""

    key: str
    what: str
    consequence: Consequence


def changes_of(project: Project, store: Store, chosen: Collection[str]) -> list[Change]:
    """The changes of the chosen nodes, and the tables that no file makes any more."""
    found = []
    for key in project.graph.nodes:
        node = project.graph.nodes[key]
        before = Definition.from_dict(read_book(store, key).definition)
        if key in chosen and before.kind:
            change = compared(key, before, Definition.of(node), node)
            found += [change] if change else []
    return [*found, *_orphans(project, store)]


def compared(key: str, before: Definition, after: Definition, node: Node) -> Change | None:
    """The gravest consequence of the difference, None when nothing that matters has changed."""
    if before.kind != after.kind:
        return Change(key, f"it was a {_said(before.kind)} and is a {_said(after.kind)} now", "full refresh needed")
    if before == after:
        return None
    if node.dataset.kind == "materialized_view":
        return Change(key, "its query has changed", "recomputed")
    for name, was in before.flows.items():
        what = _undone(name, was, after.flows.get(name))
        if what:
            return Change(key, what, "full refresh needed")
    return Change(key, _gentle(before, after), "continues")


def _undone(name: str, was: FlowDefinition, now: FlowDefinition | None) -> str | None:
    """Why the flow cannot go on from its checkpoint; None when it can."""
    if now is None:
        return None
    if was.streams != now.streams:
        return f"the flow {name} streams {_listed(now.streams)} instead of {_listed(was.streams)}"
    for clause in UNDONE if was.cdc and now.cdc else ():
        if (was.cdc or {}).get(clause) != (now.cdc or {}).get(clause):
            return f"the flow {name} has another {clause.replace('_', ' ')}"
    if was.words != now.words and (was.is_stateful or now.is_stateful):
        return f"the flow {name} keeps state (groups, joins or what it has seen), and its query has changed"
    return None


def _gentle(before: Definition, after: Definition) -> str:
    gone, new = set(before.flows) - set(after.flows), set(after.flows) - set(before.flows)
    if gone or new:
        parts = [f"{_listed(sorted(names))} {verb}" for names, verb in ((new, "added"), (gone, "removed")) if names]
        return f"flows: {', '.join(parts)}; rows that are there stay"
    return "its query has changed; rows that are there stay as they were judged and made"


def _orphans(project: Project, store: Store) -> Iterable[Change]:
    made = {store.book(key) for key in project.graph.nodes}
    for book in sorted((store.root / "books").glob("*.json")):
        if book not in made:
            yield Change(book.stem, "no file of the project makes it", "not made any more")


def refusal(change: Change, node: Node, shown: str) -> RunError:
    """The error of a dataset that cannot go on from where it stands."""
    return RunError(
        "MED422",
        f"{shown} needs a full refresh: {change.what}",
        place=node.dataset.place,
        help="its rows and checkpoints were made by the earlier definition; nothing was touched",
        next=f"medallion run --full-refresh {shown}",
    )


def check_columns(spark: SparkSession, store: Store, node: Node, now: DataFrame, shown: str) -> None:
    """RunError when a stored column gets values of another type; new and missing columns go on as NULLs."""
    if node.dataset.properties.get("delta.enableTypeWidening", "").lower() == "true":
        return
    types = {field.name.lower(): field.dataType for field in now.schema}
    for field in spark.read.format("delta").load(str(store.table(node.name))).schema:
        kind = types.get(field.name.lower(), field.dataType)
        if kind != field.dataType and kind.simpleString() != field.dataType.simpleString():
            was, is_now = field.dataType.simpleString(), kind.simpleString()
            raise RunError(
                "MED423",
                f"{shown} needs a full refresh: its column {field.name} has another type",
                place=node.dataset.place,
                found=is_now,
                expected=f"{was}, as stored",
                help="cast it in the query, or give the new values a column of their own",
                next=f"medallion run --full-refresh {shown}",
            )


def _said(kind: str) -> str:
    return kind.replace("_", " ")


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(names) or "nothing"
