"""`jobs/*.sql` and the editor's schema: written from contracts, or checked for being current."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medallion_toolkit.errors import PipelineError, Place, raise_all
from medallion_toolkit.generate.contracts import made_by_sql, read_contracts
from medallion_toolkit.generate.parameters import missing_parameters
from medallion_toolkit.generate.replays import replays_of
from medallion_toolkit.python.project_modules import translated

State = Literal["current", "written", "outdated", "missing"]


@dataclass(frozen=True)
class GeneratedFile:
    """A file below the project folder and what was found or done."""

    path: str
    state: State


@dataclass(frozen=True)
class Generation:
    """All generated files of a project."""

    files: tuple[GeneratedFile, ...]

    @property
    def is_current(self) -> bool:
        """Whether every file now says what the contracts say."""
        return all(file.state in ("current", "written") for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "current": self.is_current,
            "files": [{"path": file.path, "state": file.state} for file in self.files],
        }

    def as_text(self) -> str:
        """A line for each file, and the next command when one is not current."""
        lines = [f"{file.state:<9} {file.path}" for file in self.files]
        return "\n".join(lines if self.is_current else [*lines, "next: medallion generate"])


def write_files(root: Path) -> Generation:
    """Write what is not current; nothing is written when a contract is wrong or a job lacks a parameter."""
    return Generation(tuple(_written(root / path, path, text) for path, text in _expected(root).items()))


def check_files(root: Path) -> Generation:
    """Compare only."""
    return Generation(tuple(GeneratedFile(path, _state(root / path, text)) for path, text in _expected(root).items()))


def _expected(root: Path) -> dict[str, str]:
    package, contracts = read_contracts(root)
    with translated():
        targets = package.contracts_by_target(root)
    replays = replays_of(root, package, contracts)
    files = dict(package.project_files(contracts, made_by_sql(root), replays, targets=targets))
    raise_all(missing_parameters(root, files))
    return files


def _state(file: Path, text: str) -> State:
    if not file.is_file():
        return "missing"
    return "current" if file.read_bytes() == text.encode() else "outdated"


def _written(file: Path, path: str, text: str) -> GeneratedFile:
    if _state(file, text) == "current":
        return GeneratedFile(path, "current")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    except OSError as error:
        raise PipelineError("MED323", f"{path} cannot be written", place=Place(path), help=str(error)) from None
    return GeneratedFile(path, "written")
