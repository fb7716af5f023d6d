"""What a changed contract does to the tables it makes, and how a plan is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from small_project import make_project, write_files
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.loading import load_revision, needing_allow
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan, Reason
from medallion_toolkit.plan.telling import MOST_CHARACTERS, as_markdown, verdict_line
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


def shop(folder: Path, contract: str = CONTRACT, **files: str) -> Path:
    root = make_project(folder, {**FILES, "contracts/silver/orders.yml": contract, **files})
    shutil.copytree(HELPERS, root / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
    return root


def effects(tmp_path: Path, old: str, new: str) -> dict[str, str]:
    assert old in CONTRACT
    before, after = shop(tmp_path / "was"), shop(tmp_path / "now", CONTRACT.replace(old, new))
    plan = compare(load_project(before), load_project(after), "main")
    return {one.name: one.effect for one in plan.datasets}


@pytest.mark.parametrize(
    ("old", "new", "table", "effect"),
    [
        ("{min: 0}", "{min: 1}", "silver.orders_checked", "new rows only"),
        ("owner: sales-data", "owner: other", "silver.orders_checked", None),
        ("keys: [order_id]", "keys: [order_id, amount]", "silver.orders", "undefined results"),
        ("sequence_by: ordered_at", "sequence_by: amount", "silver.orders", "undefined results"),
        ("{type: 1,", "{type: 2,", "silver.orders", "full refresh needed"),
        ("decimal(10,2)", "decimal(12,2)", "silver.orders", "full refresh needed"),
        ("order_id: {type: string}", "order_id: {type: string, description: No}", "silver.orders", "metadata only"),
    ],
)
def test_a_changed_contract_has_its_effect(tmp_path: Path, old: str, new: str, table: str, effect: str | None) -> None:
    assert effects(tmp_path, old, new).get(table) == effect


def test_a_changed_conformed_view_reaches_the_checked_rows(tmp_path: Path) -> None:
    before = shop(tmp_path / "was")
    after = shop(tmp_path / "now")
    write_files(
        after, {"sql/silver/orders_conformed.sql": FILES["sql/silver/orders_conformed.sql"].replace("trim", "upper")}
    )
    plan = compare(load_project(before), load_project(after), "main")
    assert {one.name: one.effect for one in plan.datasets}["silver.orders_checked"] == "new rows only"


def test_the_command_compares_with_a_revision_and_stops_for_a_word(tmp_path: Path) -> None:
    root = shop(tmp_path / "shop")
    for arguments in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "one"),
    ):
        subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)
    write_files(root, {"contracts/silver/orders.yml": CONTRACT.replace("keys: [order_id]", "keys: [order_id, amount]")})
    stopped = CliRunner().invoke(app, ["plan", "--project", str(root), "--base", "HEAD", "--json"])
    assert (stopped.exit_code, json.loads(stopped.stdout)["needs_allow"]) == (1, ["silver.orders"])
    agreed = CliRunner().invoke(app, ["plan", "--project", str(root), "--base", "HEAD", "--allow", "silver.orders"])
    assert agreed.exit_code == 0
    assert "undefined results        silver.orders   contracts/silver/orders.yml" in agreed.stdout
    unknown = CliRunner().invoke(app, ["plan", "--project", str(root), "--base", "nowhere", "--json"])
    assert (unknown.exit_code, json.loads(unknown.stdout)["errors"][0]["code"]) == (2, "MED112")


def test_a_revision_of_an_older_interface_is_read_by_the_helper_modules_of_today(tmp_path: Path) -> None:
    older = shop(tmp_path / "was")
    helpers = older / "medallion/__init__.py"
    helpers.write_text(helpers.read_text().replace("INTERFACE = 2", "INTERFACE = 1"))
    now = shop(tmp_path / "now")
    assert "silver.orders" in load_revision(older, now, None).display.values()


def test_a_policy_of_the_project_decides_what_needs_a_word(tmp_path: Path) -> None:
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
    assert verdict_line(plan) == "since main: 500 full refresh needed · 12 datasets unchanged · 500 need a word"
    assert len(text) < MOST_CHARACTERS + 200
    shown = text.count("<details>")
    assert f"{500 - shown} more: `medallion plan --base main`" in text
