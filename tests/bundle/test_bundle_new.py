"""`medallion new` makes what `databricks bundle init` makes, byte for byte, without the CLI."""

from __future__ import annotations

import json

import pytest
from bundle_projects import COMBINATIONS, DEFAULTS, OTHERS, contents, label
from bundle_workspace import REPOSITORY
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

pytestmark = pytest.mark.cli


def medallion(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("name", COMBINATIONS)
def test_both_renderers_make_the_same_project(name, initialised, tmp_path):
    answers = COMBINATIONS[name]
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    config = str(tmp_path / "answers.json")
    result = medallion("new", "--config-file", config, "--output-dir", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    expected, made = contents(initialised(name)), contents(tmp_path / "out" / answers["project_name"])
    assert sorted(made) == sorted(expected)
    assert [path for path in expected if made[path] != expected[path]] == []


def test_answers_on_the_command_line_are_answers_to_the_prompts(initialised, tmp_path):
    pairs = [f"--set={name}={value}" for name, value in OTHERS.items() if name != "project_name"]
    result = medallion("new", OTHERS["project_name"], *pairs, "--output-dir", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert contents(tmp_path / OTHERS["project_name"]) == contents(initialised(label(OTHERS)))


def test_both_say_the_same_next_commands(workspace, tmp_path):
    (tmp_path / "one").mkdir()
    init = workspace.succeed("bundle", "init", str(REPOSITORY), cwd=tmp_path / "one")
    new = medallion("new", "--output-dir", str(tmp_path / "two"))
    assert new.exit_code == 0, new.output
    assert init.stderr.strip().endswith(new.stdout.strip())
    assert "Next" in new.stdout


@pytest.mark.parametrize("name", ["project_name", "sample_data", "service_principal"])
def test_both_refuse_the_same_answers(name, workspace, tmp_path):
    (tmp_path / "answers.json").write_text(json.dumps({**DEFAULTS, name: "Not This"}))
    init = workspace.cli("bundle", "init", str(REPOSITORY), "--config-file", "answers.json", cwd=tmp_path)
    new = medallion("new", "--config-file", str(tmp_path / "answers.json"), "--output-dir", str(tmp_path))
    assert (init.exit_code, new.exit_code) == (1, 2)
    assert name in new.output
    assert [path.name for path in tmp_path.iterdir()] == ["answers.json"]
