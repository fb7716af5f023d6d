"""Fields of a bundle's resources, variables and identity that a change alters; values that look secret are hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.plan.hiding import without_secrets
from medallion_toolkit.plan.model import ResourceChange

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

WHOLE = "(all)"
# What tells the entries of a list apart, the first that every entry has.
_KEYS = ("task_key", "job_cluster_key", "environment_key", "key", "name")


def bundle_changes(before: Bundle, after: Bundle) -> Iterator[ResourceChange]:
    """What differs between two states of one target: resources, variables, who runs it and where it is kept."""
    yield from resource_changes(before.resources, after.resources)
    was, now = ({"variables": one.variables, "bundle": _identity(one)} for one in (before, after))
    yield from resource_changes(was, now)


def _identity(bundle: Bundle) -> Mapping[str, object]:
    return {"run_as": bundle.run_as, "mode": bundle.mode, "workspace": bundle.workspace}


def resource_changes(before: object, after: object, path: tuple[str, ...] = ()) -> Iterator[ResourceChange]:
    """Every field that differs, lists of tasks and the like entry by entry; a resource that is new or gone whole."""
    if before == after:
        return
    was, now = _entries(before), _entries(after)
    is_whole = len(path) >= 2 and (before is None or after is None) and (len(path) == 2 or path[-1].endswith("]"))
    if was is None or now is None or is_whole:
        yield _change(path, before, after)
        return
    for key in sorted({*was, *now}):
        yield from resource_changes(was.get(key), now.get(key), _below(path, key))


def _below(path: tuple[str, ...], key: str) -> tuple[str, ...]:
    return (*path[:-1], f"{path[-1]}{key}") if key.startswith("[") else (*path, key)


def _entries(value: object) -> Mapping[str, object] | None:
    """A mapping, also of a keyed list; nothing is an empty one; None for values and plain lists."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    if not isinstance(value, list | tuple) or not value or not all(isinstance(one, Mapping) for one in value):
        return None
    key = next((name for name in _KEYS if all(name in one for one in value)), None)
    return None if key is None else {f"[{one[key]}]": one for one in value}


def _change(path: tuple[str, ...], before: object, after: object) -> ResourceChange:
    resource, field = ".".join(path[:2]), ".".join(path[2:])
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        told = ("there" if before is not None else None, "new" if after is not None else None)
        return ResourceChange(resource, field or WHOLE, *told)
    field = field or ("value" if path[0] == "variables" else WHOLE)
    name = f"{path[1]}.{field}" if len(path) > 1 else field
    was, now = (text and without_secrets(name, text) for text in (_text(before, after), _text(after, before)))
    return ResourceChange(resource, field, was, f"{now} (another)" if was == now else now)


def _text(value: object, other: object) -> str | None:
    """A value on one line; of a list only what the other list does not have."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        known = other if isinstance(other, Sequence) and not isinstance(other, str) else ()
        own = [_text(one, None) or "" for one in value if one not in known]
        return ", ".join(own) or "the same in another order" if value else "nothing"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(one, None)}" for key, one in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)
