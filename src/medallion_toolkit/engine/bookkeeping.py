"""The books of a run: which nodes need not run, and that every committed row is in the event log.

A node is unchanged when its code, the versions of its inputs and the version of its own table are those of its
last good run. All three are known without a session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from medallion_toolkit.engine.books import Book, is_current, read_book, write_book
from medallion_toolkit.engine.changes import Change, refusal
from medallion_toolkit.engine.commits import Origin, commits_since, latest_version
from medallion_toolkit.engine.definitions import Definition
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.expectations import Counts
from medallion_toolkit.engine.fingerprint import is_volatile
from medallion_toolkit.engine.inputs import TABLE, VIEW, table_version
from medallion_toolkit.engine.store import Store
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.project import Project


class Bookkeeper:
    """Keeps the books of one update. `runs_all` makes every node run."""

    def __init__(
        self,
        project: Project,
        store: Store,
        log: EventLog,
        fingerprint: Callable[[str], str],
        runs_all: bool = False,
        changes: Sequence[Change] = (),
    ) -> None:
        self._project, self._store, self._log = project, store, log
        self._fingerprint, self._runs_all = fingerprint, runs_all
        self._stopped = {change.key: change for change in changes if change.consequence == "full refresh needed"}

    def check(self, key: str) -> None:
        """RunError when the node's rows and checkpoints do not fit its definition any more."""
        if key in self._stopped:
            raise refusal(self._stopped[key], self._project.graph.nodes[key], self._project.display[key])

    def is_unchanged(self, key: str) -> bool:
        """Whether running the node again would leave everything as it is."""
        if self._runs_all or is_volatile(self._project, key):
            return False
        return is_current(self._store, key, self._fingerprint)

    def tables_read(self, key: str) -> list[str]:
        """The local tables that the node read in its last good run."""
        inputs = read_book(self._store, key).inputs
        return [name.removeprefix(TABLE) for name in inputs if name.startswith(TABLE)]

    def recover(self, key: str, node: Node) -> None:
        """Write down counts that stand in the table's commits but not in the event log."""
        book, table = read_book(self._store, key), self._store.table(key)
        commits = commits_since(table, book.reported)
        totals: dict[Origin, Counts] = {}
        for commit in commits:
            totals[commit.origin] = totals.get(commit.origin, Counts()) + commit.counts
        counted = self._log.counted_flows() if totals else frozenset()
        for origin, counts in totals.items():
            if origin.update and (origin.update, node.name, origin.flow) not in counted:
                is_cdc = any(flow.cdc is not None for flow in node.flows if flow.name == origin.flow)
                self._log.recovered(origin.update, node.name, origin.flow, counts, is_cdc)
        if commits:
            write_book(self._store, key, replace(book, reported=commits[-1].version))

    def close(self, key: str, inputs: Mapping[str, str]) -> None:
        """Remember a good run of the node: its code, what it read and what it left."""
        table = self._store.table(key)
        known = {
            name: self._fingerprint(name.removeprefix(VIEW)) if name.startswith(VIEW) else version
            for name, version in inputs.items()
        }
        definition = Definition.of(self._project.graph.nodes[key]).as_dict()
        book = Book(self._fingerprint(key), known, table_version(table), latest_version(table), definition)
        write_book(self._store, key, book)
