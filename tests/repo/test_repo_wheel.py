"""The wheel carries the template, and works in an environment that has never seen this checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from repository import ROOT, repository_files, shown

CARRIED = ("template/", "template_history/", "library/", "databricks_template_schema.json")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True)
    (built,) = folder.glob("medallion_toolkit-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are read from this one, the checkout is not."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, text=True)
    packages = next((folder / "lib").glob("python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def test_wheel_has_every_file_of_the_template_unchanged(wheel: Path) -> None:
    prefix = "medallion_toolkit/_template/"
    with zipfile.ZipFile(wheel) as archive:
        carried = {
            name.removeprefix(prefix): archive.read(name) for name in archive.namelist() if name.startswith(prefix)
        }
    expected = {shown(path): path.read_bytes() for path in repository_files() if shown(path).startswith(CARRIED)}
    assert sorted(carried) == sorted(expected)
    assert [name for name, content in expected.items() if carried[name] != content] == []
    assert "template/{{.project_name}}/medallion/__init__.py" in carried


def test_wheel_has_licence_notice_and_the_report_page(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.rpartition("/")[2] for name in names if "dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert "medallion_toolkit/report/templates/report.html.j2" in names
    assert [name for name in names if name.startswith(("tests", "scripts", "sample_data"))] == []


def test_a_project_is_made_from_the_wheel_alone(environment: Path, tmp_path: Path) -> None:
    python = environment / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import medallion_toolkit; print(medallion_toolkit.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert Path(where.strip()).is_relative_to(environment)
    medallion = environment / "bin" / "medallion"
    made = subprocess.run(
        [medallion, "new", "shop"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "shop" / "databricks.yml").is_file()
    assert (tmp_path / "shop" / "medallion" / "__init__.py").is_file()
