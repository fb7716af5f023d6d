"""Removing local state: what lies where under `.medallion/`, what its loss means, and the removal itself."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.engine.store import Store
from medallion_toolkit.errors import RunError, UsageError
from medallion_toolkit.graph.build import resolve
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.graph.project import Project
from medallion_toolkit.graph.replays import replay_flow, replay_table
from medallion_toolkit.model import SqlQuery

STAYS = ("lock", "lock.json", "format", ".gitignore")
BY_TABLE = ("tables", "checkpoints", "schemas", "books")
TITLES = {"events": "event logs", "runs": "results of past runs", "report.html": "the report", "spark": "scratch files"}


@dataclass(frozen=True)
class Part:
    """Something to remove: what it is, its paths, its size in bytes and files, and what its loss means."""

    name: str
    paths: tuple[Path, ...]
    size: int
    files: int
    meaning: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cleaning:
    """What a removal takes, and the tables that are kept because they do not allow a full refresh."""

    root: Path
    parts: tuple[Part, ...]
    kept: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


def plan_cleaning(store: Store, project: Project, names: Sequence[str], everything: bool) -> Cleaning:
    """What goes when `names`, or everything, is removed. A protected table goes only when it is named."""
    named = [_find(store, project, name) for name in names]
    stored = stored_tables(store, project) if everything else []
    kept = [key for key in stored if key not in named and is_protected(project, key)]
    chosen = [*dict.fromkeys([*named, *(key for key in stored if key not in kept)])]
    parts = [_table(store, project, key, chosen) for key in chosen]
    if everything:
        parts += _rest(store, {path for key in kept for path in _paths(store, project, key)})
    return Cleaning(
        store.root, tuple(part for part in parts if part.paths), tuple(_shown(project, key) for key in kept)
    )


def remove(cleaning: Cleaning) -> None:
    """Remove the parts. RunError before anything is touched when a path leads out of the state's folder."""
    root = cleaning.root.resolve()
    paths = [path for part in cleaning.parts for path in part.paths]
    for path in paths:
        if not path.parent.resolve().is_relative_to(root) or path.is_symlink():
            raise RunError(
                "MED454",
                f"{path} leads out of {root}; nothing was removed",
                help="a link stands there; remove it yourself",
            )
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def stored_tables(store: Store, project: Project) -> list[str]:
    """Keys of the datasets whose tables are there, and names of tables that no dataset makes any more."""
    known = {store.table(key): key for key in project.graph.nodes}
    top = store.root / "tables"
    waiting = {store.table(table) for key in project.graph.nodes for table in _waiting(project, key)}
    found = (log.parent for log in top.glob("**/_delta_log") if log.parent not in waiting)
    return sorted(known.get(path) or ".".join(path.relative_to(top).parts) for path in found)


def is_protected(project: Project, key: str) -> bool:
    """Whether the table says that its rows cannot be made again."""
    node = project.graph.nodes.get(key)
    return node is not None and node.dataset.properties.get("pipelines.reset.allowed", "true").lower() == "false"


def _find(store: Store, project: Project, name: str) -> str:
    """The key of a dataset, or the name of a stored table that no dataset makes any more."""
    try:
        return find_dataset(project.graph, name, project.display)
    except UsageError as error:
        known = {shown: key for key in stored_tables(store, project) for shown in (key, project.shown(key))}
        if name.lower() in known:
            return known[name.lower()]
        raise error


def _shown(project: Project, key: str) -> str:
    return project.display.get(key) or project.shown(key)


def _table(store: Store, project: Project, key: str, chosen: Sequence[str]) -> Part:
    node = project.graph.nodes.get(key)
    meaning = tuple(_meaning(project, node, key, chosen)) if node else ("no dataset makes it any more",)
    return _part(_shown(project, key), _paths(store, project, key), meaning)


def _paths(store: Store, project: Project, key: str) -> tuple[Path, ...]:
    """Rows, progress, book and inferred schemas of a dataset, as far as they are there."""
    node = project.graph.nodes.get(key)
    found = [store.book(key)]
    for name in dict.fromkeys((key, node.name if node else key, *_waiting(project, key))):
        schemas = store.source_schema(name, "x", 0)
        prefix = schemas.name.removesuffix("x.0.json")
        found += [store.table(name), store.checkpoints(name)]
        found += [path for path in schemas.parent.glob("*.json") if path.name.startswith(prefix)]
    found += [store.root / "sinks" / node.name] if node and node.dataset.kind == "sink" else []
    return tuple(path for path in found if path.exists() or path.is_symlink())


def _waiting(project: Project, key: str) -> tuple[str, ...]:
    """The table of rows that wait to be replayed into a checked table; it goes with that table."""
    node = project.graph.nodes.get(key)
    return (replay_table(node.name),) if node is not None and replay_flow(node) is not None else ()


def _part(name: str, paths: tuple[Path, ...], meaning: tuple[str, ...] = ()) -> Part:
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    return Part(name, paths, sum(file.stat().st_size for file in files), len(files), meaning)


def _rest(store: Store, kept: Collection[Path]) -> Iterator[Part]:
    """What belongs to no stored table: logs and reports, and all progress but that of the tables that are kept."""
    for path in sorted(store.root.iterdir()):
        if path.name not in STAYS and path.name not in BY_TABLE:
            yield _part(TITLES.get(path.name, path.name), (path,))
    left = (path for name in BY_TABLE for path in _without(store.root / name, kept))
    yield Part("their folders, and progress without a table", tuple(left), 0, 0)


def _without(folder: Path, kept: Collection[Path]) -> Iterator[Path]:
    """Paths that together hold everything in the folder but what is kept."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if any(each.is_relative_to(path) and each != path for each in kept):
            yield from _without(path, kept)
        elif path not in kept:
            yield path


def _meaning(project: Project, node: Node, key: str, chosen: Sequence[str]) -> Iterator[str]:
    if is_protected(project, key):
        yield "it does not allow a full refresh: rows whose files or events are gone do not come back"
    if node.dataset.kind == "materialized_view":
        yield "the next run makes it anew from its inputs"
    elif node.dataset.kind == "streaming_table":
        yield f"the next run reads {_sources(project, node)} again from the start"
    elif node.dataset.kind == "sink":
        yield "the next run writes everything to it again; what it has written elsewhere stays there"
    readers = [other for other in _stream_readers(project, key) if other not in chosen]
    if readers:
        names = ", ".join(_shown(project, other) for other in dict.fromkeys(readers))
        yield f"{names} read it as a stream and cannot go on with a new table: remove them too"


def _sources(project: Project, node: Node) -> str:
    folders = [
        relation.path
        for flow in node.flows
        if isinstance(flow.query, SqlQuery)
        for relation in flow.query.relations
        if relation.kind == "files" and relation.path
    ]
    if folders:
        return f"every file in {', '.join(folders)}"
    keys = (resolve(project.graph, node, read, project.defaults()) for read in node.reads or ())
    names = [_shown(project, key) for key in keys if key is not None]
    return f"all rows of {', '.join(names)}" if names else "its source"


def _stream_readers(project: Project, key: str) -> Iterable[str]:
    """Tables that read `key` as a stream, directly or through views."""
    for other, node in project.graph.nodes.items():
        reads = [read for read in node.reads or () if resolve(project.graph, node, read, project.defaults()) == key]
        if not any(read.mode == "stream" for read in reads):
            continue
        if node.dataset.kind in ("temporary_view", "view"):
            yield from _stream_readers(project, other)
        else:
            yield other
