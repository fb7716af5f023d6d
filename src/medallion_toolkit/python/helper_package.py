"""The functions of a project's own helper package that the toolkit calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from medallion_toolkit.python.helper_contract import Contract


class Correction(Protocol):
    """Values put right by hand."""

    @property
    def row(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str | None]: ...


class Corrections(Protocol):
    """`medallion/repair/corrections.py` of a project."""

    def load_corrections(self, root: Path, contract: Contract) -> Sequence[Correction]: ...


class Replay(Protocol):
    """`medallion/tables/replay.py` of a project."""

    def is_replayable(self, contract: Contract) -> bool: ...


class ReplaySql(Protocol):
    """`medallion/repair/replay_sql.py` of a project."""

    def marks(self, contract: Contract) -> Mapping[str, str]: ...
    def open_rows_query(self, contract: Contract) -> str: ...
    def waiting_query(self, contract: Contract, is_there: bool = True) -> str: ...
    def to_replay_query(self, contract: Contract, is_there: bool = True) -> str: ...
    def counts_query(self, contract: Contract) -> str: ...
    def replay_query(
        self, contract: Contract, conformed: Sequence[str], fixes: Sequence[Correction], rows: str
    ) -> str: ...
    def changed_query(self, contract: Contract, rows: str) -> str: ...
    def preview_query(self, contract: Contract, rows: str) -> str: ...
    def verdicts_query(self, contract: Contract, rows: str) -> str: ...
    def bronze_rows(self, table: str) -> str: ...


class Repair(Protocol):
    """`medallion/repair/` of a project."""

    @property
    def corrections(self) -> Corrections: ...
    @property
    def replay_sql(self) -> ReplaySql: ...


class Tables(Protocol):
    """`medallion/tables/` of a project."""

    @property
    def replay(self) -> Replay: ...


class Package(Protocol):
    """`medallion/` of a project."""

    @property
    def repair(self) -> Repair: ...
    @property
    def tables(self) -> Tables: ...
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
