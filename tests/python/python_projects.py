"""Small projects for tests of the Python side."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

from medallion_toolkit.model import Dataset, Flow
from medallion_toolkit.python.recording import Recording, record


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Put the files below a folder; give the folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return root


def record_project(
    root: Path,
    *names: str,
    configuration: Mapping[str, str] | None = None,
    session: Callable[[], object] | None = None,
) -> Recording:
    """Record files of a project of catalog `shop`, schema `silver`, pipeline `ingest`."""
    return record(
        [root / name for name in names],
        root_path=root,
        configuration=configuration or {},
        catalog="shop",
        schema="silver",
        pipeline="ingest",
        session=session,
    )


def record_text(root: Path, text: str, configuration: Mapping[str, str] | None = None) -> Recording:
    """Record one file, `pipeline.py`, without errors."""
    recording = record_project(write(root, {"pipeline.py": text}), "pipeline.py", configuration=configuration)
    assert [str(error) for error in recording.errors] == []
    return recording


def dataset(recording: Recording, name: str) -> Dataset:
    """The one dataset of that name."""
    [found] = [item for item in recording.datasets if item.name == name]
    return found


def flow(recording: Recording, name: str) -> Flow:
    """The one flow of that name."""
    [found] = [item for item in recording.flows if item.name == name]
    return found


def reads(recording: Recording, name: str) -> tuple[tuple[str, str], ...] | None:
    """What a flow reads."""
    query = flow(recording, name).query
    assert query is not None
    return query.reads
