"""A project of an earlier template, edited by its owner, is brought to the current one; what is its owner's stays."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.generate.files import write_files
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.scaffold.merging import merge
from medallion_toolkit.scaffold.project import create_project, find_template
from medallion_toolkit.scaffold.template_versions import current_version, known_versions, read_origin, template_of
from medallion_toolkit.scaffold.tree import render_tree
from medallion_toolkit.scaffold.upgrading import MANAGED_FILES, MANAGED_FOLDERS
from medallion_toolkit.testing.cases import find_cases
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.running import run_case

EARLIER = tuple(version for version in known_versions() if version != current_version())
ANSWERS = {
    "project_name": "shop",
    "catalog": "retail",
    "warehouse_name": "Small Warehouse",
    "service_principal": "01234567-89ab-cdef-0123-456789abcdef",
    "notification_address": "data@example.org",
}
USERS_FILE = "sql/gold/top_products.sql"
USERS_SQL = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.top_products AS SELECT product_id FROM ${silver}.products;\n"


def made(tmp_path: Path, version: str) -> Path:
    with template_of(version) as template:
        create_project(tmp_path, ANSWERS, template=template)
    return tmp_path / "shop"


def is_managed(path: str) -> bool:
    return path.startswith(MANAGED_FOLDERS) or path in MANAGED_FILES


def upgraded(project: Path, *options: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["upgrade", "--project", str(project), "--json", *options])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("version", EARLIER)
def test_an_edited_project_gets_the_new_files_and_keeps_its_own(tmp_path: Path, version: str) -> None:
    project = made(tmp_path, version)
    (project / USERS_FILE).write_text(USERS_SQL, encoding="utf-8")
    owned = {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()}
    owned = {path: content for path, content in owned.items() if not is_managed(str(path.relative_to(project)))}
    assert upgraded(project, "--check")[0] == 1
    code, told = upgraded(project)
    assert (code, told["from"], told["to"]) == (0, version, current_version())
    changed = {str(path.relative_to(project)) for path, content in owned.items() if path.read_bytes() != content}
    assert changed == {"pyproject.toml"}
    expected = render_tree(find_template() / "template", dict(read_origin(project).answers))
    for file in expected.files:
        path = file.path.removeprefix("shop/")
        if is_managed(path):
            assert (project / path).read_bytes() == file.content, path
    assert dict(read_origin(project).answers) == {**ANSWERS, "sample_data": "yes"}


@pytest.mark.parametrize("version", EARLIER)
def test_an_upgraded_project_reads_without_a_problem_and_a_second_upgrade_changes_nothing(
    tmp_path: Path, version: str
) -> None:
    project = made(tmp_path, version)
    (project / USERS_FILE).write_text(USERS_SQL, encoding="utf-8")
    assert upgraded(project)[0] == 0
    write_files(project)
    assert "gold.top_products" in load_project(project).display.values()
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert upgraded(project) == (
        0,
        {"from": current_version(), "to": current_version(), "is_behind": False, "files": []},
    )
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("version", EARLIER)
def test_edits_are_merged_and_what_both_changed_is_left_between_markers(tmp_path: Path, version: str) -> None:
    project = made(tmp_path, version)
    job = project / "resources/daily.job.yml"
    edit(project, "resources/daily.job.yml", '"0 0 5 * * ?"', '"0 30 6 * * ?"')
    edit(project, "medallion/quarantine.py", 'KEPT_RULE = "row_is_kept"', 'KEPT_RULE = "row_stays"')
    code, told = upgraded(project)
    outcomes = {Path(file["path"]).name: file for file in told["files"]}
    assert outcomes["daily.job.yml"]["outcome"] == "merged"
    assert '"0 30 6 * * ?"' in job.read_text()
    assert "target: ${bundle.target}" in job.read_text()
    (conflict,) = (file for file in told["files"] if file["outcome"] == "conflict")
    assert (code, Path(conflict["path"]).name, conflict["was"] or conflict["path"]) == (
        1,
        "quarantine.py",
        "medallion/quarantine.py",
    )
    assert "<<<<<<< this project" in (project / conflict["path"]).read_text()
    assert f"||||||| template {version}" in (project / conflict["path"]).read_text()
    assert upgraded(project, "--check")[0] == 0, "what is left to decide is no reason to upgrade again"


def test_the_text_names_what_meets_a_change_of_the_project_and_counts_the_rest(tmp_path: Path) -> None:
    project = made(tmp_path, EARLIER[0])
    edit(project, "resources/daily.job.yml", '"0 0 5 * * ?"', '"0 30 6 * * ?"')
    (project / "medallion/rules/email.py").unlink()
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    result = CliRunner().invoke(app, ["upgrade", "--check", "--project", str(project)])
    first, *lines, last = result.stdout.splitlines()
    assert (result.exit_code, last) == (1, "nothing written: medallion upgrade")
    assert first == f"local · template {EARLIER[0]} → {current_version()}"
    counted = [line.split()[0] for line in lines if line.endswith(" files")]
    assert counted == [one for one in ("added", "updated", "removed") if one in counted] != []
    assert [line for line in lines if not line.endswith(" files")] == [
        "kept       medallion/rules/email.py   (taken away in this project)",
        "merged     resources/daily.job.yml",
    ]
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def edit(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")


OWN_TESTS = {
    "tests/silver/orders.yml": """
  a refunded order is one of ours:
    given:  {bronze.orders: [{status: refunded}]}
    expect: {silver.orders: [{order_id: O-1, status: refunded}], silver.orders_quarantine: []}
  our mail system takes short addresses only:
    given:  {bronze.orders: [{email: a.long.address@example.org}]}
    expect: {silver.orders_quarantine: [{order_id: O-1, _errors: [contact_email_email]}]}
