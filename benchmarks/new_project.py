"""A project for a benchmark, made by the commands that everybody makes one with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def new_project(folder: Path, name: str, files: Mapping[str, str]) -> Path:
    """The project `name` below `folder` with these files and all that is generated from them, without rows."""
    command = str(Path(sys.executable).with_name("medallion"))
    answers = ["new", name, "--output-dir", str(folder), "--set", "sample_data=no"]
    subprocess.run([command, *answers], check=True, capture_output=True)
    project = folder / name
    for file, text in files.items():
        path = project / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    subprocess.run([command, "generate"], cwd=project, check=True, capture_output=True)
    return project
