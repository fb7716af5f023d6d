"""What a changed contract does to the tables it makes, and how a plan is told."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_project import make_project, write_files
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.plan.comment import MOST_CHARACTERS, as_markdown
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.contract_changes import contract_changes
from medallion_toolkit.plan.loading import load_revision, needing_allow
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan, Reason
from medallion_toolkit.plan.verdict import verdict_line
from medallion_toolkit.scaffold.project import find_template

HELPERS = find_template() / "template" / "{{.project_name}}" / "medallion"
CONTRACT = """table: silver.orders
from: orders_conformed
carry: [_source_file]
owner: sales-data
keys: [order_id]
history: {type: 1, sequence_by: ordered_at}
columns:
  order_id: {type: string}
  amount: {type: "decimal(10,2)", rules: [range: {min: 0}]}
  ordered_at: {type: timestamp}
"""
FILES = {
    "sql/bronze/orders.sql": """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
AS SELECT *, _metadata.file_name AS _source_file FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, amount STRING, ordered_at STRING');
""",
    "sql/silver/orders_conformed.sql": """CREATE TEMPORARY VIEW orders_conformed
AS SELECT trim(order_id) AS order_id, amount, ordered_at, _source_file FROM STREAM(${bronze}.orders);
""",
    "contracts/silver/orders.yml": CONTRACT,
    "python/contracts.py": 'from medallion import declare_tables\n\ndeclare_tables("silver")\n',
    "sql/gold/daily.sql": """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily
AS SELECT sum(amount) AS amount FROM ${silver}.orders;
""",
}


@pytest.fixture(scope="module")
def helpers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The helper modules compiled once: files of projects are links to them, copies where a test edits them."""
    folder = tmp_path_factory.mktemp("helpers") / "medallion"
    shutil.copytree(HELPERS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder, quiet=1)
    return folder


Shop = Callable[..., Path]


@pytest.fixture(scope="module")
def shop(helpers: Path) -> Shop:
    def make(folder: Path, contract: str = CONTRACT, own_helpers: bool = False, **files: str) -> Path:
        root = make_project(folder, {**FILES, "contracts/silver/orders.yml": contract, **files})
        shutil.copytree(helpers, root / "medallion", copy_function=shutil.copy2 if own_helpers else os.link)
        return root

    return make


