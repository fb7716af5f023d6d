"""A contract as it holds in a target, and where each of its values came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.contracts.access import Stated, chosen_file, open_folder, table_of
from medallion_toolkit.python.project_modules import translated

_WIDEST_VALUE = 40


@dataclass(frozen=True)
class ShownValue:
    """`place` is file, line and column; None for a default of the loader."""

    key: str
    value: str
    place: str | None


@dataclass(frozen=True)
class ShownContract:
    """The merged contract; `target` None means without overlays."""

    table: str
    target: str | None
    values: tuple[ShownValue, ...]

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        values = [{"key": one.key, "value": one.value, "from": one.place or "default"} for one in self.values]
        return {"table": self.table, "target": self.target, "values": values}

    def as_text(self) -> str:
        """A line for each value: key, value, place."""
        where = f"target {self.target}" if self.target else "without overlays of a target"
        keys = max(len(one.key) for one in self.values)
        values = min(max(len(one.value) for one in self.values), _WIDEST_VALUE)
        lines = [
            f"  {one.key:<{keys}}  {one.value:<{values}}  {one.place or 'default'}".rstrip() for one in self.values
        ]
        return "\n".join([f"{self.table} · local · {where}", *lines])


def show(root: Path, name: str, target: str | None = None) -> ShownContract:
    """The contract called `name` as it holds in a target of the bundle."""
    _, folder = open_folder(root, target)
    file = chosen_file(folder, name)
    with translated():
        stated = folder.stated(file)
    return ShownContract(table_of(file), target, tuple(_shown(one) for one in stated))


def _shown(one: Stated) -> ShownValue:
    place = one.place
    return ShownValue(".".join(one.keys), one.value, f"{place.path}:{place.line}:{place.column}" if place else None)
