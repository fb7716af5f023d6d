"""`medallion generate` and `medallion render`: files follow contracts, nothing is half written or replaced."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from contract_samples import DAILY_SALES, LINES
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.generate.contracts import made_by_sql
from medallion_toolkit.generate.files import check_files, write_files

GENERATED = [
    "jobs/prepare.sql",
    "jobs/gate_silver.sql",
    "jobs/gate_gold.sql",
    "jobs/governance.sql",
    "jobs/replay.sql",
    "jobs/replay_done.sql",
    ".vscode/contract.schema.json",
]


@pytest.fixture
def project(tmp_path: Path, repository: Path) -> Path:
    shutil.copytree(
        repository / "template" / "{{.project_name}}" / "medallion",
        tmp_path / "medallion",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for layer, name, text in (("silver", "order_lines", LINES), ("gold", "daily_sales", DAILY_SALES)):
        (tmp_path / "contracts" / layer).mkdir(parents=True)
        (tmp_path / "contracts" / layer / f"{name}.yml").write_text(text, encoding="utf-8")
    (tmp_path / "sql" / "gold").mkdir(parents=True)
    (tmp_path / "sql" / "gold" / "daily_sales.sql").write_text(
        "CREATE OR REFRESH STREAMING TABLE ${gold}.daily_sales AS SELECT 1 AS x;", encoding="utf-8"
    )
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_generated_files_are_written_once_and_then_current(project: Path) -> None:
    assert [(one.path, one.state) for one in write_files(project).files] == [(path, "written") for path in GENERATED]
    assert [one.state for one in write_files(project).files] == ["current"] * len(GENERATED)
    assert check_files(project).is_current


def test_check_writes_nothing_and_names_what_is_old(project: Path) -> None:
    code, text, _ = run("generate", "--check", "--project", str(project))
    assert (code, text.splitlines()[0], text.splitlines()[-1]) == (
        1,
        "missing   jobs/prepare.sql",
        "next: medallion generate",
    )
    assert not (project / "jobs").exists()
    write_files(project)
    contract = project / "contracts" / "silver" / "order_lines.yml"
    contract.write_text(LINES.replace("2.5%", "3%"), encoding="utf-8")
    code, text, _ = run("generate", "--check", "--json", "--project", str(project))
    states = {one["path"]: one["state"] for one in json.loads(text)["files"]}
    assert (code, states["jobs/gate_silver.sql"], states["jobs/gate_gold.sql"]) == (1, "outdated", "current")


def test_an_edited_rule_of_the_project_changes_what_is_rendered(project: Path) -> None:
    _, before, _ = run("render", "order_lines", "--project", str(project))
    module = project / "medallion" / "rules" / "value_range.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace('suffix="in_range"', 'suffix="within_bounds"'), encoding="utf-8")
    _, after, _ = run("render", "order_lines", "--project", str(project))
    assert "quantity_in_range" in before
    assert "quantity_within_bounds" in after


def test_a_wrong_contract_stops_before_anything_is_written(project: Path) -> None:
    (project / "contracts" / "silver" / "order_lines.yml").write_text(LINES.replace("keys:", "keyz:"), encoding="utf-8")
    code, _, text = run("generate", "--project", str(project))
    assert code == 1
    assert "MED303 unknown key keyz   contracts/silver/order_lines.yml:4:1" in text
    assert "keyz: [line_id]" in text
    assert not (project / "jobs").exists()


def test_the_kind_of_a_gold_table_is_read_from_its_sql(project: Path) -> None:
    assert made_by_sql(project) == {"gold.daily_sales": "streaming table"}
    write_files(project)
    (project / "contracts" / "gold" / "daily_sales.yml").write_text(DAILY_SALES + "owner: finance\n", encoding="utf-8")
    write_files(project)
    text = (project / "jobs" / "governance.sql").read_text(encoding="utf-8")
    assert "ALTER STREAMING TABLE daily_sales SET TAGS ('owner' = 'finance');" in text


def test_render_prints_the_sql_of_a_contract_by_either_name(project: Path) -> None:
    code, text, _ = run("render", "silver.order_lines", "--project", str(project))
    assert code == 0
    assert text == run("render", "order_lines", "--project", str(project))[1]
    assert "CREATE OR REFRESH STREAMING TABLE ${silver}.order_lines_checked (" in text


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("order_line", 2, "did you mean order_lines?"),
        ("daily_sales", 1, "MED321 contracts/gold/daily_sales.yml makes no table"),
    ],
)
def test_render_says_why_there_is_nothing_to_print(project: Path, name: str, code: int, words: str) -> None:
    exit_code, _, text = run("render", name, "--project", str(project))
    assert exit_code == code
    assert words in text


def test_eject_writes_files_and_never_replaces_one(project: Path) -> None:
    code, text, _ = run("render", "order_lines", "--eject", "--project", str(project))
    assert code == 0
    assert text.splitlines()[-1] == "next: remove contracts/silver/order_lines.yml, or it makes the same tables again"
    file = project / "sql" / "silver" / "order_lines_checked.sql"
    file.write_text("-- mine", encoding="utf-8")
    (project / "sql" / "silver" / "order_lines.sql").unlink()
    code, _, text = run("render", "order_lines", "--eject", "--project", str(project))
    assert (code, "MED322" in text) == (2, True)
    assert file.read_text(encoding="utf-8") == "-- mine"
    assert not (project / "sql" / "silver" / "order_lines.sql").exists()


def test_a_role_that_the_job_does_not_know_is_named_before_anything_is_written(tmp_path: Path) -> None:
    from medallion_toolkit.scaffold.project import create_project

    create_project(tmp_path, {"project_name": "shop"}, None)
    project = tmp_path / "shop"
    assert check_files(project).is_current
    contract = project / "contracts" / "silver" / "orders.yml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("read: [analysts]", "read: [analysts, auditors]"), encoding="utf-8")
    code, _, text = run("generate", "--project", str(project))
    assert code == 1
    assert "MED324 the task governance of job daily does not hand over group_auditors" in text
    assert "group_auditors" not in (project / "jobs" / "governance.sql").read_text(encoding="utf-8")
