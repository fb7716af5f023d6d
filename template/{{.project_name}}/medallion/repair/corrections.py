"""Rows put right by hand: `corrections/<layer>/<table>.yml`, in version control, applied when rows are replayed.

    - row: 6f1c2a9e-…                   # _row_id, as `medallion quarantine show` prints it
      set: {order_amount: "12.50"}      # text, cast as if it had come so; null is no value
      by: Ada Lovelace
      why: The shop confirmed the amount, ticket 4711.

Bronze and quarantine keep the row as it came. Columns that are masked are refused: their values would stand in the
repository for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ..errors import MedallionContractError, Position, did_you_mean
from ..model.contract import Contract
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, ScalarNode, map_at, read_yaml, text_at
from ..yaml_files.shapes import Json, Key, ListOf, MapOf, Record, Text, wrong_value


@dataclass(frozen=True)
class Correction:
    """New values for columns of the row `row`, as text; None takes the value away."""

    row: str
    values: Mapping[str, str | None]
    by: str
    why: str
    position: Position


@dataclass(frozen=True)
class _Value:
    """A value or null."""

    def check(self, node: Node) -> None:
        """Refuse lists and mappings."""
        if not isinstance(node, ScalarNode):
            raise wrong_value(node, "a value or null")

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"type": ["string", "number", "boolean", "null"]}


_CORRECTION = Record(
    (
        Key("row", Text(), "The row's _row_id.", required=True),
        Key("set", MapOf(_Value()), "Columns of the contract and their new values.", required=True),
        Key("by", Text(), "Who says so.", required=True),
        Key("why", Text(), "How it is known.", required=True),
    ),
    "a correction: row, set, by, why",
)
CORRECTIONS = ListOf(_CORRECTION)


def corrections_path(contract: Contract) -> str:
    """Where the corrections of a table stand, below the project folder."""
    return f"corrections/{contract.layer}/{contract.name}.yml"


def load_corrections(root: Path, contract: Contract) -> tuple[Correction, ...]:
    """The corrections of a table, none when it has no file."""
    path = corrections_path(contract)
    file = root / path
    return read_corrections(file.read_text(encoding="utf-8"), path, contract) if file.is_file() else ()


def read_corrections(text: str, path: str, contract: Contract) -> tuple[Correction, ...]:
    """The corrections in `text`; MedallionContractError with a place for everything that cannot be applied."""
    node = read_yaml(text, path)
    CORRECTIONS.check(node)
    found = tuple(_read(cast(MapNode, item), contract) for item in cast(ListNode, node).items)
    _refuse_twice(found)
    return found


def _read(node: MapNode, contract: Contract) -> Correction:
    values = {entry.key: _value(entry, contract) for entry in map_at(node, "set").entries}
    row, by, why = (str(text_at(node, name)) for name in ("row", "by", "why"))
    return Correction(row, values, by, why, node.position)


def _value(entry: Entry, contract: Contract) -> str | None:
    column = next((one for one in contract.columns if one.name == entry.key), None)
    if column is None:
        known = [one.name for one in contract.columns]
        raise MedallionContractError(
            "MED370",
            f"{contract.table} has no column {entry.key}",
            entry.position,
            found=entry.key,
            expected=", ".join(known),
            help=did_you_mean(entry.key, known),
        )
    if column.is_masked:
        raise MedallionContractError(
            "MED371",
            f"{entry.key} is classified, and its values may not stand in the repository",
            entry.position,
            found=f"class {column.classification}",
            help="correct it where it comes from, or in the conformed query",
        )
    node = cast(ScalarNode, entry.value)
    return None if node.value is None else node.text


def _refuse_twice(found: Sequence[Correction]) -> None:
    first: dict[str, Correction] = {}
    for fix in found:
        other = first.setdefault(fix.row, fix)
        if other is not fix:
            raise MedallionContractError(
                "MED372",
                f"the row {fix.row} is corrected twice",
                fix.position,
                help=f"the first stands at {other.position}",
            )
