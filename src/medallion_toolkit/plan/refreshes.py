"""What a full refresh asks for besides: the streams behind it, files that are still there, a protection to lift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from medallion_toolkit.plan.model import Effect, Reason
from medallion_toolkit.plan.shapes import Shape

REFRESHED: tuple[Effect, ...] = ("full refresh needed", "undefined results")
# After these a table holds other rows than a stream behind it has read.
EMPTIED: tuple[Effect, ...] = (*REFRESHED, "dropped with data")
Reasons = Mapping[str, tuple[Reason, ...]]


def with_refreshes(changed: Reasons, shapes: Mapping[str, Shape]) -> dict[str, tuple[Reason, ...]]:
    """The reasons of every dataset, with those that follow from full refreshes."""
    reached = {**changed, **_behind(changed, shapes)}
    return {
        name: (*reasons, *_limits(shapes[name])) if _is_refreshed(reasons) else reasons
        for name, reasons in reached.items()
    }


def _is_refreshed(reasons: tuple[Reason, ...]) -> bool:
    return any(one.effect in REFRESHED for one in reasons)


def _behind(changed: Reasons, shapes: Mapping[str, Shape]) -> dict[str, tuple[Reason, ...]]:
    """A table that is emptied, or dropped and made anew, is filled again: streams behind it need that too."""
    found: dict[str, tuple[Reason, ...]] = {}
    readers = _streamed_by(shapes)
    waiting = [name for name, reasons in changed.items() if any(one.effect in EMPTIED for one in reasons)]
    reached = set(waiting)
    while waiting:
        source = waiting.pop()
        for name in readers.get(source, ()):
            if name in reached or name not in changed:
                continue
            reached.add(name)
            waiting.append(name)
            if shapes[name].kind == "streaming_table":
                found[name] = (*changed[name], _follows(source))
    return found


def _follows(source: str) -> Reason:
    text = f"it streams {source}, which is made anew"
    return Reason(
        "full refresh needed",
        f"{text}: unless it is too, rows come twice or it stops",
        "refresh of a streamed table",
    )


def _limits(shape: Shape) -> Iterator[Reason]:
    """What stands in the way of a full refresh."""
    if shape.properties.get("pipelines.reset.allowed", "true").lower() == "false":
        text = "it is protected against full refresh: pipelines.reset.allowed has to be lifted for it"
        yield Reason("full refresh needed", text, "reset protection")
    if any("files" in flow.streams for flow in shape.flows.values()):
        text = "a full refresh reads the files that are still there; rows of others are lost"
        yield Reason("full refresh needed", text, "files of a full refresh")


def _streamed_by(shapes: Mapping[str, Shape]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, shape in shapes.items():
        for flow in shape.flows.values():
            for read in flow.streams:
                found.setdefault(read, []).append(name)
    return found