""",
    "tests/gold/daily_sales.yml": """
  a shipped order is counted as one:
    given: {silver.orders: [{status: shipped}, {order_id: O-2}], silver.currencies: [{}]}
    expect: {gold.daily_sales: [{orders: 2, shipped_orders: 1}]}
""",
}


def edited(tmp_path: Path, version: str) -> Path:
    """A project of that version with changes in SQL, contracts, a workflow and a helper module, and tests of them."""
    project = made(tmp_path, version)
    edit(
        project,
        "sql/gold/daily_sales.sql",
        "    CAST(",
        "    count_if(facts.status = 'shipped') AS shipped_orders,\n    CAST(",
    )
    edit(
        project, "contracts/gold/daily_sales.yml", "  revenue_eur:", "  shipped_orders:  {type: bigint}\n  revenue_eur:"
    )
    edit(project, "contracts/silver/orders.yml", "shipped, returned]", "shipped, returned, refunded]")
    edit(project, "resources/daily.job.yml", '"0 0 5 * * ?"', '"0 30 6 * * ?"')
    edit(project, "medallion/rules/email.py", "<= 254 THEN", "<= 20 THEN")
    for path, text in OWN_TESTS.items():
        (project / path).write_text((project / path).read_text() + text, encoding="utf-8")
    return project


@pytest.mark.parametrize("version", EARLIER)
def test_an_edited_project_passes_its_tests_after_an_upgrade(
    tmp_path: Path, version: str, session_source: SessionOnDemand
) -> None:
    project = edited(tmp_path, version)
    assert upgraded(project)[0] == 0
    write_files(project)
    run = LocalRun.open(project, None, session_source)
    own = [case for case in find_cases(project) if case.name.startswith(("our mail system", "a shipped order"))]
    known = Known()
    assert [run_case(run, case, known).lines for case in own] == [(), ()]


@pytest.mark.long
@pytest.mark.parametrize("version", EARLIER)
def test_every_test_of_an_edited_project_passes_after_an_upgrade(tmp_path: Path, version: str) -> None:
    project = edited(tmp_path, version)
    own = sum(len(re.findall(r"^  \w.*:$", file.read_text(), re.MULTILINE)) for file in project.glob("tests/*/*.yml"))
    for arguments in (["upgrade"], ["generate"], ["test"]):
        command = [Path(sys.executable).parent / "medallion", *arguments, "--json"]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["passed"], told["failed"]) == (own, 0)


@pytest.mark.parametrize(
    ("base", "mine", "new", "outcome", "content"),
    [
        (b"a\n", b"a\n", b"b\n", "updated", b"b\n"),
        (b"a\n", b"m\n", b"a\n", "kept", b"m\n"),
        (b"a\n", b"b\n", b"b\n", "current", b"b\n"),
        (None, None, b"b\n", "added", b"b\n"),
        (b"a\n", b"a\n", None, "removed", None),
        (b"a\n", b"m\n", None, "kept", b"m\n"),
        (b"a\n", None, b"b\n", "kept", None),
        (b"1\n2\n3\n4\n5\n", b"0\n2\n3\n4\n5\n", b"1\n2\n3\n4\n6\n", "merged", b"0\n2\n3\n4\n6\n"),
    ],
)
def test_a_file_becomes(
    base: bytes | None, mine: bytes | None, new: bytes | None, outcome: str, content: bytes | None
) -> None:
    found = merge("a.txt", base, mine, new, "1", "2")
    assert (found.outcome, found.content, found.conflicts) == (outcome, content, 0)


def test_a_new_project_records_the_template_of_this_toolkit(tmp_path: Path) -> None:
    create_project(tmp_path, ANSWERS)
    origin = read_origin(tmp_path / "shop")
    assert (origin.version, dict(origin.answers)) == (current_version(), {**ANSWERS, "sample_data": "yes"})


def test_what_is_no_project_or_too_new_is_refused(tmp_path: Path) -> None:
    code, told = upgraded(tmp_path)
    assert (code, told["errors"][0]["code"]) == (1, "MED771")
    create_project(tmp_path, ANSWERS)
    settings = tmp_path / "shop/pyproject.toml"
    settings.write_text(settings.read_text().replace(f'version = "{current_version()}"', 'version = "99.0.0"'))
    code, told = upgraded(tmp_path / "shop")
    assert (code, told["errors"][0]["code"]) == (1, "MED774")
