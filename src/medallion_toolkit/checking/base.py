"""The contract as a git revision has it, and whether the view below it has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from medallion_toolkit.errors import MedallionError, UsageError
from medallion_toolkit.python.helper_contract import Contract

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


@dataclass(frozen=True)
class Before:
    """The base revision of one contract: `contract` is None where there is none to compare, `note` says why.

    `changed_views` are files between the contract and bronze that differ.
    """

    revision: str | None
    contract: Contract | None = None
    note: str | None = None
    changed_views: tuple[str, ...] = ()


@contextmanager
def base_files(root: Path, revision: str | None, is_needed: bool) -> Iterator[Path | None]:
    """The project's files at the revision, HEAD when none is given; None outside of git, where none is needed."""
    from medallion_toolkit.project.revisions import files_at

    with ExitStack() as opened:
        try:
            folder: Path | None = opened.enter_context(files_at(root, revision or "HEAD"))
        except UsageError:
            if revision is not None or is_needed:
                raise
            folder = None
        yield folder


def before(project: Project, contract: Contract, revision: str, folder: Path | None) -> Before:
    """What the base revision says of the contract, read with the present helper package."""
    from medallion_toolkit.python.project_modules import translated

    package = project.contracts.package
    if folder is None or package is None:
        return Before(None, None, "no git revision to compare with: only the present contract is asked")
    views = tuple(path for path in view_paths(project, contract) if _differs(project, folder, path))
    if not (folder / contract.path).is_file():
        return Before(revision, None, f"{revision} has no {contract.path}: nothing to compare with", views)
    try:
        with translated():
            opened = package.open_contracts(folder, project.bundle.target or None)
            return Before(revision, cast(Contract, opened.load(folder / contract.path)), None, views)
    except MedallionError as error:
        return Before(revision, None, f"{contract.path} of {revision} cannot be read: {error.message}", views)


def is_changed(project: Project, contract: Contract, folder: Path) -> bool:
    """Whether the contract or a view below it differs from the base revision."""
    return any(_differs(project, folder, path) for path in (contract.path, *view_paths(project, contract)))


def view_paths(project: Project, contract: Contract) -> tuple[str, ...]:
    """The SQL files of the views between the contract and its bronze tables, each once."""
    found: dict[str, None] = {}
    nodes = project.graph.nodes
    named = {name.lower(): key for key, name in project.display.items()}
    waiting = [named[source.lower()] for source in contract.sources if source.lower() in named]
    while waiting:
        key = waiting.pop()
        if nodes[key].dataset.kind in ("temporary_view", "view"):
            found[nodes[key].dataset.place.path] = None
            waiting += [one for one in project.depends[key] if one in nodes]
    return tuple(found)


def _differs(project: Project, folder: Path, path: str) -> bool:
    return _text(project.bundle.root / path) != _text(folder / path)


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None
