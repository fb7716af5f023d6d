"""What reads tables outside of the pipelines: dashboards, alerts and the SQL of jobs, as far as files tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.errors import Place
from medallion_toolkit.graph.model import is_published
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.plan.lineage import named_in

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


@dataclass(frozen=True)
class ReadingQuery:
    """A query: the tables it names, as written with defaults filled in, and every text that may name a column."""

    tables: tuple[str, ...]
    texts: tuple[tuple[str, Place], ...]


@dataclass(frozen=True)
class Reader:
    """A resource that reads tables: `dashboard sales`, `alert late_orders`, `job daily (totals)`."""

    name: str
    queries: tuple[ReadingQuery, ...]


@dataclass(frozen=True)
class Readers:
    """The readers of a project's tables, by the tables' names on screen, and what could not be read."""

    by_table: Mapping[str, tuple[tuple[str, ReadingQuery], ...]]
    unread: tuple[str, ...] = ()

    def of(self, table: str) -> tuple[str, ...]:
        """Names of what reads the table itself."""
        return tuple(dict.fromkeys(name for name, _ in self.by_table.get(table, ())))

    def of_all(self, tables: Iterable[str]) -> tuple[str, ...]:
        """Names of what reads one of the tables, each once."""
        return tuple(dict.fromkeys(name for table in tables for name in self.of(table)))

    def naming(self, table: str, columns: Sequence[str]) -> Iterator[str]:
        """Places where a query that reads the table names one of the columns."""
        for name, query in self.by_table.get(table, ()):
            yield from named_in(query.texts, columns, name)

    def places(self, table: str) -> Iterator[str]:
        """Places that read the table at all, for one that goes away."""
        last = table.rpartition(".")[2]
        for name, query in self.by_table.get(table, ()):
            named = [line.partition(" in ")[2] for line in named_in(query.texts, (last,), name)]
            yield from (f"{table} in {line}" for line in named[:1] or [name])


def find_readers(projects: Sequence[Project], found: Iterable[Reader], unread: Iterable[str]) -> Readers:
    """Which of the readers read which table of the projects (the states before and after)."""
    names = _Names.of(projects)
    by_table: dict[str, list[tuple[str, ReadingQuery]]] = {}
    for reader in found:
        for query in reader.queries:
            for table in dict.fromkeys(each for written in query.tables for each in names.meant(written)):
                by_table.setdefault(table, []).append((reader.name, query))
    return Readers({table: tuple(readers) for table, readers in by_table.items()}, tuple(unread))


@dataclass(frozen=True)
class _Names:
    """Tables by their last name part, each with the schema names it may be written with."""

    tables: Mapping[str, Mapping[str, frozenset[str]]]

    @classmethod
    def of(cls, projects: Sequence[Project]) -> _Names:
        tables: dict[str, dict[str, frozenset[str]]] = {}
        for project in projects:
            for key, node in project.graph.nodes.items():
                if not is_published(node.dataset):
                    continue
                shown = project.display[key]
                full, short = split_name(node.name), split_name(shown)
                schemas = frozenset(parts[-2] for parts in (full, short) if len(parts) > 1)
                known = tables.setdefault(full[-1], {})
                known[shown] = known.get(shown, frozenset()) | schemas
        return cls(tables)

    def meant(self, written: str) -> tuple[str, ...]:
        """Tables that a name may mean: catalogs and prefixes of schemas differ by target, so they do not count."""
        parts = split_name(written)
        known = self.tables.get(parts[-1], {}) if parts else {}
        if len(parts) < 2 or "{" in parts[-2]:
            return tuple(known)
        return tuple(shown for shown, schemas in known.items() if any(_is_schema(parts[-2], one) for one in schemas))


def _is_schema(written: str, schema: str) -> bool:
    return written == schema or written.endswith(f"_{schema}")
