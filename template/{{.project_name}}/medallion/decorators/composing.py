"""From the settings of a function's decorators to one contract, made by the same reader as a contract file.

Precedence: defaults < layer < contract (`config_path`) < target < decorators. Between decorators there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

from ..contracts.files import ContractFolder, open_contracts, read_nodes
from ..contracts.long_form import is_long, short_form
from ..contracts.merging import merge, merge_overlay
from ..contracts.overlays import Surroundings, merged
from ..contracts.reader import build_contract
from ..errors import MedallionContractError, Position
from ..model.contract import Contract
from ..sql.words import identifier, literal
from ..yaml_files.node_building import entry, mapping, value_node, without
from ..yaml_files.positions import Entry, MapNode, Node, items_at, map_at, text_at
from .declaring import target
from .saying import TEXT, Said, named_columns, plain
from .settings import PROJECT

_MAKES_CONTRACT = ("columns", "rules", "keys", "history")


@dataclass(frozen=True)
class Base:
    """The contract file of `config_path` in short form; `name` is the table's name as the file writes it."""

    node: MapNode
    path: str
    layer: str
    name: str
    is_long: bool


@dataclass(frozen=True)
class Composed:
    """A contract, and the columns it names without judging or casting them."""

    contract: Contract
    untouched: frozenset[str] = frozenset()


def read_base(path: str, beside: str, position: Position) -> Base:
    """The contract file that `config_path` names, from the project's folder or from that of the Python file."""
    file = next((one for one in (PROJECT / path, Path(beside).parent / path) if one.is_file()), None)
    if file is None:
        expected = f"a file below {PROJECT.name}/ or beside {Path(beside).name}"
        raise MedallionContractError("MED387", "there is no such contract", position, found=path, expected=expected)
    shown = file.relative_to(PROJECT).as_posix() if file.is_relative_to(PROJECT) else path
    if shown.startswith("contracts/"):
        raise MedallionContractError(
            "MED383",
            "a file below contracts/ is a contract of its own, with gates and tables of its own",
            position,
            found=path,
            expected="another folder, like configs/",
        )
    return _base(read_nodes(file.read_text(encoding="utf-8"), shown), shown)


def _base(root: Node, path: str) -> Base:
    node = cast(MapNode, short_form(root))
    table = str(text_at(node, "table"))
    layer, dot, name = table.partition(".")
    if not dot:
        raise MedallionContractError("MED305", "key table is missing", Position(path), expected="layer.table")
    if not is_long(root):
        return Base(without(node, "table"), path, layer, name, is_long=False)
    about = map_at(cast(MapNode, root), "table")
    given = ("table",) if about.get("from") else ("table", "from")
    return Base(without(node, *given), path, layer, text_at(about, "name") or name, is_long=True)


def compose(
    table: str, decorators: Said, base: Base | None, about: str | None, *, is_stream: bool, position: Position
) -> Composed | None:
    """The contract of `layer.name`; None when neither decorators nor a file say what must be true of its rows.

    `about` describes the table where nobody else does.
    """
    if base is None and not any(decorators.node.get(key) for key in _MAKES_CONTRACT):
        return None
    layer, _, name = table.partition(".")
    source = entry("from", value_node(f"{name}_conformed", position))
    below = base.node if base else mapping(position, ())
    _refuse_other_source(below, name)
    described = None if below.get("description") or not about else entry("description", value_node(about, position))
    own = (entry("table", value_node(table, position)), source, described)
    root = mapping(position, (*own, *without(below, "from").entries))
    node = cast(MapNode, merged(root, _around(layer)))
    is_closed = base is not None and not base.is_long
    overlay = _changes(decorators.node, map_at(node, "columns"), is_closed=is_closed)
    node, untouched = _with_columns(node, decorators, position, is_closed=is_closed)
    node = merge_overlay(node, overlay)
    node = _with_making(_for_a_function(node), position, is_stream=is_stream)
    contract = build_contract(node, base.path if base else position.path)
    return Composed(_with_text_values(contract, untouched), untouched)


