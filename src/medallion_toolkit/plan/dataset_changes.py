"""What a changed dataset means: its kind, columns, expectations, clauses, and the query of a view."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from medallion_toolkit.model import Column
from medallion_toolkit.plan.flow_changes import flow_reasons
from medallion_toolkit.plan.hiding import without_secrets
from medallion_toolkit.plan.model import Reason
from medallion_toolkit.plan.shapes import Shape, said

_WIDER: Mapping[str, tuple[str, ...]] = {
    "tinyint": ("smallint", "int", "bigint", "double", "decimal"),
    "smallint": ("int", "bigint", "double", "decimal"),
    "int": ("bigint", "double", "decimal"),
    "bigint": ("decimal",),
    "float": ("double",),
    "date": ("timestamp_ntz",),
}
_SAME = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint", "real": "float", "dec": "decimal"}
_DECIMAL = re.compile(r"decimal\((\d+)(?:,(\d+))?\)")


def reasons_of(before: Shape, after: Shape) -> tuple[Reason, ...]:
    """Why and how a dataset that is in both states changes; empty when it does not."""
    if before.kind != after.kind:
        text = (
            f"it is a {said(after.kind)} and was a {said(before.kind)}; the platform does not turn one into the other"
        )
        return (Reason("dropped with data" if is_stored(before) else "recomputed", text, "kind of a dataset"),)
    if is_stored(after) and before.full.lower() != after.full.lower():
        text = f"it is {after.full} in the workspace and was {before.full}: the platform drops that with its rows"
        return (Reason("dropped with data", text, "dataset renamed"),)
    found = [
        *_pipeline(before, after),
        *_columns(before, after),
        *_expectations(before, after),
        *_clauses(before, after),
    ]
    if after.kind in ("streaming_table", "sink"):
        found += flow_reasons(before, after)
    elif after.kind == "materialized_view":
        found += _materialized(before, after)
    else:
        found += _view(before, after)
    return tuple(found)


def is_stored(shape: Shape) -> bool:
    """Whether the dataset has rows of its own."""
    return shape.kind in ("streaming_table", "materialized_view")


def _pipeline(before: Shape, after: Shape) -> Iterator[Reason]:
    if before.pipeline != after.pipeline:
        text = (
            f"pipeline {after.pipeline} makes it and {before.pipeline} did: a table has one pipeline, it must be moved"
        )
        yield Reason("full refresh needed" if is_stored(after) else "metadata only", text, "pipeline of a dataset")


def _columns(before: Shape, after: Shape) -> Iterator[Reason]:
    if not (before.columns and after.columns):
        yield from _undeclared(before, after)
        return
    was = {column.name.lower(): column for column in before.columns}
    now = {column.name.lower(): column for column in after.columns}
    for name in (name for name in was if name not in now):
        yield Reason("new rows only", f"column {was[name].name} goes away", "column dropped")
    for name in (name for name in now if name not in was):
        yield Reason("new rows only", f"column {now[name].name} is new; rows that are there have NULL", "column added")
    for name in sorted(was.keys() & now.keys()):
        yield from _column(was[name], now[name], after)


def _undeclared(before: Shape, after: Shape) -> Iterator[Reason]:
    if before.output is None or after.output is None or after.kind != "streaming_table":
        return
    was, now = ({name.lower() for name in shape.output or ()} for shape in (before, after))
    for name in sorted(was - now):
        yield Reason("new rows only", f"column {name} goes away", "column dropped")
    for name in sorted(now - was):
        yield Reason("new rows only", f"column {name} is new; rows that are there have NULL", "column added")


def _column(was: Column, now: Column, shape: Shape) -> Iterator[Reason]:
    old, new = plain_type(was.type), plain_type(now.type)
    if old != new and old and new:
        if shape.kind == "materialized_view":
            yield Reason("recomputed", f"column {now.name} is {new} and was {old}", "query of a materialized view")
        elif is_wider(old, new) and shape.properties.get("delta.enableTypeWidening", "").lower() == "true":
            yield Reason("metadata only", f"column {now.name} widens from {old} to {new}", "type widened")
        else:
            yield Reason("full refresh needed", f"column {now.name} is {new} and was {old}", "type changed")
    if was.comment != now.comment:
        yield Reason("metadata only", f"column {now.name} has another comment", "column comment")
    if was.mask != now.mask:
        yield _mask(was, now)
    if was.not_null != now.not_null:
        text = f"column {now.name} {'must not be NULL' if now.not_null else 'may be NULL'}"
        yield Reason("full refresh needed" if now.not_null else "metadata only", text, "type changed")


def _mask(was: Column, now: Column) -> Reason:
    if now.mask is None:
        text = f"column {now.name} is NOT masked any more: readers see values that were hidden"
        return Reason("metadata only", text, "protection taken away")
    what = "has another mask" if was.mask else "is masked"
    return Reason("metadata only", f"column {now.name} {what}", "mask")


def plain_type(text: str | None) -> str:
    """A type as it is compared: lower case, no blanks, one name for each."""
    plain = re.sub(r"\s+", "", (text or "").lower())
    head = re.match(r"[a-z_]+", plain)
    return _SAME.get(head[0], head[0]) + plain[head.end() :] if head else plain


def is_wider(old: str, new: str) -> bool:
    """Whether Delta widens `old` to `new` without rewriting files.

    Source: https://docs.databricks.com/aws/en/delta/type-widening
    """
    was, now = _DECIMAL.fullmatch(old), _DECIMAL.fullmatch(new)
    if was and now:
        scale_grows = int(now[2] or 0) - int(was[2] or 0)
        return scale_grows >= 0 and int(now[1]) - int(was[1]) >= scale_grows
    return new.partition("(")[0] in _WIDER.get(old, ())


def _expectations(before: Shape, after: Shape) -> Iterator[Reason]:
    if before.expectations == after.expectations:
        return
    names = sorted(
        name
        for name in before.expectations.keys() | after.expectations.keys()
        if before.expectations.get(name) != after.expectations.get(name)
    )
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    what = f"expectation {listed} changes" if len(names) == 1 else f"expectations {listed} change"
    if after.kind == "materialized_view":
        if after.expectations and not before.expectations:
            text = f"new expectation {listed}: a materialized view with expectations is computed anew each time"
            yield Reason("incremental refresh lost", text, "incremental refresh")
            return
        yield Reason("recomputed", what, "expectation")
        return
    yield Reason("new rows only", f"{what}; rows that are there are not judged again", "expectation")
    stopping = [name for name in names if _action(after, name) == "fail" and _action(before, name) != "fail"]
    if stopping:
        text = f"a row that fails {', '.join(stopping)} stops the update from now on"
        yield Reason("new rows only", text, "expectation")


def _action(shape: Shape, name: str) -> str | None:
    return shape.expectations[name][1] if name in shape.expectations else None


def _clauses(before: Shape, after: Shape) -> Iterator[Reason]:
    if before.comment != after.comment:
        yield Reason("metadata only", "another comment", "property")
    for name in sorted(before.clauses.keys() | after.clauses.keys()):
        if before.clauses.get(name) == after.clauses.get(name):
            continue
        words = f"{name.replace('_', ' ')} changes"
        if name == "partitioned_by":
            yield Reason("full refresh needed", f"{words}: files are laid out anew", "partitioning")
        elif name == "row_filter" and name not in after.clauses:
            text = "its row filter goes away: readers see rows that were hidden"
            yield Reason("metadata only", text, "protection taken away")
        elif name == "cluster_by":
            yield Reason("metadata only", f"{words}; it holds for files written from now on", "clustering")
        else:
            yield Reason("metadata only", words, "property")
    yield from _properties(before.properties, after.properties)


def _properties(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Reason]:
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) == now.get(name):
            continue
        if name == "pipelines.reset.allowed":
            is_open = now.get(name, "true").lower() != "false"
            text = "a full refresh may empty it now" if is_open else "it is protected against full refresh now"
            yield Reason("metadata only", text, "reset protection")
        else:
            shown = without_secrets(name, now[name]) if name in now else "not set"
            yield Reason("metadata only", f"property {name} is {shown}", "property")


def _materialized(before: Shape, after: Shape) -> Iterator[Reason]:
    was, now = next(iter(before.flows.values()), None), next(iter(after.flows.values()), None)
    if was is None or now is None or (was.words == now.words and was.is_python == now.is_python):
        return
    yield Reason(
        "recomputed", "its query has changed: the next refresh computes it whole", "query of a materialized view"
    )
    for function in now.changing_functions:
        if function not in was.changing_functions:
            text = f"{function.lower()}() answers differently each time, so every refresh computes it whole"
            yield Reason("incremental refresh lost", text, "incremental refresh")
    if now.has_whole_windows and not was.has_whole_windows:
        text = "a window without PARTITION BY looks at all rows, so every refresh computes it whole"
        yield Reason("incremental refresh lost", text, "incremental refresh")
    if "files" in now.reads and "files" not in was.reads:
        text = "it reads files of a volume, which are no table, so every refresh computes it whole"
        yield Reason("incremental refresh lost", text, "incremental refresh")


def _view(before: Shape, after: Shape) -> Iterator[Reason]:
    was, now = (tuple(flow.words for flow in shape.flows.values()) for shape in (before, after))
    if was != now:
        yield Reason(
            "metadata only", "its query has changed; it stores nothing, and what reads it is told by itself", "view"
        )