@pytest.fixture(scope="module")
def base(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load_project(shop(tmp_path_factory.mktemp("base")))


def changed(contract: str, old: str, new: str) -> str:
    assert old in contract
    return contract.replace(old, new)


def effects(plan: ConsequencePlan) -> dict[str, str]:
    return {one.name: one.effect for one in plan.datasets}


@pytest.mark.parametrize(
    ("old", "new", "table", "effect"),
    [
        ("{min: 0}", "{min: 1}", "silver.orders_checked", "new rows only"),
        ("range: {min: 0}", "range: {min: 0, where: amount < 9}", "silver.orders_checked", "new rows only"),
        ("range: {min: 0}", "range: {min: 0, on_fail: warn}", "silver.orders_checked", "new rows only"),
        ("{type: string}", "{type: string, rules: [not_blank]}", "silver.orders_checked", "new rows only"),
        ("owner: sales-data", "owner: other", "silver.orders_checked", None),
        ("owner: sales-data", "owner: sales-data\nlimits: {quarantined: 5 %}", "silver.orders_checked", None),
        ("keys: [order_id]", "keys: [order_id, amount]", "silver.orders", "undefined results"),
        ("sequence_by: ordered_at", "sequence_by: amount", "silver.orders", "undefined results"),
        ("{type: 1,", "{type: 2,", "silver.orders", "full refresh needed"),
        ("{type: 1,", "{delete_when: amount < 0, type: 1,", "silver.orders", "new rows only"),
        ("decimal(10,2)", "decimal(12,2)", "silver.orders", "full refresh needed"),
        ("decimal(10,2)", "decimal(12,2)", "silver.orders_quarantine", "full refresh needed"),
        ("history: {type: 1, sequence_by: ordered_at}\n", "", "silver.orders", "full refresh needed"),
        ("order_id: {type: string}", "order_id: {type: string, description: No}", "silver.orders", "metadata only"),
    ],
)
def test_a_changed_contract_has_its_effect(
    shop: Shop, tmp_path: Path, base: Project, old: str, new: str, table: str, effect: str | None
) -> None:
    now = load_project(shop(tmp_path / "now", changed(CONTRACT, old, new)))
    assert effects(compare(base, now, "main")).get(table) == effect


@pytest.mark.parametrize(("was", "now"), [("split", "flag"), ("flag", "split")])
def test_another_way_to_quarantine_brings_every_row_a_second_time(
    shop: Shop, tmp_path: Path, was: str, now: str
) -> None:
    plain = changed(CONTRACT, "keys: [order_id]\nhistory: {type: 1, sequence_by: ordered_at}\n", "quarantine: {way}\n")
    states = [load_project(shop(tmp_path / way, plain.replace("{way}", way))) for way in (was, now)]
    (found,) = (one for one in compare(*states, "main").datasets if one.name == "silver.orders")
    assert found.effect == "state lost"
    assert any("rows that are there are added a second time" in reason.text for reason in found.reasons)


def test_a_rule_that_begins_to_quarantine_is_told_as_stricter(shop: Shop, tmp_path: Path) -> None:
    warns = changed(CONTRACT, "range: {min: 0}", "range: {min: 0, on_fail: warn}")
    root, earlier = shop(tmp_path / "now"), shop(tmp_path / "was", warns)
    ((contract,), unread) = contract_changes(root, earlier, "main", None)
    assert [(one.subject, one.what, one.before, one.after) for one in contract.changes] == [
        ("rule amount_in_range", "stricter", "on_fail: warn", "on_fail: quarantine")
    ]
    assert unread == ()
    plan = replace(compare(load_project(earlier), load_project(root), "main"), contracts=(contract,))
    assert verdict_line(plan) == (
        "since main: 1 rule stricter on silver.orders · 1 new rows only · no full refresh"
        " · stored rows are not re-judged · 1 consumer · 6 datasets unchanged"
    )
    assert plan.consumers == ("gold.daily",), "the parts of a contract are no consumers"


def test_a_changed_conformed_view_reaches_the_checked_rows(shop: Shop, tmp_path: Path, base: Project) -> None:
    view = "sql/silver/orders_conformed.sql"
    told = [
        effects(compare(base, load_project(shop(tmp_path / str(number), **{view: text})), "main"))
        for number, text in enumerate((changed(FILES[view], "trim", "upper"), f"-- Names only.\n{FILES[view]}"))
    ]
    assert told == [{"orders_conformed": "metadata only", "silver.orders_checked": "new rows only"}, {}]


def test_a_column_renamed_from_the_view_on_names_the_query_that_breaks(
    shop: Shop, tmp_path: Path, base: Project
) -> None:
    view = "sql/silver/orders_conformed.sql"
    contract = changed(CONTRACT, "  amount:", "  paid_amount:")
    now = load_project(
        shop(tmp_path / "now", contract, **{view: changed(FILES[view], "amount,", "amount AS paid_amount,")})
    )
    plan = compare(base, now, "main")
    (orders,) = (one for one in plan.datasets if one.name == "silver.orders")
    assert (orders.columns_added, orders.columns_gone) == (("paid_amount",), ("amount",))
    assert orders.broken == ("amount in gold.daily   sql/gold/daily.sql:2",)
    assert (orders.owner, orders.owners) == ("sales-data", ())
    (checked,) = (one for one in plan.datasets if one.name == "silver.orders_checked")
    assert (checked.owner, checked.owners) == ("sales-data", ("sales-data",)), "that of the contract's table"


def test_helper_modules_that_judge_otherwise_are_seen_and_others_are_not(
    shop: Shop, tmp_path: Path, base: Project
) -> None:
    found = []
    for number, (old, new) in enumerate((('">="', '">"'), ('"""', '"""Newer. '))):
        root = shop(tmp_path / str(number), own_helpers=True)
        bounds = root / "medallion/rules/value_range.py"
        assert old in bounds.read_text()
        bounds.write_text(bounds.read_text().replace(old, new, 1))
        found.append(effects(compare(base, load_project(root), "main")))
    assert found == [{"silver.orders_checked": "new rows only"}, {}]


def test_the_command_compares_with_a_revision_and_stops_for_a_word(shop: Shop, tmp_path: Path) -> None:
    root = shop(tmp_path / "shop")
    for arguments in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "one"),
    ):
        subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)
    write_files(root, {"contracts/silver/orders.yml": CONTRACT.replace("keys: [order_id]", "keys: [order_id, amount]")})
    run = {"name": "silver.orders", "outcome": "ok", "rows_in": 412, "written": 389, "seconds": 5.1}
    write_files(root, {".medallion/runs/1.json": json.dumps({"started": "2026-11-21", "datasets": [run]})})
    stopped = CliRunner().invoke(app, ["plan", "--project", str(root), "--base", "HEAD", "--json"])
    assert (stopped.exit_code, json.loads(stopped.stdout)["needs_allow"]) == (1, ["silver.orders"])
    agreed = CliRunner().invoke(app, ["plan", "--project", str(root), "--base", "HEAD", "--allow", "silver.orders"])
    assert agreed.exit_code == 0
    assert "undefined results        silver.orders   contracts/silver/orders.yml" in agreed.stdout
    assert "    cost small: 412 rows in 5 s, of a local run, sample data\n" in agreed.stdout
    assert "contract silver.orders   contracts/silver/orders.yml\n  ! keys  changed" in agreed.stdout
    unknown = CliRunner().invoke(app, ["plan", "--project", str(root), "--base", "nowhere", "--json"])
    assert (unknown.exit_code, json.loads(unknown.stdout)["errors"][0]["code"]) == (2, "MED112")


