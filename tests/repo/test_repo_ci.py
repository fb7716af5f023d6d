"""`.ci/run` fails, with a reason, where something it needs cannot be had; `make help` names every target."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from repository import ROOT


def run_ci(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", ".ci/run"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def path_without(folder: Path, *left_out: str) -> str:
    """A PATH with the commands `.ci/run` starts with, but some."""
    folder.mkdir()
    for name in {"bash", "dirname", "sed", "java", "go"} - set(left_out):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def test_ci_fails_without_the_online_retail_data(tmp_path: Path) -> None:
    result = run_ci({"ONLINE_RETAIL_DIR": str(tmp_path)})
    assert result.returncode == 1
    assert f"no online retail data in {tmp_path}" in result.stderr


def test_ci_fails_without_java_and_without_go(tmp_path: Path) -> None:
    (tmp_path / "by-day").mkdir()
    for command in ("java", "go"):
        result = run_ci({"ONLINE_RETAIL_DIR": str(tmp_path), "PATH": path_without(tmp_path / f"no-{command}", command)})
        assert (result.returncode, result.stderr.strip()) == (1, f"ci: {command} is missing")


def test_ci_fails_with_an_old_java(tmp_path: Path) -> None:
    (tmp_path / "by-day").mkdir()
    folder = path_without(tmp_path / "bin", "java")
    old = Path(folder) / "java"
    old.write_text("#!/bin/bash\necho 'openjdk version \"11.0.2\"' >&2\n", encoding="utf-8")
    old.chmod(0o755)
    result = run_ci({"ONLINE_RETAIL_DIR": str(tmp_path), "PATH": folder})
    assert (result.returncode, result.stderr.strip()) == (
        1,
        "ci: Java 17 or newer is needed, found 11; install a JDK 17",
    )


def test_a_missing_browser_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    folder = path_without(tmp_path / "bin")
    script = ["bash", "scripts/find_browser.sh"]
    result = subprocess.run(
        script, cwd=ROOT, env={"PATH": folder}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stdout) == (3, "")
    assert "MEDALLION_BROWSER=/path/to/chromium" in result.stderr


def test_make_help_lists_the_targets() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "tools", "demo", "test", "test-fast", "test-long", "lint", "bench", "bench-NAME"):
        assert f"make {target} " in shown
