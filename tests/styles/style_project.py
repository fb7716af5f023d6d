"""Projects in the styles that bundles are written in, run in the test's process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from engine.local_project import LocalProject
from small_project import write_files

from medallion_toolkit.engine.session import SessionOnDemand


def texts(files: Mapping[str, str]) -> dict[str, str]:
    """The files without the indentation they have in a test."""
    return {name: dedent(text).lstrip("\n") for name, text in files.items()}


def notebook(*cells: str, language: str = "python") -> str:
    """An .ipynb file with these code cells."""
    metadata = {"application/vnd.databricks.v1+notebook": {"language": language}}
    code = [{"cell_type": "code", "source": dedent(cell).strip("\n").splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": code, "metadata": metadata, "nbformat": 4})


class StyleProject(LocalProject):
    """A project made of nothing but the given files."""

    def __init__(self, root: Path, source: SessionOnDemand, files: Mapping[str, str]) -> None:
        write_files(root, texts(files))
        self.root, self.source = root, source

    def outcomes(self, **options: object) -> dict[str, str]:
        """What became of each dataset, by name without the catalog; the error's text where there is one."""
        found = self.results(**options)
        return {name: str(one.error) if one.error else one.outcome for name, one in found.items()}


def lines(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as a JSON lines file."""
    return "".join(json.dumps(row) + "\n" for row in rows)
