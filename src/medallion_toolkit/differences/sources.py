"""Differences in the text of pipeline files: old names, streams, file sources, cells that pipelines pass over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from medallion_toolkit.differences.model import Difference
from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.model import Relation
from medallion_toolkit.sql.statements import Statement

_STREAM = "new rows since the last run, by Structured Streaming with a checkpoint under .medallion"
_FILES = "files of the mapped local folder, each read once by a stream"
RECORDED = "recorded rows, the files that [tool.medallion.local.sources] names"
FILE_FUNCTIONS = ("read_files", "cloud_files", "path")
_PASSED_OVER = "pipelines pass over the cell, here and in the workspace"
_SQL_MAGIC = re.compile(r"^-- MAGIC (%(?!md\b|pip\b|sql\b)\w+)", re.MULTILINE)
_READS = {
    "cloudFiles": ("cloudFiles", _FILES),
    "readStream": ("readStream", _STREAM),
}


def sql_differences(file: Path, path: str) -> Iterator[Difference]:
    """What one SQL file or SQL notebook says that is done by other means here."""
    from medallion_toolkit.sql.notebooks import Cell, sql_notebook_cells
    from medallion_toolkit.sql.reader import read_sql

    text = file.read_text(encoding="utf-8-sig", errors="replace")
    cells = sql_notebook_cells(text, path) if file.suffix == ".ipynb" else (Cell(path, text),)
    for cell in cells:
        for match in _SQL_MAGIC.finditer(cell.text):
            line = cell.text.count("\n", 0, match.start()) + 1
            yield Difference("not_shown", f"cell with {match[1]}", _PASSED_OVER, Place(cell.name, line))
        for statement in read_sql(cell.text, cell.name).statements:
            yield from _statement(statement, cell.name)


def _statement(statement: Statement, path: str) -> Iterator[Difference]:
    place = Place(path, statement.span.line, statement.span.column)
    if statement.live:
        words = "STREAMING LIVE TABLE" if statement.kind == "streaming_table" else "LIVE TABLE or VIEW"
        meaning = f"the old words for a {statement.kind.replace('_', ' ')}"
        yield Difference("translated", words, meaning, place)
    if statement.source is not None:
        yield from _relation(statement.source, path)
    for relation in statement.query.relations if statement.query else ():
        yield from _relation(relation, path)


def _relation(relation: Relation, path: str) -> Iterator[Difference]:
    place = Place(path, relation.span.line, relation.span.column)
    if relation.kind == "files":
        meaning = _FILES if relation.name.lower() in FILE_FUNCTIONS else RECORDED
        yield Difference("translated", f"{relation.name}(…)", meaning, place)
        return
    if relation.name.upper().startswith("IDENTIFIER"):
        yield Difference("translated", "IDENTIFIER(…)", "the name that the pipeline's parameters give", place)
    if relation.kind == "table" and relation.mode == "stream":
        yield Difference("translated", "STREAM", _STREAM, place)
    if relation.kind == "table" and relation.name.lower().startswith("live."):
        yield Difference("translated", "LIVE.name", "the dataset of that name in the pipeline", place)


def python_differences(file: Path, path: str) -> Iterator[Difference]:
    """What one Python file says that is done by other means here; files that are no Python say nothing."""
    from medallion_toolkit.python.source_code import python_source

    try:
        module = ast.parse(python_source(file), path)
    except (SyntaxError, MedallionError):
        return
    for node in ast.walk(module):
        found = _python(node)
        if found is not None:
            place = Place(path, node.lineno, node.col_offset + 1) if isinstance(node, ast.stmt | ast.expr) else None
            yield Difference("translated", found[0], found[1], place)


def _python(node: ast.AST) -> tuple[str, str] | None:
    imports = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if "dlt" in imports or (isinstance(node, ast.ImportFrom) and node.module == "dlt"):
        return "import dlt", "the old name of pyspark.pipelines"
    if isinstance(node, ast.Attribute):
        return _READS.get(node.attr)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _READS.get(node.value)
    return None
