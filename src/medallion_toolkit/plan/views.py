"""Definitions made ready for comparison: words of views put into what reads them, origins of streams, own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from medallion_toolkit.plan.dataset_changes import is_stored, reasons_of
from medallion_toolkit.plan.model import Reason
from medallion_toolkit.plan.renaming import differ_in_names_only
from medallion_toolkit.plan.shapes import FlowShape, Shape

_VIEWS = ("temporary_view", "view")
Shapes = Mapping[str, Shape]


def with_equal_names(was: Shapes, now: Shapes) -> tuple[dict[str, Shape], dict[str, Reason]]:
    """`now` with the words of `was` where only names inside a query differ, and a reason for each such dataset."""
    found, reasons = dict(now), dict[str, Reason]()
    for name, shape in now.items():
        before = was[name].flows if name in was else {}
        same = {key for key, flow in shape.flows.items() if key in before and differ_in_names_only(before[key], flow)}
        if not same:
            continue
        flows = {
            key: replace(flow, words=before[key].words) if key in same else flow for key, flow in shape.flows.items()
        }
        found[name] = replace(shape, flows=flows)
        reasons[name] = _names_reason(shape)
    return found, reasons


def _names_reason(shape: Shape) -> Reason:
    text = "only names within its query change: it makes the same rows"
    if shape.kind == "materialized_view":
        return Reason("recomputed", f"{text}, but the next refresh may compute it whole", "names in a query")
    return Reason("metadata only", text, "names in a query")


def reasons_through_views(name: str, was: Shapes, now: Shapes) -> tuple[Reason, ...]:
    """A dataset's own reasons, and those that come to it through the views it reads."""
    before, after = (_with_origins(shapes[name], shapes) for shapes in (was, now))
    if before.flows.keys() == after.flows.keys():
        before, after = was[name], now[name]
    own = reasons_of(before, after)
    if not is_stored(now[name]) or not is_stored(was[name]):
        return own
    seen = {reason.text for reason in own}
    through = reasons_of(_with_views(before, was), _with_views(after, now))
    return (
        *own,
        *(replace(one, text=f"{one.text} (by way of a view it reads)") for one in through if one.text not in seen),
    )


def _with_origins(shape: Shape, shapes: Shapes) -> Shape:
    flows = {name: replace(flow, origins=_origins(flow, shapes)) for name, flow in shape.flows.items()}
    return replace(shape, flows=flows)


def _origins(flow: FlowShape, shapes: Shapes) -> frozenset[str]:
    """Every dataset and folder of files that a flow's rows come from by streams."""
    found: set[str] = set()
    waiting = [flow]
    while waiting:
        one = waiting.pop()
        for read in one.streams:
            origin = f"files of {one.options.get('path', '?')}" if read == "files" else read
            if origin not in found:
                found.add(origin)
                waiting += shapes[read].flows.values() if read in shapes else ()
    return frozenset(found)


def _with_views(shape: Shape, shapes: Shapes) -> Shape:
    """The shape with the words of the views it reads put into its flows, views of views included."""
    return replace(shape, flows={name: _opened(flow, shapes, ()) for name, flow in shape.flows.items()})


def _opened(flow: FlowShape, shapes: Shapes, above: tuple[str, ...]) -> FlowShape:
    opened = flow
    for read in (*flow.streams, *flow.reads):
        view = shapes.get(read)
        if view is None or view.kind not in _VIEWS or read in above:
            continue
        for inner in view.flows.values():
            below = _opened(inner, shapes, (*above, read))
            streams = tuple(one for one in opened.streams if one != read)
            opened = replace(
                opened,
                words=(*opened.words, "<", *below.words, ">"),
                streams=(*streams, *below.streams) if read in opened.streams else opened.streams,
            )
    return opened
