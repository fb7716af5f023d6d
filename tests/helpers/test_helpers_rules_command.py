"""`medallion rules` as a terminal shows it."""

from __future__ import annotations

import json
from pathlib import Path

from own_rules import own_project
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app


def test_own_rules_come_first_and_the_library_follows(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["rules", "--project", str(own_project(tmp_path))])
    lines = shown.stdout.splitlines()
    assert shown.exit_code == 0
    assert lines[0].startswith("local · ")
    assert lines[0].endswith(" rules of the library, 3 of this project")
    assert lines[2].startswith("of this project: shop_rules.py:")
    assert lines[3] == "  stock_code               Five digits, then capital letters."
    assert any(line.startswith("  not_null ") for line in lines)
    assert any(line.startswith("Keys and other tables · of the whole table") for line in lines)


def test_one_rule_is_shown_with_its_parameters_and_examples(tmp_path: Path) -> None:
    project = own_project(tmp_path)
    own = CliRunner().invoke(app, ["rules", "shop_code", "--project", str(project)]).stdout.splitlines()
    assert own[1] == "Begins with the code of a shop."
    assert "  shop       The shop. (required)" in own
    assert "  holds  'B1/7'   shop: B1, sign: /" in own
    document = json.loads(CliRunner().invoke(app, ["rules", "any_of", "--project", str(project), "--json"]).stdout)
    assert document["rule"]["place"] == "row"
    assert document["rule"]["written"] == "any_of: <columns>"


def test_a_rule_that_is_not_there_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["rules", "stokc_code", "--project", str(own_project(tmp_path))])
    assert shown.exit_code == 2
    assert "MED395" in shown.stderr
    assert "did you mean stock_code?" in shown.stderr
