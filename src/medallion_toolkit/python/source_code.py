"""Pipeline files as Python source: plain files, notebooks in source format and `.ipynb`.

SQL cells of notebooks are read by `sql.notebooks`; here they are comments or left out.
"""

from __future__ import annotations

import json
import re
import tokenize
from pathlib import Path

from medallion_toolkit.errors import PipelineError, Place

_MAGIC_LINE = re.compile(r"^(?:%{1,2}|!)[A-Za-z]")
_CELL_MAGIC = re.compile(r"^\s*%{1,2}(?:sql|scala|r|md|sh|fs)\b")
_IGNORED = re.compile(r"^(?:# MAGIC )?(%{1,2}(?!md\b|pip\b)[A-Za-z]+.*?)\s*$")


def python_source(path: Path) -> str:
    """The Python code of a file with the same line numbers; notebook commands become `pass`."""
    text = _ipynb_code(path) if path.suffix == ".ipynb" else _read(path)
    lines = text.split("\n")
    if not any(_MAGIC_LINE.match(line) for line in lines):
        return text
    return "\n".join("pass" if _MAGIC_LINE.match(line) else line for line in lines)


def ignored_magics(path: Path) -> tuple[tuple[Place, str], ...]:
    """The cells and lines with magic commands that pipelines pass over: all but %pip and %md."""
    if path.suffix == ".ipynb":
        sources = enumerate(_code_cells(path), start=1)
        lines = [(Place(f"{path}#cell-{number}", 1), text.lstrip().split("\n")[0]) for number, text in sources]
    else:
        lines = [(Place(str(path), number), line) for number, line in enumerate(_read(path).split("\n"), start=1)]
    found = ((place, _IGNORED.match(line)) for place, line in lines)
    return tuple((place, match[1]) for place, match in found if match)


def _read(path: Path) -> str:
    try:
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError as error:
        raise PipelineError("MED259", "The pipeline file does not exist.", place=Place(str(path))) from error
    except (UnicodeDecodeError, SyntaxError) as error:
        raise PipelineError(
            "MED258", "The file is not text in the encoding it declares.", place=Place(str(path)), found=str(error)
        ) from error


def _ipynb_code(path: Path) -> str:
    """All code cells one after the other; cells of another language are left out."""
    return "\n".join(source for source in _code_cells(path) if source and not _CELL_MAGIC.match(source))


def _code_cells(path: Path) -> list[str]:
    """The text of every cell, empty for those that hold no code."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell.get("source", "")) if cell.get("cell_type") == "code" else "" for cell in cells]
    except FileNotFoundError as error:
        raise PipelineError("MED259", "The pipeline file does not exist.", place=Place(str(path))) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PipelineError("MED258", "The file is no notebook.", place=Place(str(path)), found=str(error)) from error
