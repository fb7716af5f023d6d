"""What the job's replay needs from the project beside contracts: conformed queries as batches, and corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.generate.contracts import Contract, Package
from medallion_toolkit.graph.conformed import conformed_texts
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.python.project_modules import translated


class _Replay(Protocol):
    def is_replayable(self, contract: Contract) -> bool: ...


class _ReplaySql(Protocol):
    def bronze_rows(self, table: str) -> str: ...


class _Corrections(Protocol):
    def load_corrections(self, root: Path, contract: Contract) -> Sequence[object]: ...


_Maker = Callable[[Mapping[str, Sequence[str]], Mapping[str, Sequence[object]]], object]


def replays_of(root: Path, package: Package, contracts: Sequence[Contract]) -> object:
    """The package's own `Replays`; a table whose query cannot be run as a batch has none, and replay says why.

    Without a bundle nothing says which schema a layer is, so there are no queries.
    """
    modules = vars(cast(ModuleType, package))
    replay, corrections = cast(_Replay, modules["replay"]), cast(_Corrections, modules["corrections"])
    chosen = [contract for contract in contracts if replay.is_replayable(contract)]
    queries: dict[str, Sequence[str]] = {}
    if chosen and (root / "databricks.yml").is_file():
        project = load_project(root, exists=lambda _name: True)
        queries = {one.table: found for one in chosen if (found := _queries(project, one, modules))}
    with translated():
        fixes = {one.table: corrections.load_corrections(root, one) for one in chosen}
    return cast(_Maker, vars(modules["replay_job"])["Replays"])(queries, fixes)


def _queries(project: Project, contract: Contract, modules: Mapping[str, object]) -> Sequence[str]:
    try:
        return conformed_texts(project, contract, contract.table, cast(_ReplaySql, modules["replay_sql"]).bronze_rows)
    except PipelineError:
        return ()
