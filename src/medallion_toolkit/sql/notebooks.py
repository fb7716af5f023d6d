"""SQL cells of notebooks, with the positions they have in their file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEADER = "# Databricks notebook source"
_CELL = re.compile(r"^# COMMAND -+[ \t]*\r?$", re.MULTILINE)
_MAGIC = re.compile(r"^# MAGIC ?", re.MULTILINE)
_SQL_MAGIC = re.compile(r"\s*# MAGIC %sql\b")


@dataclass(frozen=True)
class Cell:
    """SQL to read. `name` is what to call its source: the file, or the cell of an .ipynb file."""

    name: str
    text: str


def python_notebook_cells(text: str, path: str) -> tuple[Cell, ...]:
    """The `%sql` cells of a Python source notebook; every other character is a blank, so positions hold."""
    if not text.startswith(_HEADER):
        return ()
    marks = list(_CELL.finditer(text))
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    parts: list[str] = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        cell = text[start:end]
        parts.append(_unmarked(cell) if _SQL_MAGIC.match(cell) else _blank(cell))
        if number < len(marks):
            parts.append(_separator(marks[number].group()))
    joined = "".join(parts)
    return (Cell(path, joined),) if joined.replace(";", "").strip() else ()


def _unmarked(cell: str) -> str:
    sql = _MAGIC.sub(lambda found: " " * len(found.group()), cell)
    return sql.replace("%sql", "    ", 1)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _separator(mark: str) -> str:
    """A cell ends its statement."""
    return ";" + " " * (len(mark) - 1)


def ipython_notebook_cells(text: str, path: str) -> tuple[Cell, ...]:
    """The cells of an .ipynb file that begin with %sql, all of an SQL notebook; lines count within the cell."""
    if is_sql_notebook(text):
        return sql_notebook_cells(text, path)
    return tuple(_unmarked_cell(cell) for cell in _code_cells(text, path) if _is_sql(cell))


def is_sql_notebook(text: str) -> bool:
    """Whether an .ipynb file says that its cells are SQL."""
    metadata = _mapping(_document(text).get("metadata"))
    named = [
        _mapping(metadata.get("application/vnd.databricks.v1+notebook")).get("language"),
        _mapping(metadata.get("language_info")).get("name"),
        _mapping(metadata.get("kernelspec")).get("language"),
    ]
    return str(next((name for name in named if name), "")).lower() == "sql"


def sql_notebook_cells(text: str, path: str) -> tuple[Cell, ...]:
    """The cells of an SQL notebook in .ipynb form without those of another language."""
    cells = _code_cells(text, path)
    return tuple(_unmarked_cell(cell) for cell in cells if _is_sql(cell) or not cell.text.lstrip().startswith("%"))


def _is_sql(cell: Cell) -> bool:
    return cell.text.lstrip().startswith("%sql")


def _unmarked_cell(cell: Cell) -> Cell:
    return Cell(cell.name, cell.text.replace("%sql", "    ", 1)) if _is_sql(cell) else cell


def _code_cells(text: str, path: str) -> list[Cell]:
    cells = _document(text).get("cells")
    found: list[Cell] = []
    for number, cell in enumerate(cells if isinstance(cells, list) else (), start=1):
        entries = _mapping(cell)
        source = entries.get("source", "") if entries.get("cell_type", "code") == "code" else ""
        found.append(Cell(f"{path}#cell-{number}", "".join(source) if isinstance(source, list) else str(source)))
    return [cell for cell in found if cell.text.strip()]


def _document(text: str) -> Mapping[str, object]:
    try:
        return _mapping(json.loads(text))
    except ValueError:
        return {}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
