"""The project's contracts as its own helper package reads them, and what its SQL files make."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.python.helper_package import Package
from medallion_toolkit.python.project_modules import project_package, translated
from medallion_toolkit.sql.reader import read_sql

_KINDS = {"materialized_view": "materialized view", "streaming_table": "streaming table", "view": "view"}


def read_contracts(root: Path, target: str | None = None) -> tuple[Package, Sequence[Contract]]:
    """The package of the project in `root` and all its contracts, as they hold in a target or without overlays."""
    package = cast(Package, project_package(root))
    with translated():
        return package, package.load_contracts(root, None, target)


def made_by_sql(root: Path) -> dict[str, str]:
    """Which kind of dataset each SQL file makes, by layer and name: `gold.daily_sales` → `materialized view`."""
    kinds: dict[str, str] = {}
    for file in sorted((root / "sql").glob("*/*.sql")):
        parsed = read_sql(file.read_text(encoding="utf-8", errors="replace"), file.relative_to(root).as_posix())
        for statement in parsed.statements:
            if statement.name and statement.kind in _KINDS:
                kinds[f"{file.parent.name}.{statement.name.rpartition('.')[2]}"] = _KINDS[statement.kind]
    return kinds
