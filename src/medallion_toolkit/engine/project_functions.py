"""The SQL functions that a project's own SQL makes: in job tasks, in other files, put together in scripts.

Nothing is read before a query calls a function that may be one of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.inputs import note_folder
from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.graph.names import split_name

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from medallion_toolkit.project.bundle import Bundle
    from medallion_toolkit.sql.functions import FunctionText
    from medallion_toolkit.sql.statements import Statement

_MADE = re.compile(r"\bFUNCTION\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w.`]+)", re.IGNORECASE)


@dataclass(frozen=True)
class JobScript:
    """An SQL file of the project outside of its pipelines, with the parameters its job task gives."""

    file: Path
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class ProjectFunction:
    """A function under its name in lower case, as far as the file says it: `catalog.schema.f`, or fewer parts."""

    name: str
    text: FunctionText
    catalog: str
    schema: str
    file: Path


@dataclass(frozen=True)
class ProjectFunctions:
    """Functions by name; `scripts` are searched when the first is asked for."""

    scripts: tuple[JobScript, ...] = ()
    _found: dict[str, ProjectFunction] = field(default_factory=dict)
    _problems: list[MedallionError] = field(default_factory=list)

    @cached_property
    def last_names(self) -> frozenset[str]:
        """Last parts of the names of all functions that the files may make, found without a session."""
        return frozenset(split_name(name)[-1] for script in self.scripts for name in _MADE.findall(script.text))

    def find(self, spark: SparkSession, name: str) -> ProjectFunction | None:
        """The function of that full name, None when no file makes it; MedallionError when its file cannot be read."""
        if split_name(name)[-1] not in self.last_names:
            return None
        self._load(spark)
        found = self._found.get(name) or next(
            (function for known, function in self._found.items() if name.endswith(f".{known}")), None
        )
        if found is None and self._problems:
            raise self._problems[0]
        if found is not None:
            note_folder(found.file)
        return found

    def _load(self, spark: SparkSession) -> None:
        if self._found or self._problems:
            return
        for script in self.scripts:
            if _MADE.search(script.text):
                try:
                    self._found.update({function.name: function for function in _functions(script, spark)})
                except MedallionError as error:
                    self._problems.append(error)


def project_functions(bundle: Bundle) -> ProjectFunctions:
    """The functions of every SQL file outside of the pipelines; parameters are those of the job task that runs it."""
    given = _task_parameters(bundle)
    of_pipelines = {file.resolve() for pipeline in bundle.pipelines for file in pipeline.files}
    paths = {file: file.relative_to(bundle.root).as_posix() for file in _sql_files(bundle)}
    scripts = (JobScript(file, paths[file], given.get(paths[file], {})) for file in sorted(paths))
    return ProjectFunctions(tuple(script for script in scripts if script.file.resolve() not in of_pipelines))


def _sql_files(bundle: Bundle) -> Iterator[Path]:
    """SQL files below the project's folder; folders that stand for volumes may be large and hold none."""
    data = {bundle.root / folder for folder in bundle.local.volumes.values()}
    for folder, folders, names in os.walk(bundle.root):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(folder, name) not in data]
        yield from (Path(folder, name) for name in names if name.endswith(".sql"))


def _task_parameters(bundle: Bundle) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for job in bundle.jobs.values():
        tasks = job.get("tasks")
        for task in tasks if isinstance(tasks, (list, tuple)) else ():
            sql = task.get("sql_task") if isinstance(task, dict) else None
            file = sql.get("file") if isinstance(sql, dict) else None
            if isinstance(sql, dict) and isinstance(file, dict):
                path = "/".join(part for part in str(file.get("path", "")).split("/") if part not in ("..", "."))
                found[path] = {str(key): str(value) for key, value in dict(sql.get("parameters") or {}).items()}
    return found


def _functions(script: JobScript, spark: SparkSession) -> Iterator[ProjectFunction]:
    from medallion_toolkit.sql.functions import read_function
    from medallion_toolkit.sql.markers import identifier_text
    from medallion_toolkit.sql.reader import read_sql

    catalog = schema = ""
    for statement in read_sql(script.text, script.path).statements:
        place = Place(script.path, statement.span.line, statement.span.column)
        if statement.kind == "use":
            written = statement.clauses
            catalog = _value(written.get("catalog", catalog), script, place)
            schema = _value(written.get("schema", schema), script, place)
            continue
        for text in _made_texts(statement, script, place, spark):
            function = read_function(text, place)
            if function is None or function.temporary:
                continue
            name = identifier_text(function.name, script.parameters, place) or function.name
            parts = [part.lower() for part in (catalog, schema) if part][: max(0, 3 - len(split_name(name)))]
            full = (*parts, *split_name(name))
            # Without USE, names in the body are looked for beside the function.
            own_catalog, own_schema = full[:2] if len(full) == 3 else ("", "")
            yield ProjectFunction(".".join(full), function, catalog or own_catalog, schema or own_schema, script.file)


def _value(written: str, script: JobScript, place: Place) -> str:
    from medallion_toolkit.sql.markers import identifier_text

    return identifier_text(written, script.parameters, place) or written


def _made_texts(statement: Statement, script: JobScript, place: Place, spark: SparkSession) -> tuple[str, ...]:
    """Texts of CREATE statements: the statement itself, or what a straight script executes."""
    from medallion_toolkit.engine.spark_errors import translated
    from medallion_toolkit.sql.markers import fill_markers
    from medallion_toolkit.sql.scripts import executed_texts

    text = script.text[statement.span.start : statement.span.end]
    if not _MADE.search(text):
        return ()
    expressions = executed_texts(text)
    if expressions is None:
        return (fill_markers(text, script.parameters, place),) if text.lstrip()[:6].upper() == "CREATE" else ()
    filled = (fill_markers(expression, script.parameters, place) for expression in expressions)
    with translated(place):
        row = spark.sql(f"SELECT {', '.join(filled)}").collect()[0]
    return tuple(str(value) for value in row)