def _with_columns(
    node: MapNode, decorators: Said, position: Position, *, is_closed: bool
) -> tuple[MapNode, frozenset[str]]:
    """Columns that decorators name and the file does not; a file in short form lists all there are."""
    columns, stated = map_at(node, "columns"), map_at(decorators.node, "columns")
    known = {one.key.lower() for one in columns.entries}
    entries, untouched = [], set()
    for name, place in () if is_closed else named_columns(decorators.node):
        if name.lower() in known:
            continue
        known.add(name.lower())
        about = map_at(stated, name)
        kind = about.get("type")
        if kind is None and not items_at(about, "rules"):
            untouched.add(name)
        written = kind or entry("type", value_node(decorators.guesses.get(name, TEXT), place))
        entries.append(Entry(name, mapping(place, (written, *without(about, "type").entries)), place))
    typed = [Entry(one.key, _typed(one, stated), one.position) for one in columns.entries]
    with_all = mapping(position, (entry("columns", mapping(position, (*typed, *entries))),))
    return merge(without(node, "columns"), with_all), frozenset(untouched)


def _typed(column: Entry, stated: MapNode) -> Node:
    kind = map_at(stated, column.key).get("type")
    return merge(cast(MapNode, column.value), mapping(kind.position, (kind,))) if kind else column.value


def _changes(node: MapNode, columns: MapNode, *, is_closed: bool) -> MapNode:
    """What decorators change of the file's contract: columns that only they have are taken whole elsewhere."""
    known = {one.key for one in columns.entries}
    stated = map_at(node, "columns")
    kept = [
        Entry(one.key, without(cast(MapNode, one.value), "type"), one.position)
        for one in stated.entries
        if is_closed or one.key in known
    ]
    changed = entry("columns", mapping(stated.position, kept)) if kept else None
    return mapping(node.position, (*without(node, "columns").entries, changed))


def _with_making(node: MapNode, position: Position, *, is_stream: bool) -> MapNode:
    """A batch makes materialized views; its history compares snapshots."""
    made, stated = "streaming_table" if is_stream else "materialized_view", node.get("kind")
    if stated is not None and plain(stated.value) != made:
        raise _only_in_files("kind", stated, f"{made}, as the function's rows are")
    is_view = not is_stream and node.get("history") is None
    kind = entry("kind", value_node(made, position)) if is_view else None
    return merge(without(node, "kind"), mapping(position, (kind,)))


def _for_a_function(node: MapNode) -> MapNode:
    """Without what only a list of all columns can say: a function's further columns always come along."""
    evolution, snapshots = node.get("evolution"), map_at(node, "history").get("snapshot_by")
    kept = ("add_nullable", "rescue")
    if evolution is not None and text_at(node, "evolution") not in kept:
        raise _only_in_files("evolution", evolution, " or ".join(kept))
    if snapshots is not None:
        raise _only_in_files("snapshot_by", snapshots, "sequence_by")
    backfill = node.get("backfill")
    if backfill is not None:
        raise _only_in_files("backfill", backfill, "no backfill: the function gives all rows")
    return without(node, "evolution")


def _only_in_files(what: str, found: Entry, expected: str) -> MedallionContractError:
    return MedallionContractError(
        "MED383",
        f"this {what} does not go with a decorated function",
        found.position,
        found=plain(found.value),
        expected=expected,
        help="a contract file with from: lists all columns and can say it",
    )


def _refuse_other_source(node: MapNode, name: str) -> None:
    found = node.get("from")
    if found and plain(found.value) != f"{name}_conformed":
        raise MedallionContractError(
            "MED383",
            "the contract is made from a view, and the decorated function is another one",
            found.position,
            found=plain(found.value),
            expected="no from: the function gives the rows",
        )


def _with_text_values(contract: Contract, untouched: frozenset[str]) -> Contract:
    """Reasons hold text; a column that nothing casts may be of any type."""
    rules = [
        replace(rule, value=_observed(contract, rule.columns)) if untouched.intersection(rule.columns) else rule
        for rule in contract.rules
    ]
    return replace(contract, rules=tuple(rules))


def _observed(contract: Contract, columns: Sequence[str]) -> str:
    values = {name: f"CAST({identifier(name)} AS STRING)" for name in columns}
    masked = [name for name in columns if contract.column(name).is_masked]
    values |= {name: f"CASE WHEN {identifier(name)} IS NOT NULL THEN '***' END" for name in masked}
    if len(columns) == 1:
        return values[columns[0]]
    parts = (f"concat({literal(f'{name}=')}, coalesce({value}, 'NULL'))" for name, value in values.items())
    return f"concat_ws(', ', {', '.join(parts)})"


def _around(layer: str) -> Surroundings:
    folder = _folder(target())
    own = folder.layer_defaults.get(layer)
    return replace(folder.around, defaults=(*folder.around.defaults, own)) if own else folder.around


@cache
def _folder(target: str | None) -> ContractFolder:
    return open_contracts(PROJECT, target)