def test_a_revision_of_an_older_interface_is_read_by_the_helper_modules_of_today(shop: Shop, tmp_path: Path) -> None:
    older = shop(tmp_path / "was", own_helpers=True)
    helpers = older / "medallion/__init__.py"
    helpers.write_text(helpers.read_text().replace("INTERFACE = 2", "INTERFACE = 1"))
    now = shop(tmp_path / "now")
    assert "silver.orders" in load_revision(older, now, None).display.values()


def test_a_policy_of_the_project_decides_what_needs_a_word(shop: Shop, tmp_path: Path) -> None:
    root = shop(tmp_path / "shop")
    settings = root / "pyproject.toml"
    stated = settings.read_text()
    settings.write_text(f'{stated}\n[tool.medallion.plan]\nneeds_allow = ["recomputed"]\n')
    assert needing_allow(root) == ("recomputed",)
    settings.write_text(f'{stated}\n[tool.medallion.plan]\nneeds_allow = ["recomputd"]\n')
    with pytest.raises(ConfigError) as refused:
        needing_allow(root)
    assert (refused.value.code, refused.value.help) == ("MED140", "did you mean recomputed?")


def test_a_comment_begins_with_the_verdict_and_keeps_below_the_limit() -> None:
    reason = Reason("full refresh needed", "column amount is decimal(12,2) and was decimal(10,2)", "type changed")
    datasets = tuple(
        DatasetPlan(f"silver.table_{number}", "streaming table", (reason,) * 3, consumers=("gold.a", "gold.b"))
        for number in range(500)
    )
    plan = ConsequencePlan("main", "dev", datasets, unchanged=12, allowed={one.name: False for one in datasets})
    text = as_markdown(plan)
    assert text.splitlines()[1] == f"### ❗ {verdict_line(plan)}"
    assert (
        verdict_line(plan)
        == "since main: 500 full refresh needed · 2 consumers · 12 datasets unchanged · 500 need a word"
    )
    assert len(text) < MOST_CHARACTERS + 200
    shown = text.count("<details>")
    assert f"{500 - shown} more: `medallion plan --base main`" in text
