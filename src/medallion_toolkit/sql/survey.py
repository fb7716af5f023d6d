"""Read the SQL of any files and folders, for `medallion parse`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import MedallionError, Place, SqlError, UsageError
from medallion_toolkit.model import Span
from medallion_toolkit.sql.notebooks import Cell, ipython_notebook_cells, python_notebook_cells
from medallion_toolkit.sql.reader import read_sql
from medallion_toolkit.sql.statements import SqlFile, Statement

_SUFFIXES = (".sql", ".py", ".ipynb")
_SKIPPED_FOLDERS = {"node_modules", "__pycache__", "venv", "site-packages"}


@dataclass(frozen=True)
class Survey:
    """All files that hold SQL, in the order they were asked for."""

    files: tuple[SqlFile, ...]

    @property
    def errors(self) -> tuple[MedallionError, ...]:
        return tuple(statement.error for file in self.files for statement in file.statements if statement.error)


def survey(paths: Sequence[Path]) -> Survey:
    """Read every .sql file, and the SQL cells of notebooks, among `paths` and in the folders among them."""
    return Survey(tuple(found for path in paths for file in _files(path) for found in _read(file)))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _files_below(path)
    elif path.exists():
        yield path
    else:
        raise UsageError("MED272", f"the path {path} does not exist", found=str(path), expected="a file or a folder")


def _files_below(folder: Path) -> Iterator[Path]:
    """Files with SQL in a folder, by name; hidden and installed folders are passed over."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in _SKIPPED_FOLDERS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        elif entry.suffix in _SUFFIXES and entry.is_file():
            yield entry


def _read(file: Path) -> Iterator[SqlFile]:
    path = str(file)
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if file.suffix not in (".py", ".ipynb"):
            yield _undecodable(path, data, error.start)
        return
    for cell in _cells(file.suffix, text, path):
        yield read_sql(cell.text, cell.name)


def _cells(suffix: str, text: str, path: str) -> tuple[Cell, ...]:
    match suffix:
        case ".py":
            return python_notebook_cells(text, path)
        case ".ipynb":
            return ipython_notebook_cells(text, path)
    return (Cell(path, text),)


def _undecodable(path: str, data: bytes, offset: int) -> SqlFile:
    """A file that is not UTF-8: one invalid statement that says which byte."""
    line = data.count(b"\n", 0, offset) + 1
    column = offset - data.rfind(b"\n", 0, offset)
    error = SqlError(
        "MED201",
        "the file is not UTF-8 text",
        place=Place(path, line, column),
        found=f"byte 0x{data[offset]:02x}",
        expected="UTF-8",
        help="save the file as UTF-8",
    )
    return SqlFile(path, "", (Statement("invalid", Span(0, 0, line, column), error=error),))
