"""The columns of a contract in the long form: whatever section names one, it becomes one entry of `columns`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import Position
from ..yaml_files.node_building import entry, list_of, mapping, value_node
from ..yaml_files.positions import Entry, MapNode, Node


@dataclass
class LongColumn:
    """What the sections say of one column; `guess` is its type where none is stated."""

    name: str
    position: Position
    type: Entry | None = None
    guess: str = "string"
    facts: dict[str, Entry] = field(default_factory=dict)
    rules: list[Node] = field(default_factory=list)

    def as_entry(self, *, with_type: bool) -> Entry:
        """`name: {type: …, …}` of the short form; an overlay states no types."""
        written = self.type or entry("type", value_node(self.guess, self.position))
        rules = entry("rules", list_of(self.rules, self.position)) if self.rules else None
        about = (self.facts.get("description"), rules, self.facts.get("class"), self.facts.get("format"))
        return Entry(self.name, mapping(self.position, (written if with_type else None, *about)), self.position)


class LongColumns:
    """Columns in the order they are first named."""

    def __init__(self) -> None:
        self._by_name: dict[str, LongColumn] = {}

    def named(self, name: str, position: Position) -> LongColumn:
        """The column of that name, new when it is named for the first time."""
        return self._by_name.setdefault(name.lower(), LongColumn(name, position))

    def __iter__(self) -> Iterator[LongColumn]:
        return iter(self._by_name.values())

    def as_entry(self, position: Position, *, with_types: bool) -> Entry | None:
        """`columns: {…}`, None when no section names a column."""
        entries = tuple(one.as_entry(with_type=with_types) for one in self)
        place = entries[0].position if entries else position
        return Entry("columns", MapNode(entries, place), place) if entries else None
