"""The part of a contract that says how events become rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, cast

from ..errors import MedallionContractError, did_you_mean
from ..model.contract import Column, History
from ..rules.checked_text import checked_sql
from ..sql.column_types import ColumnType
from ..yaml_files.positions import Entry, MapNode, items_at, scalar, text_at

Known = Mapping[str, ColumnType]


def column_names(node: MapNode, key: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns named under a key, each known and named once."""
    known = [column.name for column in columns]
    names: list[str] = []
    for item in items_at(node, key):
        name = scalar(item).text
        if name not in known:
            raise MedallionContractError(
                "MED310",
                f"{key} names a column the contract does not have",
                item.position,
                found=name,
                expected=", ".join(known),
                help=did_you_mean(name, known),
            )
        if name in names:
            raise MedallionContractError("MED302", f"{key} names {name} twice", item.position, found=name)
        names.append(name)
    return tuple(names)


def read_history(
    node: MapNode | None, columns: Sequence[Column], keys: tuple[str, ...], known: Known
) -> History | None:
    """The history of a contract, None when it has none."""
    if node is None:
        return None
    kind = cast(Literal[1, 2], scalar(cast(Entry, node.get("type")).value).value)
    snapshot_by = _snapshot_by(node, known)
    sequence = column_names(
        node,
        "snapshot_by" if str(snapshot_by).lower() in {one.name.lower() for one in columns} else "sequence_by",
        columns,
    )
    not_stored = column_names(node, "not_stored", columns)
    _refuse_what_does_not_fit(node, kind, keys, not_stored)
    stored = [column.name for column in columns if column.name not in not_stored]
    return History(
        type=kind,
        sequence_by=sequence,
        delete_when=checked_sql(node.get("delete_when"), known),
        truncate_when=checked_sql(node.get("truncate_when"), known),
        not_stored=not_stored,
        track=column_names(node, "track", columns) or _tracked(stored, keys, sequence),
        effective_from=text_at(node, "effective_from"),
        effective_to=text_at(node, "effective_to"),
        current_flag=text_at(node, "current_flag"),
        snapshot_by=snapshot_by,
        most_keys_lost=Decimal((text_at(node, "most_keys_lost") or "100").rstrip("% ")),
        refuse_when=checked_sql(node.get("refuse_when"), known),
    )


def _snapshot_by(node: MapNode, known: Known) -> str | None:
    """The column of snapshots, a column of the contract or metadata; without it events need a sequence."""
    entry = node.get("snapshot_by")
    events = ("sequence_by", "delete_when", "truncate_when")
    for key in events if entry else ("most_keys_lost", "refuse_when"):
        other = node.get(key)
        if other:
            what = "snapshots have no events" if entry else f"{key} is for snapshots"
            raise MedallionContractError(
                "MED312", what, other.position, found=key, expected="snapshot_by, or sequence_by for events"
            )
    if entry is None and node.get("sequence_by") is None:
        raise MedallionContractError(
            "MED305", "key sequence_by is missing", node.position, expected="sequence_by, or snapshot_by for snapshots"
        )
    if entry is None:
        return None
    name = scalar(entry.value).text
    if name.lower() not in known:
        raise MedallionContractError(
            "MED310",
            "snapshot_by names a column the contract does not have",
            entry.value.position,
            found=name,
            expected=", ".join(known),
            help=did_you_mean(name, tuple(known)),
        )
    return name


def _tracked(stored: Sequence[str], keys: tuple[str, ...], sequence: tuple[str, ...]) -> tuple[str, ...]:
    """An event that repeats a row is no new version, so the sequence counts only where there is nothing else."""
    values = tuple(name for name in stored if name not in keys)
    return tuple(name for name in values if name not in sequence) or values


def _refuse_what_does_not_fit(node: MapNode, kind: int, keys: tuple[str, ...], not_stored: tuple[str, ...]) -> None:
    misplaced = node.get("truncate_when") if kind == 2 else node.get("track")
    if misplaced:
        raise MedallionContractError(
            "MED312", f"{misplaced.key} does not fit history type {kind}", misplaced.position, found=misplaced.key
        )
    for item in items_at(node, "not_stored"):
        if scalar(item).text in keys:
            raise MedallionContractError("MED312", "keys are always stored", item.position, found=scalar(item).text)
    for item in items_at(node, "track"):
        if scalar(item).text in (*not_stored, *keys):
            raise MedallionContractError(
                "MED312", "only stored columns that are no keys are tracked", item.position, found=scalar(item).text
            )
