"""The wheel carries the whole template: a project from the installed package equals one from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from medallion_toolkit.scaffold.project import create_project, find_template


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode) for path in files}


def test_a_project_made_by_the_wheel_is_the_same(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(tmp_path), str(find_template())], check=True)
    (wheel,) = tmp_path.glob("medallion_toolkit-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    command = "from medallion_toolkit.cli.new import new; import typer; typer.run(new)"
    arguments = ["shop", "--output-dir", str(tmp_path / "wheel")]
    subprocess.run([sys.executable, "-c", command, *arguments], check=True, env=environment, cwd=tmp_path)
    create_project(tmp_path / "checkout", {"project_name": "shop"})
    assert contents(tmp_path / "wheel") == contents(tmp_path / "checkout")
