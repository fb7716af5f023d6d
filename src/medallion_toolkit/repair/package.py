"""The parts of a project's own helper package that replay needs, and the contract that a name means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from medallion_toolkit.errors import ContractError, Place, UsageError
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.python.helper_package import Correction, Package, ReplaySql

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

MADE = ("_checked", "_quarantine", "_valid", "_replay", "_judged")


def replay_sql(project: Project) -> ReplaySql:
    """The project's own queries."""
    return _package(project).repair.replay_sql


def load_corrections(project: Project, contract: Contract) -> Sequence[Correction]:
    """The corrections that the project has for the table; ContractError with a place where one cannot be applied."""
    from medallion_toolkit.python.project_modules import translated

    with translated():
        return _package(project).repair.corrections.load_corrections(project.bundle.root, contract)


def quarantined_contracts(project: Project) -> list[Contract]:
    """The contracts whose rows can be replayed, by table."""
    found = (one for one in project.contracts.by_table.values() if _is_replayable(project, one))
    return sorted(found, key=lambda one: one.table)


def find_quarantined(project: Project, name: str) -> tuple[str, Contract]:
    """Key and contract of the table a user calls `name`; MED374 says why its rows cannot be replayed."""
    key = find_dataset(project.graph, name, project.display)
    base = next((key.removesuffix(one) for one in MADE if key.removesuffix(one) in project.contracts.by_table), key)
    contract = project.contracts.by_table.get(base)
    if contract is None:
        raise UsageError(
            "MED374",
            f"{project.display[key]} has no contract and so no quarantine",
            place=project.graph.nodes[key].dataset.place,
        )
    if not _is_replayable(project, contract):
        raise _refusal(contract)
    return base, contract


def _is_replayable(project: Project, contract: Contract) -> bool:
    return contract.source is not None and _package(project).tables.replay.is_replayable(contract)


def _refusal(contract: Contract) -> ContractError:
    reason, advice = _why_not(contract)
    return ContractError(
        "MED374", f"rows of {contract.table} are not replayed: {reason}", place=Place(contract.path), help=advice
    )


def _why_not(contract: Contract) -> tuple[str, str]:
    making = contract.making
    if contract.source is None:
        return (
            "an SQL file makes the table and nothing is quarantined",
            "correct the query; the next update makes it anew",
        )
    if contract.has_snapshots:
        snapshots = "all snapshots are judged anew with each update, and the next one brings the row again"
        return snapshots, "correct the rule or the query and run again"
    if making.kind == "materialized_view":
        return "a materialized view is computed from all rows each time", "correct the rule or the query and run again"
    if making.mode != "split":
        kept = "every row is in the table already, with its verdict beside it"
        return f"with quarantine: {making.mode} {kept}", (
            "correct it and make the table anew with a full refresh, or use quarantine: split for rows that come back"
        )
    if not making.stores_verdict:
        return "stored: false keeps no verdict that a second attempt could follow", "leave out stored: false"
    return "its rows have no _row_id to be known by", "carry: [_row_id, …] and select it in the conformed view"


def _package(project: Project) -> Package:
    return cast(Package, project.contracts.package)
