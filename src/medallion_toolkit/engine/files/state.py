"""What is remembered about a file source between runs: its schema, its partitions, the files judged so far."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Schema = Mapping[str, object]


@dataclass(frozen=True)
class SourceState:
    """`schema` is what readers see, `stored` what typed files hold; both as Spark's JSON.

    `seen` are paths whose columns were looked at, `before` those that stood there when a source without its
    existing files was first read. `options` are the source's own, as text.
    """

    schema: Schema | None = None
    stored: Schema | None = None
    partitions: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    before: frozenset[str] | None = None
    options: str = ""


def read_state(path: Path) -> SourceState:
    """The state kept at `path`; an empty one when there is none."""
    if not path.exists():
        return SourceState()
    document: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    if document.get("type") == "struct":
        return SourceState(schema=document)
    return SourceState(
        _mapping(document.get("schema")),
        _mapping(document.get("stored")),
        {name: str(kind) for name, kind in (_mapping(document.get("partitions")) or {}).items()},
        _names(document.get("seen")) or frozenset(),
        _names(document.get("before")),
        str(document.get("options", "")),
    )


def write_state(path: Path, state: SourceState) -> None:
    """Keep the state; a run that is killed leaves the old one or the new one."""
    document = {
        "schema": state.schema,
        "stored": state.stored,
        "partitions": dict(state.partitions),
        "seen": sorted(state.seen),
        "before": None if state.before is None else sorted(state.before),
        "options": state.options,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(document), encoding="utf-8")
    beside.replace(path)


def _mapping(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, dict) else None


def _names(value: object) -> frozenset[str] | None:
    return frozenset(str(name) for name in value) if isinstance(value, list) else None
