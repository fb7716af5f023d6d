"""What an AUTO CDC target stores: the visible columns, and hidden ones that place a late event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.engine.tables import HIDDEN
from medallion_toolkit.errors import PipelineError, did_you_mean
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql.types import DataType

DELETED = f"{HIDDEN}is_delete"
TRUNCATES = f"{HIDDEN}is_truncate"
TIE = f"{HIDDEN}tie"
UNSET = f"{HIDDEN}unset"
VERSIONS = f"{HIDDEN}versions"
DELETED_AT = f"{HIDDEN}deleted_at"
START, END = "__START_AT", "__END_AT"


@dataclass(frozen=True)
class Part:
    """A value that an event can leave as it is: a column, or one field of a struct column.

    `name` is its quoted path and names it in hidden columns; `value` is its SQL. A struct column has a part
    of its own that says whether the struct is there.
    """

    name: str
    value: str


@dataclass(frozen=True)
class Target:
    """The columns of an AUTO CDC target.

    `tracked` are those whose change opens a version, `history` the clause that says so; `types` are the visible
    columns' types. With `parts` some flow of the target ignores NULL updates: values are then placed one by
    one, else rows as a whole.
    """

    path: str
    scd_type: int
    keys: tuple[str, ...]
    types: Mapping[str, DataType]
    tracked: tuple[str, ...]
    history: str = "*"
    parts: tuple[Part, ...] = ()
    truncates: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    @property
    def compared(self) -> tuple[str, ...]:
        """Columns that decide between events of equal sequence: metadata (`_…`) never does."""
        return tuple(column for column in self.columns if not column.startswith("_")) or self.columns


@dataclass(frozen=True)
class Chosen:
    """The columns that the clauses of one flow name, spelled as its source spells them."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    tracked: tuple[str, ...] | None
    untracked: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def history(self) -> str:
        """TRACK HISTORY ON as the table remembers it."""
        if self.tracked is not None:
            return ", ".join(sorted(self.tracked))
        return f"* EXCEPT ({', '.join(sorted(self.untracked))})" if self.untracked else "*"


def chosen_columns(cdc: Cdc, source: Sequence[str], flow: Flow) -> Chosen:
    """What the clauses name among the columns of the source; PipelineError for a column that is not there."""
    known = _Known(source, cdc.source, flow)
    keys = known.all(cdc.keys, "KEYS")
    left_out = set(known.all(cdc.except_columns, "COLUMNS * EXCEPT"))
    listed = known.all(cdc.columns, "COLUMNS") if cdc.columns is not None else tuple(source)
    columns = tuple(column for column in listed if column not in left_out)
    columns = (*[key for key in keys if key not in columns], *columns)
    tracked = known.all(cdc.track_history, "TRACK HISTORY ON") if cdc.track_history is not None else None
    untracked = known.all(cdc.track_history_except, "TRACK HISTORY ON * EXCEPT")
    ignored: tuple[str, ...] = ()
    if cdc.ignore_null_updates:
        kept = {*keys, *known.all(cdc.ignore_null_except, "IGNORE NULL UPDATES ON * EXCEPT")}
        named = cdc.ignore_null_columns
        among = columns if named is None else known.all(named, "IGNORE NULL UPDATES ON")
        ignored = tuple(column for column in among if column not in kept)
    return Chosen(keys, columns, tracked, untracked, ignored)


@dataclass(frozen=True)
class _Known:
    source: Sequence[str]
    name: str
    flow: Flow

    def all(self, names: Sequence[str], clause: str) -> tuple[str, ...]:
        by_lower = {column.lower(): column for column in self.source}
        return tuple(self._one(by_lower, name, clause) for name in names)

    def _one(self, by_lower: Mapping[str, str], name: str, clause: str) -> str:
        column = by_lower.get(split_name(name)[-1])
        if column is not None:
            return column
        raise PipelineError(
            "MED215",
            f"{clause} names the column {name}, which {self.name or 'the snapshot'} does not have",
            place=self.flow.place,
            expected=", ".join(self.source),
            help=did_you_mean(name, self.source),
        )


def tracked_columns(chosen: Chosen, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of the target whose change opens a new version."""
    without = {*chosen.keys, *chosen.untracked}
    listed = columns if chosen.tracked is None else chosen.tracked
    return tuple(column for column in listed if column not in without)


def same_keys(keys: Sequence[str]) -> str:
    """The condition that `s` and `t` hold the same key."""
    return " AND ".join(f"s.{quoted(key)} <=> t.{quoted(key)}" for key in keys)


def listed(columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))
