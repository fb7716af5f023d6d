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
_RUN = re.compile(r"^(?:# MAGIC )?%run\s+(.+?)\s*$")


def python_source(path: Path) -> str:
    """The Python code of a file with the same line numbers; notebook commands become `pass`."""
    text = _ipynb_code(path) if path.suffix == ".ipynb" else _read(path)
    lines = text.split("\n")
    if not any(_MAGIC_LINE.match(line) for line in lines):
        return text
    return "\n".join("pass" if _MAGIC_LINE.match(line) else line for line in lines)


def run_commands(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and argument of every `%run` of another notebook."""
    text = _ipynb_code(path) if path.suffix == ".ipynb" else _read(path)
    found = ((number, _RUN.match(line)) for number, line in enumerate(text.split("\n"), start=1))
    return tuple((number, match[1]) for number, match in found if match)


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
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell.get("source", "")) for cell in cells if cell.get("cell_type") == "code"]
    except FileNotFoundError as error:
        raise PipelineError("MED259", "The pipeline file does not exist.", place=Place(str(path))) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PipelineError("MED258", "The file is no notebook.", place=Place(str(path)), found=str(error)) from error
    return "\n".join(source for source in sources if not _CELL_MAGIC.match(source))
