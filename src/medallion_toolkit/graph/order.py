"""Order and selection: who waits for whom, which pipelines come first, what `--select` means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from medallion_toolkit.errors import MedallionError, PipelineError, UsageError, did_you_mean
from medallion_toolkit.graph.build import resolve
from medallion_toolkit.graph.model import Graph, has_figures

Defaults = Mapping[str, tuple[str, str]]


def dependencies(graph: Graph, defaults: Defaults) -> dict[str, tuple[str, ...]]:
    """For each node the keys it reads; reads outside the project are left out."""
    found = {}
    for key, node in graph.nodes.items():
        inputs = [resolve(graph, node, read, defaults) for read in node.reads or ()]
        found[key] = tuple(dict.fromkeys(name for name in inputs if name is not None))
    return found


def find_cycle(depends: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Keys of one cycle in reading order, None when there is none."""
    done: set[str] = set()
    for start in depends:
        path: list[str] = []
        cycle = _walk(start, depends, done, path)
        if cycle:
            return cycle
    return None


def _walk(key: str, depends: Mapping[str, Sequence[str]], done: set[str], path: list[str]) -> tuple[str, ...] | None:
    if key in done:
        return None
    if key in path:
        return (*path[path.index(key) :], key)
    path.append(key)
    for other in depends.get(key, ()):
        cycle = _walk(other, depends, done, path)
        if cycle:
            return cycle
    path.pop()
    done.add(key)
    return None


def cycle_error(graph: Graph, cycle: Sequence[str]) -> MedallionError:
    names = " → ".join(graph.nodes[key].name for key in cycle)
    return PipelineError(
        "MED233",
        f"datasets read each other in a circle: {names}",
        place=graph.nodes[cycle[0]].dataset.place,
        help="break the circle: one of them has to read something else",
        notes=tuple(graph.nodes[key].dataset.place for key in cycle[1:-1]),
    )


def pipeline_order(graph: Graph, depends: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Pipelines so that each comes after those whose tables it reads; otherwise as the bundle names them."""
    needs: dict[str, set[str]] = {pipeline: set() for pipeline in graph.pipelines}
    for key, inputs in depends.items():
        mine = graph.nodes[key].dataset.pipeline
        needs[mine] |= {graph.nodes[other].dataset.pipeline for other in inputs} - {mine}
    ordered: list[str] = []
    while len(ordered) < len(needs):
        free = [name for name in graph.pipelines if name not in ordered and needs[name] <= set(ordered)]
        if not free:
            left = ", ".join(name for name in graph.pipelines if name not in ordered)
            raise PipelineError("MED234", f"pipelines read each other's tables in a circle: {left}")
        ordered.append(free[0])
    return tuple(ordered)


def select(
    graph: Graph, depends: Mapping[str, Sequence[str]], patterns: Sequence[str], display: Mapping[str, str]
) -> frozenset[str]:
    """Keys that `--select` names: `NAME`, `+NAME` with its inputs, `NAME+` with its consumers.

    Views with expectations come with what reads them.
    """
    if not patterns:
        return frozenset(graph.nodes)
    readers: dict[str, list[str]] = {}
    for key, inputs in depends.items():
        for other in inputs:
            readers.setdefault(other, []).append(key)
    chosen: set[str] = set()
    for pattern in patterns:
        key = find_dataset(graph, pattern.strip("+"), display)
        chosen.add(key)
        if pattern.startswith("+"):
            chosen |= _reachable(key, depends)
        if pattern.endswith("+"):
            chosen |= _reachable(key, readers)
    return frozenset(chosen | _counted_views(graph, depends, chosen))


def _counted_views(graph: Graph, depends: Mapping[str, Sequence[str]], chosen: Iterable[str]) -> set[str]:
    """Views whose expectations a run counts when it runs what reads them, also through other views."""
    found: set[str] = set()
    todo = list(chosen)
    while todo:
        for other in depends.get(todo.pop(), ()):
            if graph.nodes[other].dataset.kind == "temporary_view" and other not in found:
                found.add(other)
                todo.append(other)
    return {key for key in found if has_figures(graph.nodes[key].dataset)}


def _reachable(key: str, edges: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    todo = [key]
    while todo:
        for other in edges.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def find_dataset(graph: Graph, name: str, display: Mapping[str, str]) -> str:
    """Key of the dataset a user means: full name, name on screen, or last part when only one fits."""
    wanted = name.lower()
    exact = [key for key, node in graph.nodes.items() if wanted in (key, node.name, display[key])]
    loose = [key for key, node in graph.nodes.items() if node.name.rsplit(".", 1)[-1] == wanted]
    for matches in (exact, loose):
        if len(matches) == 1:
            return matches[0]
    shown = [display[key] for key in graph.nodes]
    if len(loose) > 1:
        raise UsageError(
            "MED235", f"{name} fits more than one dataset", expected=", ".join(display[key] for key in loose)
        )
    raise UsageError(
        "MED236",
        f"there is no dataset {name}",
        help=did_you_mean(wanted, shown) or f"datasets: {', '.join(sorted(shown)) or 'none yet'}",
    )
