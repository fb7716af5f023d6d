"""The example is an overlay: what differs from an empty project, and no data. None of these tests reads the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from online_retail_project import EXAMPLE, Shop

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.generate.files import check_files
from medallion_toolkit.scaffold.project import create_project
from medallion_toolkit.testing.cases import find_cases
from medallion_toolkit.testing.running import run_case


@pytest.fixture
def shop(repository: Path, tmp_path: Path, session_source: SessionOnDemand) -> Shop:
    """The project before anything was delivered."""
    return Shop.create(repository, tmp_path, tmp_path, session_source)


def overlay_files(repository: Path) -> set[str]:
    files = (path for path in (repository / EXAMPLE).rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(repository / EXAMPLE).as_posix() for path in files}


def test_the_overlay_replaces_nothing_but_the_readme(repository: Path, tmp_path: Path) -> None:
    empty = create_project(tmp_path, {"project_name": "online_retail", "sample_data": "no"})
    names = {Path(file).relative_to("online_retail").as_posix() for file in empty.files}
    assert overlay_files(repository) & names == {"README.md"}


def test_the_overlay_holds_no_data_and_no_helper_modules(repository: Path) -> None:
    files = overlay_files(repository)
    assert {Path(file).suffix for file in files} == {".md", ".py", ".sql", ".yml"}
    assert [file for file in files if file.endswith(".py")] == ["deliver.py"]
    assert not any(file.startswith(("medallion/", "jobs/", "fixtures/")) for file in files)


def test_the_project_is_complete_before_any_data_arrives(shop: Shop) -> None:
    stored = {name for name in shop.project.display.values() if name.startswith(("bronze.", "silver.", "gold."))}
    assert len(stored) == 15
    assert {f"gold.{file.stem}" for file in (shop.folder / "sql" / "gold").glob("*.sql")} < stored
    assert check_files(shop.folder).is_current


@pytest.mark.spark
def test_the_examples_of_its_tables_hold(shop: Shop) -> None:
    results = [run_case(shop.opened(), case) for case in find_cases(shop.folder)]
    assert len(results) == 9
    assert [(result.case.name, result.lines) for result in results if not result.ok] == []
