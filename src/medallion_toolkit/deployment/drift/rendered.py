"""A rendered bundle as fields by their names, without what every workspace and person has otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Any
KEYS = ("task_key", "job_cluster_key", "environment_key", "name", "key")
PLACES = ("artifact_path", "file_path", "resource_path", "state_path", "root_path")


def without_places(bundle: Json) -> Json:
    """The resources of a rendered bundle, with its folders and the person who rendered it named instead of spelled.

    >>> without_places({"workspace": {"root_path": "/r"}, "resources": {"jobs": {"a": {"file": "/r/x.sql"}}}})
    {'jobs': {'a': {'file': '${workspace.root_path}/x.sql'}}}
    """
    workspace = bundle.get("workspace") or {}
    user = workspace.get("current_user") or {}
    names = {str(workspace[key]): f"${{workspace.{key}}}" for key in PLACES if workspace.get(key)}
    if user.get("userName"):
        names[str(user["userName"])] = "${workspace.current_user.userName}"
    return _replaced(bundle.get("resources") or {}, names)


def fields_of(resources: Json) -> Mapping[str, Json]:
    """Every value by its name, as the CLI's plan would call it: `resources.jobs.daily.tasks[task_key='gold'].…`."""
    return dict(_fields("resources", resources))


def _replaced(value: Json, names: Mapping[str, str]) -> Json:
    if isinstance(value, Mapping):
        return {key: _replaced(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, names) for one in value]
    if isinstance(value, str):
        for text, name in names.items():
            value = value.replace(text, name)
    return value


def _fields(name: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _fields(f"{name}.{key}", one)
    elif isinstance(value, list) and value:
        key = _key_of(value)
        for index, one in enumerate(value):
            yield from _fields(f"{name}[{key}='{one[key]}']" if key else f"{name}[{index}]", one)
    else:
        yield name, value


def _key_of(values: list[Json]) -> str | None:
    """The field that tells the entries of a list apart, None where they are known by their place only."""
    if not all(isinstance(one, Mapping) for one in values):
        return None
    return next((key for key in KEYS if len({one.get(key) for one in values} - {None}) == len(values)), None)
