"""Pipeline files as Python source: plain files, notebooks in source format and `.ipynb`."""

from __future__ import annotations

import json
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import PipelineError, Place

_MAGIC_LINE = re.compile(r"^(?:%{1,2}|!)[A-Za-z]")
_CELL_LANGUAGES = frozenset(("sql", "python", "scala", "r", "md", "sh", "fs", "run"))
_CELL_BREAK = "# COMMAND ----------"
_MAGIC_COMMENT = "# MAGIC"


@dataclass(frozen=True)
class NotebookCell:
    """A cell of a notebook; `line` is where its text begins in the file."""

    language: str
    text: str
    line: int


def python_source(path: Path) -> str:
    """The Python code of a file with the same line numbers; notebook commands become blank lines."""
    if path.suffix == ".ipynb":
        return "\n".join(_without_magics(cell.text) for cell in _ipynb_cells(path) if cell.language == "python")
    return _without_magics(read_source(path))


def notebook_cells(path: Path) -> tuple[NotebookCell, ...]:
    """Cells by language (`python`, `sql`, `md`, …); a plain Python file is one Python cell."""
    if path.suffix == ".ipynb":
        return tuple(_ipynb_cells(path))
    return tuple(_source_cells(read_source(path)))


def read_source(path: Path) -> str:
    """The text of a Python file in its declared encoding."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError as error:
        raise PipelineError("MED259", "The pipeline file does not exist.", place=Place(str(path))) from error
    except (UnicodeDecodeError, SyntaxError) as error:
        raise PipelineError(
            "MED258", "The file is not text in the encoding it declares.", place=Place(str(path)), found=str(error)
        ) from error


def _without_magics(text: str) -> str:
    lines = text.split("\n")
    if not any(_MAGIC_LINE.match(line) for line in lines) or _compiles(text):
        return text
    return "\n".join("pass" if _MAGIC_LINE.match(line) else line for line in lines)


def _compiles(text: str) -> bool:
    try:
        compile(text, "<cell>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _source_cells(text: str) -> list[NotebookCell]:
    cells: list[NotebookCell] = []
    start, lines = 1, text.split("\n")
    for number, line in enumerate([*lines, _CELL_BREAK], start=1):
        if line.strip() == _CELL_BREAK:
            cell = _source_cell(lines[start - 1 : number - 1], start)
            cells += [cell] if cell.text.strip() else []
            start = number + 1
    return cells


def _source_cell(lines: list[str], start: int) -> NotebookCell:
    magic = [(start + i, line) for i, line in enumerate(lines) if line.startswith(_MAGIC_COMMENT)]
    if not magic:
        return NotebookCell("python", "\n".join(lines), start)
    text = "\n".join(line.removeprefix(_MAGIC_COMMENT).removeprefix(" ") for _, line in magic)
    return _magic_cell(text, magic[0][0])


def _magic_cell(text: str, line: int) -> NotebookCell:
    head, _, rest = text.partition("\n")
    if not head.startswith("%"):
        return NotebookCell("python", text, line)
    language, _, same_line = head[1:].partition(" ")
    if language not in _CELL_LANGUAGES:
        return NotebookCell("python", text, line)
    if same_line.strip():
        blank = " " * (len(language) + 2)
        return NotebookCell(language, f"{blank}{same_line}\n{rest}", line)
    return NotebookCell(language, rest, line + 1)


def _ipynb_cells(path: Path) -> list[NotebookCell]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PipelineError("MED258", "The notebook is not valid JSON.", place=Place(str(path))) from error
    cells: list[NotebookCell] = []
    line = 1
    for item in document.get("cells", []):
        source = item.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        if item.get("cell_type") == "code":
            cells.append(_magic_cell(text, line))
            line += text.count("\n") + 1
    return cells
