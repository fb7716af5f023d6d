"""The contract files of a project, read by its own helper package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from medallion_toolkit.contracts.nodes import Node
from medallion_toolkit.project.contract_names import find_named
from medallion_toolkit.python.helper_contract import Position
from medallion_toolkit.python.project_modules import project_package, translated


class Stated(Protocol):
    """A value of a merged contract; `place` is None for a default."""

    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def value(self) -> str: ...
    @property
    def place(self) -> Position | None: ...


class WrittenRule(Protocol):
    """A rule as a contract writes it down; `kind` `sql` has one parameter `sql`."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def column(self) -> str | None: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def options(self) -> Mapping[str, Any]: ...
    @property
    def position(self) -> Position: ...
    @property
    def is_named(self) -> bool: ...


class Folder(Protocol):
    """`contracts/` as one target sees it. Contracts and nodes are the package's own."""

    @property
    def root(self) -> Path: ...
    def files(self, layer: str | None = None) -> Sequence[Path]: ...
    def load(self, file: Path) -> object: ...
    def node(self, file: Path) -> Node: ...
    def raw(self, file: Path) -> Node: ...
    def stated(self, file: Path) -> Sequence[Stated]: ...


class Package(Protocol):
    """What is needed of the helper package."""

    def open_contracts(self, root: Path, target: str | None = None) -> Folder: ...
    def contract_targets(self, root: Path) -> Sequence[str]: ...
    def read_contract(self, text: str, path: str = "contract.yml", target: str | None = None) -> object: ...
    def read_nodes(self, text: str, path: str) -> Node: ...
    def short_form(self, root: Node) -> Node: ...
    def is_long(self, root: Node) -> bool: ...
    def written_rules(self, root: Node) -> Sequence[WrittenRule]: ...
    def plain_values(self, value: object) -> Mapping[str, Any]: ...


def open_folder(root: Path, target: str | None = None) -> tuple[Package, Folder]:
    """The helper package of the project in `root` and its contracts as they hold in a target."""
    package = cast(Package, project_package(root))
    with translated():
        return package, package.open_contracts(root, target)


def chosen_files(folder: Folder, names: Iterable[str]) -> list[Path]:
    """The files of the contracts called so, in their order; all files without a name."""
    with translated():
        files = list(folder.files())
    return [find_named(files, name, table_of) for name in names] or files


def chosen_file(folder: Folder, name: str) -> Path:
    """The file of `silver.orders`, or of `orders` when only one layer has it."""
    return chosen_files(folder, [name])[0]


def table_of(file: Path) -> str:
    """Layer and table that a file's place stands for."""
    return f"{file.parent.name}.{file.stem}"
