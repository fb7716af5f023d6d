"""SQL cells of notebooks, with the positions they have in their file."""

from __future__ import annotations

import json
import re
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
    """The cells of an .ipynb file that begin with %sql; lines count within the cell."""
    try:
        document = json.loads(text)
    except ValueError:
        return ()
    cells = document.get("cells") if isinstance(document, dict) else None
    found: list[Cell] = []
    for number, cell in enumerate(cells if isinstance(cells, list) else ()):
        is_code = isinstance(cell, dict) and cell.get("cell_type", "code") == "code"
        source = cell.get("source", "") if is_code else ""
        joined = "".join(source) if isinstance(source, list) else str(source)
        if joined.lstrip().startswith("%sql"):
            found.append(Cell(f"{path}#cell-{number + 1}", joined.replace("%sql", "    ", 1)))
    return tuple(found)
