"""Paths of resources, rewritten to count from the bundle's folder as the CLI does."""

from __future__ import annotations

import os
import re
from pathlib import Path

from medallion_toolkit.project.nodes import Node

_PATTERNS = {
    "pipelines": ("root_path", "libraries.*.glob.include", "libraries.*.file.path", "libraries.*.notebook.path"),
    "jobs": tuple(
        f"tasks.*.{prefix}{field}"
        for prefix in ("", "for_each_task.task.")
        for field in (
            "sql_task.file.path",
            "notebook_task.notebook_path",
            "spark_python_task.python_file",
            "dbt_task.project_directory",
        )
    ),
    "dashboards": ("file_path",),
    "genie_spaces": ("file_path",),
    "alerts": ("file_path",),
}
_KEPT = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|/|\$\{)")


def relative_to_bundle(kind: str, node: Node, folder: Path) -> Node:
    """The resource with every relative path counted from the bundle's folder."""
    if kind == "jobs" and node.get("git_source") is not None:
        return node
    for pattern in _PATTERNS.get(kind, ()):
        node = _rewritten(node, pattern.split("."), folder)
    return node


def _rewritten(node: Node, steps: list[str], folder: Path) -> Node:
    if not steps:
        return _from_bundle(node, folder)
    first, rest = steps[0], steps[1:]
    if first == "*":
        return Node(tuple(_rewritten(item, rest, folder) for item in node.items), node.place)
    child = node.get(first)
    if child is None:
        return node
    return Node({**node.entries, first: _rewritten(child, rest, folder)}, node.place)


def _from_bundle(node: Node, folder: Path) -> Node:
    text = node.text
    if text is None or _KEPT.match(text):
        return node
    written_in = Path(node.place.path).parent
    return Node(Path(os.path.relpath(written_in / text, folder)).as_posix(), node.place)
