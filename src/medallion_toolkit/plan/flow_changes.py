"""What changed flows mean for rows, checkpoints and state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from medallion_toolkit.plan.hiding import without_secrets
from medallion_toolkit.plan.model import Reason
from medallion_toolkit.plan.shapes import FlowShape, Shape, said

_HARMLESS_OPTIONS = frozenset(("maxfilespertrigger", "maxbytespertrigger", "usenotifications", "skipchangecommits"))
_UNDONE = {"keys": "keys of auto cdc", "sequence_by": "sequence of auto cdc"}
_CLAUSES = {
    "keys": "other keys", "sequence_by": "another sequence", "scd_type": "another type of history",
    "track_history": "other tracked columns", "track_history_except": "other tracked columns",
    "columns": "other columns", "except_columns": "other columns left out", "delete_when": "another delete condition",
    "truncate_when": "another truncate condition",
}  # fmt: skip
_REBUILT = {"scd_type": "scd type", "track_history": "scd type", "track_history_except": "scd type"}


def flow_reasons(before: Shape, after: Shape) -> Iterator[Reason]:
    """Every difference between the flows of a streaming table."""
    gone = {name: flow for name, flow in before.flows.items() if name not in after.flows}
    new = {name: flow for name, flow in after.flows.items() if name not in before.flows}
    yield from _renamed(gone, new)
    yield from _replaced(gone, new)
    for name in gone:
        text = f"flow {name} is taken away; the rows it brought stay"
        yield Reason("new rows only", text, "flow taken away")
    for name, flow in new.items():
        kind = "a once flow runs one time and adds its rows" if flow.once else "it reads its source from the beginning"
        yield Reason("new rows only", f"flow {name} is added: {kind}", "once flow" if flow.once else "flow added")
    for name, was in before.flows.items():
        if name in after.flows:
            yield from _one_flow(name, was, after.flows[name])


def _renamed(gone: dict[str, FlowShape], new: dict[str, FlowShape]) -> Iterator[Reason]:
    """A flow under a new name has no checkpoint: what it streams is read again, and appended again."""
    for old_name, old in tuple(gone.items()):
        same = next((name for name, flow in new.items() if flow.words == old.words and flow.cdc == old.cdc), None)
        if same is not None and (old.words or old.cdc):
            del gone[old_name]
            doubles = "" if old.cdc else ", and every row of it is added a second time"
            text = f"flow {old_name} is called {same} now: its checkpoint is lost, the source is read again{doubles}"
            yield Reason("state lost", text, "name of a flow")
            del new[same]


def _replaced(gone: dict[str, FlowShape], new: dict[str, FlowShape]) -> Iterator[Reason]:
    """A new flow that goes back to the same rows as one that ends: it has no checkpoint and brings them all again."""
    for old_name, old in tuple(gone.items()):
        for name, flow in tuple(new.items()):
            shared = sorted(old.origins & flow.origins)
            if flow.once or not shared:
                continue
            words = f"flow {name} takes the place of {old_name}"
            if (old.cdc is None) != (flow.cdc is None):
                how = "applies changes by key" if flow.cdc is not None else "appends"
                yield Reason(
                    "full refresh needed", f"{words} and {how}: stored rows were made otherwise", "kind of a flow"
                )
            else:
                again = "" if flow.cdc else ": rows that are there are added a second time"
                text = f"{words} and reads {shared[0]} from the beginning{again}"
                yield Reason("state lost", text, "name of a flow")
            gone.pop(old_name, None)
            del new[name]


def _one_flow(name: str, was: FlowShape, now: FlowShape) -> Iterator[Reason]:
    label = "the query" if name == "(own)" else f"flow {name}"
    if was.kind != now.kind:
        yield Reason("full refresh needed", f"{label} is {said(now.kind)} and was {said(was.kind)}", "streamed source")
        return
    if was.streams != now.streams:
        text = f"{label} streams {_listed(now.streams)} instead of {_listed(was.streams)}"
        yield Reason("state lost", f"{text}: its checkpoint belongs to the old source", "streamed source")
        return
    if was.once != now.once:
        yield Reason("new rows only", f"{label} is {'a once flow' if now.once else 'a stream'} now", "once flow")
    yield from _cdc(label, was.cdc or {}, now.cdc or {})
    yield from _options(label, was.options, now.options)
    yield from _query(label, was, now)


def _cdc(label: str, was: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Reason]:
    for clause in sorted(set(was) | set(now)):
        if was.get(clause) == now.get(clause):
            continue
        named = clause.replace("_", " ")
        words = f"{label} has {_CLAUSES.get(clause, f'another {named}')}"
        if clause in _UNDONE:
            text = f"{words}: rows that are there were matched by the old one, so results are undefined"
            yield Reason("undefined results", text, _UNDONE[clause])
        elif clause in _REBUILT:
            yield Reason("full refresh needed", f"{words}: history has to be built again", _REBUILT[clause])
        else:
            text = f"{words}: events that were applied are not applied again"
            yield Reason("new rows only", text, "conditions of auto cdc")


def _options(label: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Reason]:
    for name in sorted(set(was) | set(now)):
        if was.get(name) == now.get(name):
            continue
        new, old = (without_secrets(name, values[name]) if name in values else "not stated" for values in (now, was))
        text = f"{label}: {name} is {new} and was {old}"
        if name == "path":
            yield Reason(
                "new rows only",
                f"{text}; files of the new folder are read, rows of the old one stay",
                "path of a source",
            )
        elif name.lower() == "format":
            yield Reason("state lost", f"{text}: the checkpoint lists files of another format", "streamed source")
        elif name.lower() in _HARMLESS_OPTIONS:
            yield Reason("metadata only", text, "reader option")
        else:
            yield Reason("new rows only", f"{text}; files that were read are not read again", "reader option")


def _query(label: str, was: FlowShape, now: FlowShape) -> Iterator[Reason]:
    if was.is_python or now.is_python:
        if (was.words, was.is_python) != (now.words, now.is_python):
            text = f"the Python function of {label} has changed: rows that are there stay as they were made"
            yield Reason("new rows only", f"{text}; whether the stored state fits is not known", "python")
        return
    if was.words == now.words or (was.options != now.options and _without_options(was) == _without_options(now)):
        return
    if was.is_stateful or now.is_stateful:
        text = f"{label} keeps state (groups, joins or what it has seen) and has changed"
        yield Reason("state lost", f"{text}: the stored state does not fit", "stateful query")
        return
    text = f"{label} has changed: rows that are there stay as they were made"
    yield Reason("new rows only", text, "query of a streaming table")


def _without_options(flow: FlowShape) -> tuple[str, ...]:
    """The words without the values of reader options, which are compared by themselves."""
    values = set(flow.options.values()) | {f"'{value}'" for value in flow.options.values()}
    names = {name.upper() for name in flow.options}
    return tuple(word for word in flow.words if word not in values and word not in names and word not in ("=>", ","))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"
