"""examples/decorated is an overlay without data of others, and commands understand what its functions make."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from medallion_toolkit.errors import UsageError
from medallion_toolkit.generate.files import check_files
from medallion_toolkit.generate.rendering import render
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.lint.running import lint
from medallion_toolkit.report.describing import describe
from medallion_toolkit.scaffold.project import create_project

EXAMPLE = Path("examples/decorated")


@pytest.fixture
def folder(repository: Path, tmp_path: Path) -> Path:
    """An empty project of the template with the example laid over it."""
    create_project(tmp_path, {"project_name": "parcels", "sample_data": "no"})
    shutil.copytree(repository / EXAMPLE, tmp_path / "parcels", dirs_exist_ok=True)
    return tmp_path / "parcels"


def test_the_overlay_replaces_nothing_but_the_readme(repository: Path, tmp_path: Path) -> None:
    empty = create_project(tmp_path, {"project_name": "parcels", "sample_data": "no"})
    names = {Path(file).relative_to("parcels").as_posix() for file in empty.files}
    own = {path.relative_to(repository / EXAMPLE).as_posix() for path in (repository / EXAMPLE).rglob("*.*")}
    assert {one for one in own if not one.endswith(".pyc")} & names == {"README.md"}


def test_job_sql_does_not_change_and_lint_finds_nothing(folder: Path) -> None:
    assert check_files(folder).is_current
    assert lint(folder).findings == ()


def test_what_the_example_makes_is_described(folder: Path) -> None:
    project = load_project(folder)
    scans = describe(project, "silver.scans")
    assert (scans.made_by, scans.makes) == ("python/parcels.py", ("silver.scans", "silver.scans_quarantine"))
    assert [one.split()[0] for one in scans.decorators] == ["@silver", "@validate", "@reference_check", "@test"]
    lines = (folder / "python" / "parcels.py").read_text(encoding="utf-8").splitlines()
    for one in scans.decorators:
        name, _, line = one.rpartition(":")
        assert lines[int(line) - 1].startswith(name.split()[0])
    depots = describe(project, "silver.depots_quarantine")
    assert depots.makes == ("silver.depots_quarantine", "silver.depots_checked (no readers)", "silver.depots")
    assert "@slowly_changing_dimension" in "".join(depots.decorators)


def test_what_the_example_makes_is_rendered(folder: Path) -> None:
    scans = render(folder, "silver.scans").sql
    assert "FROM scans()" in scans
    assert "LEFT JOIN (SELECT DISTINCT" in scans
    assert "CREATE OR REFRESH STREAMING TABLE dev_local_silver.scans_quarantine\nCOMMENT" in scans
    assert render(folder, "silver.scans_quarantine").sql == scans
    assert "AS AUTO CDC INTO dev_local_silver.depots" in render(folder, "silver.depots").sql
    with pytest.raises(UsageError, match=r"there is no contract gold\.nowhere"):
        render(folder, "gold.nowhere")
