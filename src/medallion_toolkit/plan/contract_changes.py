"""Contracts that change: rules stricter, looser, new or removed, limits, columns, access."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from medallion_toolkit.contracts.change import Change
from medallion_toolkit.contracts.diffing import ContractChanges, compare_folders
from medallion_toolkit.errors import MedallionError

FOLDER = "contracts"
RULE = "rule "
_WORDS = {
    "stricter": "stricter", "looser": "looser", "added": "new", "removed": "removed", "changed": "changed",
    "handled otherwise": "handled otherwise",
}  # fmt: skip
MOST_TABLES = 2


def contract_changes(
    root: Path, earlier: Path, revision: str, target: str | None
) -> tuple[tuple[ContractChanges, ...], tuple[str, ...]]:
    """What differs between the contracts of two folders, read by the helper package of `root`; and why not."""
    if not (root / "medallion").is_dir() or _files(root) == _files(earlier):
        return (), ()
    try:
        return compare_folders(root, earlier, revision, (), target).contracts, ()
    except MedallionError as error:
        return (), (f"changes of contracts: {error.code} {error.message}",)


def _files(root: Path) -> dict[str, bytes]:
    folder = root / FOLDER
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in folder.rglob("*.y*ml")}


def rules_change(contracts: Iterable[ContractChanges]) -> bool:
    """Whether new rows are judged otherwise than stored ones were."""
    return any(_word(change) for contract in contracts for change in contract.changes)


def rules_in_words(contracts: Iterable[ContractChanges]) -> list[str]:
    """`1 rule stricter on silver.orders`, a part for each kind of change, and a part for what is no rule."""
    tables: dict[str, list[str]] = {}
    others: list[str] = []
    for contract in contracts:
        for change in contract.changes:
            word = _word(change)
            if word:
                tables.setdefault(word, []).append(contract.table)
            elif change.subject != "table":
                others.append(contract.table)
    parts = [f"{_count(len(found), 'rule')} {word} {_on(found)}" for word, found in tables.items()]
    noun = "other contract change" if parts else "contract change"
    return parts + ([f"{_count(len(others), noun)} {_on(others)}"] if others else [])


def _word(change: Change) -> str | None:
    return _WORDS.get(change.what) if change.subject.startswith(RULE) else None


def _on(tables: list[str]) -> str:
    names = list(dict.fromkeys(tables))
    return f"on {' and '.join(names)}" if len(names) <= MOST_TABLES else f"on {len(names)} tables"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
