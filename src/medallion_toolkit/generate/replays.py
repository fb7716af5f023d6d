"""What the job's replay needs from the project beside contracts: conformed queries as batches, and corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.graph.conformed import conformed_texts
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.python.helper_package import Package
from medallion_toolkit.python.project_modules import translated

_Maker = Callable[[Mapping[str, Sequence[str]], Mapping[str, Sequence[object]]], object]


def replays_of(root: Path, package: Package, contracts: Sequence[Contract]) -> object:
    """The package's own `Replays`; a table whose query cannot be run as a batch has none, and replay says why.

    Without a bundle nothing says which schema a layer is, so there are no queries.
    """
    chosen = [contract for contract in contracts if package.tables.replay.is_replayable(contract)]
    queries: dict[str, Sequence[str]] = {}
    if chosen and (root / "databricks.yml").is_file():
        project = load_project(root, exists=lambda _name: True)
        queries = {one.table: found for one in chosen if (found := _queries(project, one, package))}
    with translated():
        fixes = {one.table: package.repair.corrections.load_corrections(root, one) for one in chosen}
    return cast(_Maker, vars(package.repair)["replay_job"].Replays)(queries, fixes)


def _queries(project: Project, contract: Contract, package: Package) -> Sequence[str]:
    try:
        return conformed_texts(project, contract, contract.table, package.repair.replay_sql.bronze_rows)
    except PipelineError:
        return ()
