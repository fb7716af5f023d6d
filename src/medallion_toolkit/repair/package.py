"""The parts of a project's own helper package that replay needs, and the contract that a name means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from medallion_toolkit.errors import ContractError, Place, UsageError
from medallion_toolkit.graph.order import find_dataset

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

MADE = ("_checked", "_quarantine", "_valid", "_replay", "_judged")


class Column(Protocol):
    """A column of a contract."""

    @property
    def name(self) -> str: ...
    @property
    def is_masked(self) -> bool: ...


class Rule(Protocol):
    """A rule that is asked of a row."""

    @property
    def name(self) -> str: ...
    @property
    def on_fail(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def value(self) -> str: ...


class Making(Protocol):
    """How the tables of a contract are made."""

    @property
    def mode(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def stores_verdict(self) -> bool: ...


class Replayable(Protocol):
    """A contract whose rows can come back."""

    @property
    def table(self) -> str: ...
    @property
    def layer(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def rules(self) -> Sequence[Rule]: ...
    @property
    def making(self) -> Making: ...
    @property
    def has_snapshots(self) -> bool: ...


class Correction(Protocol):
    """Values put right by hand."""

    @property
    def row(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str | None]: ...


class ReplaySql(Protocol):
    """`medallion/replay_sql.py` of a project."""

    def marks(self, contract: Replayable) -> Mapping[str, str]: ...
    def open_rows_query(self, contract: Replayable) -> str: ...
    def waiting_query(self, contract: Replayable, is_there: bool = True) -> str: ...
    def to_replay_query(self, contract: Replayable, is_there: bool = True) -> str: ...
    def counts_query(self, contract: Replayable) -> str: ...
    def replay_query(
        self, contract: Replayable, conformed: Sequence[str], fixes: Sequence[Correction], rows: str
    ) -> str: ...
    def changed_query(self, contract: Replayable, rows: str) -> str: ...
    def preview_query(self, contract: Replayable, rows: str) -> str: ...
    def verdicts_query(self, contract: Replayable, rows: str) -> str: ...
    def bronze_rows(self, table: str) -> str: ...


class Corrections(Protocol):
    """`medallion/corrections.py` of a project."""

    def load_corrections(self, root: Path, contract: Replayable) -> Sequence[Correction]: ...


def replay_sql(project: Project) -> ReplaySql:
    """The project's own queries."""
    return cast(ReplaySql, vars(_package(project))["replay_sql"])


def load_corrections(project: Project, contract: Replayable) -> Sequence[Correction]:
    """The corrections that the project has for the table; ContractError with a place where one cannot be applied."""
    from medallion_toolkit.python.project_modules import translated

    with translated():
        return cast(Corrections, vars(_package(project))["corrections"]).load_corrections(project.bundle.root, contract)


def quarantined_contracts(project: Project) -> list[Replayable]:
    """The contracts whose rows can be replayed, by table."""
    found = (cast(Replayable, contract) for contract in project.contracts.by_table.values())
    return sorted((contract for contract in found if _is_replayable(project, contract)), key=lambda one: one.table)


def find_quarantined(project: Project, name: str) -> tuple[str, Replayable]:
    """Key and contract of the table a user calls `name`; MED374 says why its rows cannot be replayed."""
    key = find_dataset(project.graph, name, project.display)
    base = next((key.removesuffix(one) for one in MADE if key.removesuffix(one) in project.contracts.by_table), key)
    contract = cast("Replayable | None", project.contracts.by_table.get(base))
    if contract is None:
        raise UsageError(
            "MED374",
            f"{project.display[key]} has no contract and so no quarantine",
            place=project.graph.nodes[key].dataset.place,
        )
    if not _is_replayable(project, contract):
        raise _refusal(contract)
    return base, contract


def _is_replayable(project: Project, contract: Replayable) -> bool:
    return contract.source is not None and bool(vars(_package(project))["replay"].is_replayable(contract))


def _refusal(contract: Replayable) -> ContractError:
    reason, advice = _why_not(contract)
    return ContractError(
        "MED374", f"rows of {contract.table} are not replayed: {reason}", place=Place(contract.path), help=advice
    )


def _why_not(contract: Replayable) -> tuple[str, str]:
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


def _package(project: Project) -> object:
    return project.contracts.package
