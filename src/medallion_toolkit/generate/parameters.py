"""Do the bundle's jobs hand over every parameter that the generated SQL reads?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import ConfigError, MedallionError, Place

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")


def missing_parameters(root: Path, files: Mapping[str, str]) -> list[MedallionError]:
    """An error for each task that runs one of these files without all it asks for; none without a bundle."""
    if not (root / "databricks.yml").is_file():
        return []
    from medallion_toolkit.project.bundle import load_bundle

    errors: list[MedallionError] = []
    for job, task, path, given in _sql_tasks(load_bundle(root)):
        asked = set(_PARAMETER.findall(files.get(path, "")))
        errors += [_missing(job, task, path, name) for name in sorted(asked - given)]
    return errors


def _sql_tasks(bundle: Bundle) -> Iterator[tuple[str, str, str, set[str]]]:
    """Job, task, file and parameter names of every task that runs an SQL file."""
    for key, job in bundle.jobs.items():
        for task in _dicts(job.get("tasks")):
            sql = task.get("sql_task")
            if isinstance(sql, Mapping) and isinstance(sql.get("file"), Mapping):
                parameters = sql.get("parameters")
                given = set(map(str, parameters)) if isinstance(parameters, Mapping) else set()
                yield key, str(task.get("task_key")), str(sql["file"].get("path")), given


def _dicts(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _missing(job: str, task: str, path: str, name: str) -> MedallionError:
    variable = f" and a variable {name} to databricks.yml" if name.startswith("group_") else ""
    return ConfigError(
        "MED324",
        f"the task {task} of job {job} does not hand over {name}",
        place=Place(f"resources/{job}.job.yml"),
        expected=f"{name} among the parameters of {path}",
        help=f"add it to the task's sql_task.parameters{variable}",
    )
