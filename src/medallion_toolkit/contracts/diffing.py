"""Contracts now against a git revision: what changed, whom it breaks, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.contracts.access import Folder, Package, chosen_files, open_folder, table_of
from medallion_toolkit.contracts.change import READERS, Change, Version
from medallion_toolkit.contracts.column_changes import column_changes
from medallion_toolkit.contracts.revision import contracts_at
from medallion_toolkit.contracts.rule_changes import rule_changes
from medallion_toolkit.contracts.setting_changes import setting_changes
from medallion_toolkit.errors import ContractError, Place
from medallion_toolkit.python.project_modules import translated

_GONE = "keep the table until nobody reads it; `medallion describe` names the consumers"


@dataclass(frozen=True)
class ContractChanges:
    """The changes of one contract."""

    table: str
    path: str
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {"table": self.table, "path": self.path, "changes": [change.as_dict() for change in self.changes]}

    def as_text(self) -> str:
        """The table, then a line for each change, the advice below those that break."""
        width = max(len(change.subject) for change in self.changes)
        lines = [line for change in self.changes for line in _lines(change, width)]
        return "\n".join([f"{self.table}   {self.path}", *lines])


@dataclass(frozen=True)
class Differences:
    """Contracts that differ from a revision, and how many were compared."""

    revision: str
    compared: int
    contracts: tuple[ContractChanges, ...]

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break readers or producers."""
        return tuple(change for contract in self.contracts for change in contract.changes if change.breaks)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "revision": self.revision,
            "compared": self.compared,
            "breaking": bool(self.breaking),
            "contracts": [contract.as_dict() for contract in self.contracts],
        }

    def as_text(self) -> str:
        """A line for each change, the advice below those that break."""
        lines = [f"local · contracts against {self.revision} · {self.compared} compared"]
        for contract in self.contracts:
            lines += ["", contract.as_text()]
        changed = sum(len(contract.changes) for contract in self.contracts)
        summary = f"{changed} changes, {len(self.breaking)} breaking" if changed else "no changes"
        return "\n".join([*lines, "", summary])


def compare(root: Path, revision: str, names: Iterable[str] = (), target: str | None = None) -> Differences:
    """The contracts called so, or all, against a revision; both read by the project's present helper package."""
    with contracts_at(root, revision) as folder:
        return compare_folders(root, folder, revision, names, target)


def compare_folders(
    root: Path, earlier: Path, revision: str, names: Iterable[str] = (), target: str | None = None
) -> Differences:
    """The same with the revision's files in the folder `earlier`."""
    package, now = open_folder(root, target)
    with translated():
        before = package.open_contracts(earlier, target)
        old_files = {table_of(file): file for file in before.files()}
    wanted = _wanted(now, old_files, tuple(names))
    found = [
        ContractChanges(
            table, _path(new or old_files[table]), _changes(package, before, now, old_files.get(table), new)
        )
        for table, new in wanted.items()
    ]
    return Differences(revision, len(wanted), tuple(one for one in found if one.changes))


def _wanted(now: Folder, old: Mapping[str, Path], names: tuple[str, ...]) -> dict[str, Path | None]:
    """Tables to compare with their present file, None for one that is gone."""
    if not names:
        return dict(sorted({**dict.fromkeys(old), **{table_of(file): file for file in chosen_files(now, ())}}.items()))
    lost = [table for name in names for table in old if name in (table, table.partition(".")[2])]
    with translated():
        known = {table_of(file) for file in now.files()}
    present = [name for name in names if not any(table not in known for table in lost if name in table)]
    return {
        **{table_of(file): file for file in (chosen_files(now, present) if present else [])},
        **{table: None for table in lost if table not in known},
    }


def _changes(package: Package, before: Folder, now: Folder, old: Path | None, new: Path | None) -> tuple[Change, ...]:
    if old is None:
        return (Change("table", "added"),)
    if new is None:
        return (Change("table", "removed", READERS, advice=_GONE),)
    one, other = _earlier(package, before, old), _version(package, now, new)
    return (*column_changes(one, other), *setting_changes(one, other), *rule_changes(one, other))


def _version(package: Package, folder: Folder, file: Path) -> Version:
    with translated():
        return Version(package.plain_values(folder.load(file)), package.written_rules(folder.node(file)))


def _earlier(package: Package, folder: Folder, file: Path) -> Version:
    try:
        return _version(package, folder, file)
    except ContractError as error:
        raise ContractError(
            "MED349",
            f"the earlier contract is not readable any more: {error.code} {error.message}",
            place=error.place and Place(error.place.path),
            found=error.found,
            expected=error.expected,
            help="it was right for an earlier helper package; compare with a later revision",
        ) from None


def _path(file: Path) -> str:
    return Place("/".join(file.parts[-3:])).path


def _lines(change: Change, width: int) -> list[str]:
    breaks = f"breaks {' and '.join(change.breaks)}" if change.breaks else ""
    values = " → ".join(one for one in (change.before, change.after) if one is not None)
    head = f"  {'!' if change.breaks else ' '} {change.subject:<{width}}  {change.what}"
    line = "   ".join(part for part in (head, values, breaks) if part)
    return [line, *([f"      {change.advice}"] if change.advice else [])]
