"""A template that keeps its modules elsewhere: what the project changed in them follows, and nothing is lost."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from medallion_toolkit.scaffold.merging import Merged, merge
from medallion_toolkit.scaffold.moves import find_moves
from medallion_toolkit.scaffold.project import create_project, find_template
from medallion_toolkit.scaffold.prompts import SCHEMA
from medallion_toolkit.scaffold.template_versions import current_version, read_origin, recorded_text
from medallion_toolkit.scaffold.upgrading import Upgrade, Versions, merged_files, plan_upgrade, write_upgrade

OLD = "0.1.0"
ROWS = "".join(f"def rule_{number}(value):\n    return value > {number}\n\n" for number in range(6))
MASKS = "".join(f"def mask_{number}(value):\n    return '*' * {number}\n\n" for number in range(6))
BEFORE = {
    "databricks.yml": "bundle:\n  name: shop\n",
    "medallion/__init__.py": "from .rows import rule_0\n",
    "medallion/rows.py": ROWS,
    "medallion/masks.py": MASKS,
    "medallion/limits.py": "LIMIT = 10\n",
    "medallion/words.py": "WORDS = ('a', 'b')\n",
    "resources/daily.job.yml": "cron: 5\nname: daily\ntags: 1\nowner: x\n",
    "sql/silver/orders.sql": "SELECT 1\n",
}
AFTER = {
    "databricks.yml": "bundle:\n  name: shop\n",
    "medallion/__init__.py": "from .rules.rows import rule_0\n",
    "medallion/rules/__init__.py": "",
    "medallion/rules/rows.py": ROWS.replace("value > 3", "value >= 3"),
    "medallion/rules/masks.py": MASKS,
    "medallion/rules/words.py": "WORDS = ('a', 'b')\n",
    "resources/daily.job.yml": "cron: 5\nname: daily\ntags: 1\nowner: y\n",
    "sql/silver/orders.sql": "SELECT 2\n",
}


def encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        target = folder / "template" / "{{.project_name}}" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    shutil.copy(find_template() / SCHEMA, folder)


@pytest.fixture
def toolkit(tmp_path: Path) -> Path:
    """A toolkit with two versions of a small template."""
    write(tmp_path / "old", BEFORE)
    folder = tmp_path / "toolkit"
    write(folder, AFTER)
    (folder / "template_history").mkdir()
    with tarfile.open(folder / "template_history" / f"{OLD}.tar.gz", "w:gz") as archive:
        for path in (tmp_path / "old").iterdir():
            archive.add(path, path.name)
    return folder


@pytest.fixture
def project(tmp_path: Path, toolkit: Path) -> Path:
    """A project of the older version."""
    assert toolkit
    create_project(tmp_path, {"project_name": "shop"}, template=tmp_path / "old")
    return tmp_path / "shop"


def edit(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text()
    assert old in text
    (project / path).write_text(text.replace(old, new))


def tree(project: Path) -> dict[str, str]:
    return {str(path.relative_to(project)): path.read_text() for path in project.rglob("*") if path.is_file()}


def upgrade(project: Path, toolkit: Path) -> dict[str, Merged]:
    found = plan_upgrade(project, toolkit)
    write_upgrade(project, found)
    return {file.path: file for file in found.files}


def test_modules_that_nobody_changed_are_found_at_their_new_place_only(project: Path, toolkit: Path) -> None:
    upgrade(project, toolkit)
    settings = tree(project).pop("pyproject.toml")
    assert f'version = "{current_version()}"' in settings
    assert tree(project) == {**AFTER, "pyproject.toml": settings, "sql/silver/orders.sql": "SELECT 1\n"}


def test_a_change_follows_its_module(project: Path, toolkit: Path) -> None:
    edit(project, "medallion/rows.py", "value > 1", "value > 100")
    edit(project, "medallion/masks.py", "'*' * 2", "'#' * 2")
    files = upgrade(project, toolkit)
    assert tree(project)["medallion/rules/rows.py"] == AFTER["medallion/rules/rows.py"].replace("> 1\n", "> 100\n")
    assert tree(project)["medallion/rules/masks.py"] == MASKS.replace("'*' * 2", "'#' * 2")
    assert not (project / "medallion/rows.py").exists()
    assert not (project / "medallion/masks.py").exists()
    assert (files["medallion/rules/rows.py"].outcome, files["medallion/rules/rows.py"].was) == (
        "merged",
        "medallion/rows.py",
    )
    assert files["medallion/rows.py"].note == "now medallion/rules/rows.py"


def test_a_change_of_the_same_line_stands_between_markers_at_the_new_place(project: Path, toolkit: Path) -> None:
    edit(project, "medallion/rows.py", "value > 3", "value > 33")
    found = plan_upgrade(project, toolkit)
    write_upgrade(project, found)
    assert [file.path for file in found.conflicts] == ["medallion/rules/rows.py"]
    expected = (
        f"<<<<<<< this project\n    return value > 33\n||||||| template {OLD}\n    return value > 3\n=======\n"
        f"    return value >= 3\n>>>>>>> template {current_version()}\n"
    )
    assert expected in tree(project)["medallion/rules/rows.py"]
    assert not (project / "medallion/rows.py").exists()
    assert not plan_upgrade(project, toolkit).is_behind


def test_what_the_template_gave_up_goes_only_where_nobody_changed_it(project: Path, toolkit: Path) -> None:
    edit(project, "medallion/limits.py", "10", "20")
    (project / "medallion/own.py").write_text("MINE = 1\n")
    files = upgrade(project, toolkit)
    assert (files["medallion/limits.py"].outcome, tree(project)["medallion/limits.py"]) == ("kept", "LIMIT = 20\n")
    assert "the template has it no more" in files["medallion/limits.py"].note
    assert tree(project)["medallion/own.py"] == "MINE = 1\n"
    assert files["medallion/words.py"].outcome == "removed"


def test_a_file_at_the_new_place_is_not_written_over(project: Path, toolkit: Path) -> None:
    edit(project, "medallion/masks.py", "'*' * 2", "'#' * 2")
    (project / "medallion/rules").mkdir()
    (project / "medallion/rules/masks.py").write_text("MINE = 1\n")
    files = upgrade(project, toolkit)
    assert "MINE = 1\n" in tree(project)["medallion/rules/masks.py"]
    assert "'#' * 2" in tree(project)["medallion/masks.py"]
    assert "where a file was already" in files["medallion/masks.py"].note


CHANGED = (
    ("medallion/rows.py", "value > 3", "value > 33"), ("medallion/masks.py", "'*' * 2", "'#' * 2"),
    ("resources/daily.job.yml", "cron: 5", "cron: 6"), ("medallion/limits.py", "10", "20"),
)  # fmt: skip


@pytest.mark.parametrize(
    "stopped",
    ["medallion/__init__.py", "medallion/rules/rows.py", "medallion/rules/words.py", "resources/daily.job.yml",
     "pyproject.toml"],
)  # fmt: skip
def test_an_upgrade_that_was_cut_off_goes_on(project: Path, toolkit: Path, tmp_path: Path, stopped: str) -> None:
    for path, old, new in CHANGED:
        edit(project, path, old, new)
    whole = tmp_path / "whole"
    shutil.copytree(project, whole)
    upgrade(whole, toolkit)
    obstacle = project / stopped
    obstacle = obstacle.with_name(f".{obstacle.name}.upgrade")
    obstacle.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        upgrade(project, toolkit)
    assert plan_upgrade(project, toolkit).is_behind
    obstacle.rmdir()
    upgrade(project, toolkit)
    assert tree(project) == tree(whole)
    assert not list(project.rglob(".*.upgrade"))


def test_an_empty_folder_does_not_stay(project: Path, toolkit: Path) -> None:
    upgrade(project, toolkit)
    versions = Versions(encoded(AFTER), encoded(AFTER), encoded(BEFORE), "2", "1")
    back = Upgrade("2", "1", merged_files(versions), read_origin(project))
    (project / "medallion/rules/__pycache__").mkdir()
    write_upgrade(project, back)
    assert not (project / "medallion/rules").exists()


def test_line_ends_of_another_system_are_no_change_and_stay() -> None:
    base, new = "1\n2\n3\n4\n5\n", "1\n2\n3\n4\n6\n"
    mine = base.replace("\n", "\r\n")
    assert merge("a", base.encode(), mine.encode(), new.encode(), "1", "2") == Merged(
        "a", "updated", new.replace("\n", "\r\n").encode()
    )
    changed = merge("a", base.encode(), mine.replace("1", "0").encode(), new.encode(), "1", "2")
    assert (changed.outcome, changed.content) == ("merged", b"0\r\n2\r\n3\r\n4\r\n6\r\n")


def test_a_move_is_told_by_the_text_and_then_by_the_name() -> None:
    before = encoded({"m/a.py": ROWS, "m/b.py": MASKS})
    after = encoded({"m/x/b.py": ROWS, "m/x/a.py": ROWS, "m/x/c.sql": MASKS, "m/x/d.py": "pass\n"})
    assert find_moves(["m/a.py", "m/b.py"], before, after) == {"m/a.py": "m/x/a.py"}
    rewritten = encoded({"m/x/b.py": MASKS[:100] + ROWS, "m/x/c.py": MASKS[:100] + ROWS})
    assert find_moves(["m/b.py"], before, rewritten) == {"m/b.py": "m/x/b.py"}, "its name is a witness too"


def test_other_sections_of_the_settings_stay_wherever_they_are(project: Path) -> None:
    text = (
        recorded_text('[project]\nname = "shop"\n', read_origin(project)) + "\n# mine\n[tool.ruff]\nline-length = 99\n"
    )
    again = recorded_text(text, read_origin(project))
    assert again.startswith('[project]\nname = "shop"\n\n# mine\n[tool.ruff]\nline-length = 99\n\n# The template')
    assert again.count("[tool.medallion.template]") == again.count("# The template") == 1
    assert recorded_text(again, read_origin(project)) == again
