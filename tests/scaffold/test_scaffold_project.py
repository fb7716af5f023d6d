"""`medallion new`: whole projects, and nothing half written."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import product
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from medallion_toolkit.cli.new import new
from medallion_toolkit.errors import UsageError
from medallion_toolkit.scaffold.project import NewProject, create_project, find_template
from medallion_toolkit.scaffold.tree import path_pattern, render_tree

app = typer.Typer()
app.command()(new)

PRINCIPAL = "aaaaaaaa-bbbb-4ccc-dddd-eeeeeeeeeeee"
COMBINATIONS = [
    {"sample_data": sample, "service_principal": principal, "notification_address": address}
    for sample, principal, address in product(("yes", "no"), ("", PRINCIPAL), ("", "data@example.org"))
]


def small_template(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def snapshot(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("answers", COMBINATIONS, ids=lambda answers: "-".join(filter(None, answers.values())))
def test_every_combination_gives_yaml_and_no_braces_of_the_template(tmp_path: Path, answers: dict[str, str]) -> None:
    made = create_project(tmp_path, {**answers, "project_name": "shop"})
    for name in made.files:
        text = (tmp_path / name).read_bytes().decode("utf-8", errors="replace")
        assert not re.search(r"\{\{[-. ]*(\.|if|else|end|skip)", text), name
        if name.endswith(".yml"):
            assert yaml.safe_load(text), name


def test_the_empty_project_has_the_folders_and_the_helpers_and_no_table(tmp_path: Path) -> None:
    made = create_project(tmp_path, {"project_name": "shop", "sample_data": "no"})
    tables = [
        name for name in made.files if re.match(r"shop/(sql|contracts|tests|fixtures/landing|fixtures/next)/", name)
    ]
    assert tables == [
        "shop/contracts/gold/.gitkeep",
        "shop/contracts/silver/.gitkeep",
        "shop/fixtures/landing/.gitkeep",
        "shop/fixtures/next/.gitkeep",
        "shop/sql/bronze/.gitkeep",
        "shop/sql/gold/.gitkeep",
        "shop/sql/silver/.gitkeep",
        "shop/tests/gold/.gitkeep",
        "shop/tests/silver/.gitkeep",
    ]
    assert {"shop/medallion/__init__.py", "shop/python/contracts.py", "shop/jobs/prepare.sql"} <= set(made.files)


def test_the_sample_project_has_no_placeholder_files(tmp_path: Path) -> None:
    made = create_project(tmp_path, {"project_name": "shop"})
    assert [name for name in made.files if name.endswith(".gitkeep")] == []
    assert "shop/sql/bronze/orders.sql" in made.files


def test_traces_of_imported_helpers_stay_out(tmp_path: Path) -> None:
    made = create_project(tmp_path, {})
    assert [name for name in made.files if "__pycache__" in name] == []
    assert not list(tmp_path.rglob("__pycache__"))


def test_workflow_files_are_copied_as_they_are(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop"})
    source = find_template() / "template" / "{{.project_name}}" / ".github" / "workflows" / "ci.yml"
    assert (tmp_path / "shop/.github/workflows/ci.yml").read_bytes() == source.read_bytes()


def test_one_pinned_line_names_this_version_of_the_toolkit(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop"})
    version = tomllib.loads((find_template() / "pyproject.toml").read_text())["project"]["version"]
    pinned = [name for name, text in snapshot_text(tmp_path).items() if f"medallion-toolkit[local]=={version}" in text]
    assert pinned == ["shop/requirements-dev.txt"]


def snapshot_text(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes().decode("utf-8", errors="replace") for path in files}


def test_the_message_names_three_next_commands(tmp_path: Path) -> None:
    message = create_project(tmp_path, {"project_name": "shop"}).message
    commands = [line.strip() for line in message.splitlines() if line.startswith("  ")]
    assert commands == ["cd shop", "pip install -r requirements-dev.txt", "medallion run"]


def test_given_answers_win_over_those_of_the_file(tmp_path: Path) -> None:
    answers = tmp_path / "a.json"
    answers.write_text(json.dumps({"project_name": "one", "catalog": "sales"}))
    made: NewProject = create_project(tmp_path / "out", {"project_name": "two"}, answers)
    assert (made.answers["project_name"], made.answers["catalog"]) == ("two", "sales")


def test_an_existing_file_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    kept = tmp_path / "shop" / "databricks.yml"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(UsageError) as caught:
        create_project(tmp_path, {"project_name": "shop"})
    assert (caught.value.code, caught.value.found) == ("MED608", "shop/databricks.yml")
    assert snapshot(tmp_path) == {"shop/databricks.yml": "mine"}


def test_a_folder_with_other_files_is_filled(tmp_path: Path) -> None:
    other = tmp_path / "shop" / "sql" / "notes.txt"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    create_project(tmp_path, {"project_name": "shop"})
    assert other.read_text() == "mine"
    assert (tmp_path / "shop/sql/bronze/orders.sql").is_file()
    assert not list(tmp_path.glob(".medallion-new-*"))


def test_a_failure_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    """`jobs` is a file where the project needs a folder: found only while moving."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "jobs").write_text("in the way")
    with pytest.raises(OSError, match="jobs"):
        create_project(tmp_path, {"project_name": "shop"})
    assert snapshot(tmp_path) == {"shop/jobs": "in the way"}
    assert sorted(path.name for path in (tmp_path / "shop").iterdir()) == ["jobs"]


