"""The project's contracts as its own helper package reads them, and what its SQL files make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from medallion_toolkit.errors import Place, UsageError, nearest
from medallion_toolkit.python.project_modules import project_package, translated
from medallion_toolkit.sql.reader import read_sql

_KINDS = {"materialized_view": "materialized view", "streaming_table": "streaming table", "view": "view"}


class Contract(Protocol):
    """What is needed of a contract."""

    @property
    def table(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def sources(self) -> tuple[str, ...]: ...


class Package(Protocol):
    """What is needed of the helper package."""

    def load_contracts(self, root: Path, layer: None = None, target: str | None = None) -> Sequence[Contract]: ...
    def contracts_by_target(self, root: Path) -> Mapping[str, Sequence[Contract]]: ...
    def project_files(
        self,
        contracts: Sequence[Contract],
        kinds: Mapping[str, str],
        replays: object,
        *,
        targets: Mapping[str, Sequence[Contract]],
    ) -> Mapping[str, str]: ...
    def render_sql(self, contract: Contract) -> str: ...
    def render_files(self, contract: Contract) -> Mapping[str, str]: ...


def read_contracts(root: Path, target: str | None = None) -> tuple[Package, Sequence[Contract]]:
    """The package of the project in `root` and all its contracts, as they hold in a target or without overlays."""
    package = cast(Package, project_package(root))
    with translated():
        return package, package.load_contracts(root, None, target)


def find_contract(contracts: Sequence[Contract], name: str) -> Contract:
    """The contract of `silver.orders`, or of `orders` when only one layer has it."""
    found = [contract for contract in contracts if name in (contract.table, contract.name)]
    if len(found) == 1:
        return found[0]
    known = [contract.table for contract in contracts]
    close = nearest(name, [*known, *(contract.name for contract in contracts)])
    raise UsageError(
        "MED320",
        f"several contracts are called {name}" if found else f"there is no contract {name}",
        place=Place("contracts"),
        found=name,
        expected=", ".join(contract.table for contract in found) or ", ".join(known) or "a contract",
        help=f"did you mean {close}?" if close and not found else None,
    )


def made_by_sql(root: Path) -> dict[str, str]:
    """Which kind of dataset each SQL file makes, by layer and name: `gold.daily_sales` → `materialized view`."""
    kinds: dict[str, str] = {}
    for file in sorted((root / "sql").glob("*/*.sql")):
        parsed = read_sql(file.read_text(encoding="utf-8", errors="replace"), file.relative_to(root).as_posix())
        for statement in parsed.statements:
            if statement.name and statement.kind in _KINDS:
                kinds[f"{file.parent.name}.{statement.name.rpartition('.')[2]}"] = _KINDS[statement.kind]
    return kinds
