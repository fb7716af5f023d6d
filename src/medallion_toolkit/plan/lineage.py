"""Who reads a dataset and whom that belongs to, and which queries name a column that goes away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from medallion_toolkit.errors import Place
from medallion_toolkit.plan.shapes import Shape

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

_PARTS = ("_checked", "_judged", "_valid", "_quarantine", "_snapshots", "_schema_changes")
_VIEWS = ("temporary_view",)


@dataclass(frozen=True)
class Lineage:
    """The readers of each dataset of one state of a project, all under names on screen."""

    project: Project

    @cached_property
    def direct(self) -> Mapping[str, tuple[str, ...]]:
        """Datasets that name a dataset in their query, by its name."""
        display, found = self.project.display, dict[str, list[str]]()
        for key, inputs in self.project.depends.items():
            for read in inputs:
                found.setdefault(display[read], []).append(display[key])
        return {name: tuple(readers) for name, readers in found.items()}

    @cached_property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """Datasets that a dataset's query names, by the dataset's name."""
        display = self.project.display
        return {display[key]: tuple(display[read] for read in inputs) for key, inputs in self.project.depends.items()}

    @cached_property
    def known_as(self) -> Mapping[str, str]:
        """The table that a part of a contract belongs to, and nothing for temporary views."""
        nodes, display = self.project.graph.nodes, self.project.display
        found = {display[key]: "" for key, node in nodes.items() if node.dataset.kind in _VIEWS}
        for key in nodes:
            table = next((key.removesuffix(part) for part in _PARTS if key.endswith(part)), "")
            if table in nodes and self.project.contracts.making(table) is not None:
                found[display[key]] = display[table]
        return found

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The owner that the contract of a table names."""
        display = self.project.display
        owned = {key: getattr(one, "owner", None) for key, one in self.project.contracts.by_table.items()}
        return {display[key]: str(owner) for key, owner in owned.items() if owner and key in display}

    def owner(self, name: str) -> str | None:
        """The owner of a dataset, for parts of a contract that of its table."""
        return self.owners.get(self.known_as.get(name) or name)

    def consumers(self, name: str) -> tuple[str, ...]:
        """Every dataset that reads it, directly or by way of others."""
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            for reader in self.direct.get(waiting.pop(), ()):
                if reader not in found:
                    found[reader] = None
                    waiting.append(reader)
        return tuple(sorted(found))

    def stored_inputs(self, name: str, shapes: Mapping[str, Shape]) -> tuple[str, ...]:
        """Tables that a dataset reads, through views."""
        found: dict[str, None] = {}
        for read in self.inputs.get(name, ()):
            is_view = read in shapes and shapes[read].kind in ("view", "temporary_view")
            found |= dict.fromkeys(self.stored_inputs(read, shapes) if is_view else (read,))
        return tuple(found)


def named_in(texts: Iterable[tuple[str, Place]], columns: Iterable[str], who: str) -> Iterator[str]:
    """Places where texts name one of the columns, as `amount in gold.daily   sql/gold/daily.sql:4`."""
    for text, place in texts:
        for column in columns:
            match = re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text, re.IGNORECASE)
            if match:
                line = place.line and place.line + text.count("\n", 0, match.start())
                yield f"{column} in {who}   {Place(place.path, line)}"