def test_files_and_folders_can_be_skipped_by_a_file_above_them(tmp_path: Path) -> None:
    source = small_template(
        tmp_path,
        {
            "__preamble.tmpl": '{{skip "__preamble"}}{{skip "{{.name}}/a*"}}{{skip "{{.name}}/sub"}}',
            "{{.name}}/apple": "no",
            "{{.name}}/pear.txt": "{{.name}} stays as it is",
            "{{.name}}/plum.txt.tmpl": "{{.name}}",
            "{{.name}}/sub/file": "no",
            "{{.name}}/kept/apple": "yes",
        },
    )
    tree = render_tree(source, {"name": "shop"})
    assert {file.path: file.content for file in tree.files} == {
        "shop/pear.txt": b"{{.name}} stays as it is",
        "shop/plum.txt": b"shop",
        "shop/kept/apple": b"yes",
    }
    assert tree.folders == ("shop", "shop/kept")


def test_a_folder_whose_files_are_all_skipped_stays(tmp_path: Path) -> None:
    source = small_template(tmp_path, {"__p.tmpl": '{{skip "__p"}}{{skip "a/*"}}', "a/file": ""})
    tree = render_tree(source, {})
    assert (tree.folders, tree.files) == (("a",), ())


def test_the_mode_of_a_file_is_kept_and_its_owner_may_write(tmp_path: Path) -> None:
    source = small_template(tmp_path, {"run.sh": "", "fixed": ""})
    (source / "run.sh").chmod(0o755)
    (source / "fixed").chmod(0o444)
    modes = {file.path: oct(file.mode) for file in render_tree(source, {}).files}
    assert modes == {"run.sh": "0o755", "fixed": "0o644"}


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a/*", "a/b", True),
        ("a/*", "a/b/c", False),
        ("a/*.sql", "a/b.sql", True),
        ("a/?.sql", "a/bc.sql", False),
        ("a/[^.]*", "a/.gitkeep", False),
        ("a/[^.]*", "a/orders", True),
        ("a/[a-c]x", "a/bx", True),
        ("a.b", "axb", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("*", ".gitkeep", True),
    ],
)
def test_skip_patterns_stay_within_a_folder(pattern: str, path: str, matches: bool) -> None:
    assert bool(path_pattern(pattern).fullmatch(path)) is matches


def test_the_command_prints_what_to_type_next(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["shop", "--output-dir", str(tmp_path), "--set", "sample_data=no"])
    assert result.exit_code == 0
    assert result.stdout.endswith("cd shop\n  pip install -r requirements-dev.txt\n  medallion run\n")


def test_the_command_answers_in_json(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["shop", "--output-dir", str(tmp_path), "--json"])
    answer = json.loads(result.stdout)
    assert answer["answers"]["project_name"] == "shop"
    assert sorted(answer["files"]) == answer["files"]
    assert "shop/databricks.yml" in answer["files"]


def test_the_command_ends_with_2_for_a_wrong_answer(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["Shop", "--output-dir", str(tmp_path), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["code"] == "MED605"
    assert list(tmp_path.iterdir()) == []
