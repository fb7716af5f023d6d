"""The tables that SQL of a bundle's jobs reads: files of SQL tasks and SQL notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.plan.readers import Reader, ReadingQuery
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.markers import identifier_text, named_relation
from medallion_toolkit.sql.relations import relations_of
from medallion_toolkit.sql.splitting import Chunk, split_statements

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

# What `medallion generate` writes follows the contracts, so it is no reader of its own.
_GENERATED = "-- Written from contracts/ by: medallion generate"
# Tasks that read no table, or one that is told under its own resource.
_ELSEWHERE = ("pipeline_task", "run_job_task", "condition_task", "dashboard_task", "alert_task")
_Parts = tuple[list[ReadingQuery], list[str]]


def job_readers(bundle: Bundle) -> tuple[list[Reader], list[str]]:
    """Tasks of jobs that read tables by SQL, and tasks whose tables cannot be told."""
    readers: list[Reader] = []
    unread: list[str] = []
    for key, job in bundle.jobs.items():
        for task in _tasks(job.get("tasks")):
            name = f"job {key} ({task.get('task_key')})"
            queries, problems = _read_task(bundle, task)
            readers += [Reader(name, tuple(queries))] if queries else []
            unread += [f"{name}: {problem}" for problem in problems]
    return readers, unread


def _tasks(tasks: object) -> Iterator[Mapping[str, object]]:
    for task in tasks if isinstance(tasks, list | tuple) else ():
        inner = task.get("for_each_task")
        yield inner["task"] if isinstance(inner, Mapping) and isinstance(inner.get("task"), Mapping) else task


def _read_task(bundle: Bundle, task: Mapping[str, object]) -> _Parts:
    kind = next((name for name in task if name.endswith("_task")), "")
    stated = task.get(kind)
    if kind in ("", *_ELSEWHERE) or not isinstance(stated, Mapping):
        return [], []
    parameters = stated.get("parameters" if kind == "sql_task" else "base_parameters")
    values = {str(name): str(value) for name, value in parameters.items()} if isinstance(parameters, Mapping) else {}
    file = stated.get("file") if kind == "sql_task" else None
    path = str(file.get("path", "")) if isinstance(file, Mapping) else ""
    if kind == "notebook_task" and str(stated.get("notebook_path", "")).endswith(".sql"):
        path = str(stated["notebook_path"])
    if not path:
        told = {"sql_task": "a saved query of the workspace", "notebook_task": "a notebook"}
        own = kind == "sql_task" and ("alert" in stated or "dashboard" in stated)
        return [], [] if own else [f"{told.get(kind, kind.removesuffix('_task').replace('_', ' '))} is not read"]
    if not (bundle.root / path).is_file():
        return [], [f"there is no file {path}"]
    return _read_file(bundle.root / path, path, values)


def _read_file(file: Path, path: str, values: Mapping[str, str]) -> _Parts:
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    if _GENERATED in text:
        return [], []
    queries: list[ReadingQuery] = []
    problems: list[str] = []
    lines, schema = Lines(text, path), ""
    for chunk in split_statements(text):
        place = Place(path, lines.position(chunk.start)[0])
        try:
            schema = _used_schema(chunk, values, place) or schema
            names = _tables(chunk, lines, values, place)
        except MedallionError as error:
            problems.append(f"not understood   {error.place or place} ({error.code})")
            continue
        if names is None:
            problems.append(f"names of tables are known only when it runs   {place}")
        elif names:
            whole = tuple(f"{schema}.{name}" if schema and "." not in name else name for name in names)
            queries.append(ReadingQuery(whole, ((chunk.text, place),)))
    return queries, problems


def _used_schema(chunk: Chunk, values: Mapping[str, str], place: Place) -> str | None:
    """The schema that `USE SCHEMA x` or `USE SCHEMA IDENTIFIER(:x)` makes the default, else None."""
    keys = [token.key for token in chunk.tokens[:3]]
    if len(keys) < 3 or keys[0] != "USE" or keys[1] not in ("SCHEMA", "DATABASE"):
        return None
    written = chunk.text[chunk.tokens[2].start - chunk.start :]
    return identifier_text(written, values, place) if keys[2] == "IDENTIFIER" else written


def _tables(chunk: Chunk, lines: Lines, values: Mapping[str, str], place: Place) -> tuple[str, ...] | None:
    """Tables that a statement reads; None where only a run tells."""
    keys = {token.key for token in chunk.tokens}
    if chunk.tokens[0].key == "BEGIN" or {"EXECUTE", "IMMEDIATE"} <= keys:
        return None
    found = [named_relation(one, values, place) for one in relations_of(chunk.tokens, lines, 0)]
    if any(one.name == "IDENTIFIER" for one in found):
        return None
    return tuple(_filled(one.name, values) for one in found if one.kind == "table")


def _filled(name: str, values: Mapping[str, str]) -> str:
    """`{{silver}}.orders` with the value of the parameter."""
    for parameter, value in values.items():
        name = name.replace("{{" + parameter + "}}", value)
    return name
