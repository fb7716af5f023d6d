"""Two states of a project, dataset by dataset: what changes, who is hit, what a column's end breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .dataset_changes import is_stored, reasons_of
from .model import NEEDS_ALLOW, ConsequencePlan, DatasetPlan, Effect, Reason, ResourceChange
from .shapes import FlowShape, Shape, said, shapes_of

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


def compare(
    before: Project,
    after: Project,
    base: str,
    allow: tuple[str, ...] = (),
    needs_allow: tuple[Effect, ...] = NEEDS_ALLOW,
) -> ConsequencePlan:
    """The plan from one state to the other; `allow` names datasets or effects that a person has agreed to."""
    was, now = shapes_of(before), shapes_of(after)
    merged = {name: _through_views(name, was, now) for name in now if name in was}
    found = [_changed(name, was, now, reasons, after) for name, reasons in merged.items() if reasons]
    found += [_new(name, now, was, after) for name in now if name not in was]
    found += [_gone(name, was, now, before) for name in was if name not in now]
    datasets = tuple(sorted(found, key=lambda one: one.name))
    needed = {one.name: _is_allowed(one, allow) for one in datasets if one.effect in needs_allow}
    return ConsequencePlan(
        base=base,
        target=after.bundle.target,
        datasets=datasets,
        resources=tuple(resource_changes(before.bundle.resources, after.bundle.resources)),
        unchanged=len(now) - sum(1 for one in datasets if one.name in now),
        allowed=needed,
    )


def _through_views(name: str, was: Mapping[str, Shape], now: Mapping[str, Shape]) -> tuple[Reason, ...]:
    """A dataset's own reasons, and those that come to it through the temporary views it reads."""
    own = reasons_of(was[name], now[name])
    if not is_stored(now[name]) or not is_stored(was[name]):
        return own
    before, after = (_with_views(shapes[name], shapes) for shapes in (was, now))
    seen = {reason.text for reason in own}
    through = [reason for reason in reasons_of(before, after) if reason.text not in seen]
    return (*own, *(replace(one, text=f"{one.text} (by way of a view it reads)") for one in through))


def _with_views(shape: Shape, shapes: Mapping[str, Shape]) -> Shape:
    """The shape with the words of the views it reads put into its flows, views of views included."""
    return replace(shape, flows={name: _opened(flow, shapes, ()) for name, flow in shape.flows.items()})


def _opened(flow: FlowShape, shapes: Mapping[str, Shape], above: tuple[str, ...]) -> FlowShape:
    opened = flow
    for read in (*flow.streams, *flow.reads):
        view = shapes.get(read)
        if view is None or view.kind not in ("temporary_view", "view") or read in above:
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


def _changed(
    name: str, was: Mapping[str, Shape], now: Mapping[str, Shape], reasons: tuple[Reason, ...], project: Project
) -> DatasetPlan:
    added, gone = _column_differences(was[name], now[name])
    return DatasetPlan(
        name,
        said(now[name].kind),
        tuple(dict.fromkeys(reasons)),
        now[name].place,
        consumers_of(name, project),
        tuple(_broken_by(name, gone, now, project)),
        _owner(name, project),
        added,
        gone,
        now[name].pipeline,
    )


def _new(name: str, now: Mapping[str, Shape], was: Mapping[str, Shape], project: Project) -> DatasetPlan:
    reason = Reason("new", f"a new {said(now[name].kind)}", "flow added")
    twin = _renamed_from(now[name], was, now)
    if twin:
        reason = Reason("new", f"the same as {twin}, which goes away: a new name is a new table", "dataset renamed")
    return DatasetPlan(
        name, said(now[name].kind), (reason,), now[name].place, consumers_of(name, project), owner=_owner(name, project)
    )


def _renamed_from(shape: Shape, was: Mapping[str, Shape], now: Mapping[str, Shape]) -> str | None:
    gone = (old for name, old in was.items() if name not in now and old.kind == shape.kind)
    words = [flow.words for flow in shape.flows.values()]
    return next((old.name for old in gone if [flow.words for flow in old.flows.values()] == words and any(words)), None)


def _gone(name: str, was: Mapping[str, Shape], now: Mapping[str, Shape], project: Project) -> DatasetPlan:
    effect: Effect = "dropped with data" if is_stored(was[name]) else "metadata only"
    text = f"no file makes the {said(was[name].kind)} any more"
    text += ": the platform drops it with its rows" if is_stored(was[name]) else ""
    return DatasetPlan(
        name,
        said(was[name].kind),
        (Reason(effect, text, "dataset taken away"),),
        was[name].place,
        tuple(one for one in consumers_of(name, project) if one in now),
        owner=_owner(name, project),
        pipeline=was[name].pipeline,
    )


def consumers_of(name: str, project: Project) -> tuple[str, ...]:
    """Everything that reads the dataset, directly or by way of others."""
    keys = [key for key, shown in project.display.items() if shown == name]
    found: dict[str, None] = {}
    while keys:
        for key in project.graph.consumers(keys.pop()):
            if project.display[key] not in found:
                found[project.display[key]] = None
                keys.append(key)
    return tuple(sorted(found))


def _column_differences(was: Shape, now: Shape) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if was.output is None or now.output is None:
        return (), ()
    old, new = ({name.lower(): name for name in shape.output or ()} for shape in (was, now))
    return (
        tuple(new[name] for name in new if name not in old),
        tuple(old[name] for name in old if name not in new),
    )


def _broken_by(name: str, gone: tuple[str, ...], now: Mapping[str, Shape], project: Project) -> Iterator[str]:
    """Places of direct consumers whose query still names a column that goes away."""
    if not gone:
        return
    key = next(key for key, shown in project.display.items() if shown == name)
    for consumer in project.graph.consumers(key):
        shape = now.get(project.display[consumer])
        for text, place in shape.texts if shape else ():
            for column in gone:
                match = re.search(rf"\b{re.escape(column)}\b", text, re.IGNORECASE)
                if match:
                    line = place.line + text.count("\n", 0, match.start())
                    yield f"{column} in {shape.name if shape else consumer}   {place.path}:{line}"


def _owner(name: str, project: Project) -> str | None:
    for contract in project.contracts.by_table.values():
        if f"{contract.layer}.{contract.name}" == name:
            owner = getattr(contract, "owner", None)
            return str(owner) if owner else None
    return None


def _is_allowed(plan: DatasetPlan, allow: tuple[str, ...]) -> bool:
    return plan.name in allow or plan.effect in allow


def resource_changes(before: object, after: object, path: tuple[str, ...] = ()) -> Iterator[ResourceChange]:
    """Every field of the bundle's resources that differs."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*map(str, before), *map(str, after)}):
            yield from resource_changes(before.get(key), after.get(key), (*path, key))
    elif before != after:
        yield ResourceChange(".".join(path[:2]), ".".join(path[2:]) or "(all)", _text(before), _text(after))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
