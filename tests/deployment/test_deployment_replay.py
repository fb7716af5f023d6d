"""`medallion quarantine … -t`: the plan from the target's warehouse, the replay by the deployed job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.quarantine import app

Tell = Callable[[str, Mapping[str, object]], None]
TABLES = ("orders", "orders_checked", "orders_quarantine", "orders_replay")
SILVER = "dev_tester_silver"
NEWEST = "2026-11-21 05:00"
# Pattern, columns, row, how often (0: for good); the last one that fits answers.
ANSWERS: Sequence[tuple[str, Sequence[str], Sequence[str], int]] = (
    ("valid_attempts > 1", ("all_rows", "valid", "open", "dropped", "twice"), ("100", "98", "2", "0", "0"), 0),
    ("valid_attempts > 1", ("all_rows", "valid", "open", "dropped", "twice"), ("100", "90", "10", "0", "0"), 1),
    ("^SELECT state", ("state", "rules", "rows", "given"), ("passing", "", "10", "10"), 0),
    ("AS file", ("rules", "file", "rows", "since", "newest"), ("status_allowed", "a.json", "10", NEWEST, NEWEST), 0),
    (r"^SELECT count\(\*\) AS rows FROM \(", ("rows",), ("0",), 0),
    (r"^SELECT count\(\*\) AS rows FROM `", ("rows",), ("77",), 0),
)


@pytest.fixture
def control(workspace: str) -> Tell:
    """Tell the fake workspace what is there and how something ends."""
    from databricks.sdk import WorkspaceClient

    def tell(what: str, body: Mapping[str, object]) -> None:
        assert workspace
        WorkspaceClient().api_client.do("POST", f"/__fake/{what}", body=dict(body))

    return tell


@pytest.fixture
def shop(project: Path, deploy: Callable[[Path, str], None], control: Tell) -> Path:
    """The sample project, deployed, with ten open orders in its quarantine."""
    deploy(project, "dev")
    for name in TABLES:
        control("tables", {"catalog_name": "shop_dev", "schema_name": SILVER, "name": name})
    for match, columns, row, times in ANSWERS:
        control("statements", {"match": match, "columns": columns, "rows": [row], "times": times})
    return project


def quarantine(project: Path, *arguments: str) -> tuple[int, Mapping[str, object]]:
    result = CliRunner().invoke(
        app, [*arguments, "-t", "dev", "--project", str(project), "--json"], catch_exceptions=False
    )
    return result.exit_code, json.loads(result.stdout)


def test_a_replay_shows_its_plan_runs_the_job_and_counts_before_and_after(shop: Path) -> None:
    code, seen = quarantine(shop, "replay", "silver.orders")
    assert (code, seen["replayed"]) == (0, None)
    code, done = quarantine(shop, "replay", "silver.orders", "--yes")
    assert code == 0, done
    plan, replayed = done["plan"], done["replayed"]
    assert isinstance(plan, dict)
    assert isinstance(replayed, dict)
    assert (plan["rows"], plan["passing"], plan["by_file"]) == (10, 10, {"a.json": 10})
    assert (replayed["before"]["open"], replayed["after"]["open"], replayed["after"]["in_table"]) == (10, 2, 77)


def test_a_job_that_fails_says_that_nothing_is_lost(shop: Path, control: Tell) -> None:
    control("tasks", {"job": "replay", "task": "insert", "message": "no warehouse", "times": 2})
    code, answer = quarantine(shop, "replay", "silver.orders", "--yes")
    errors = answer["errors"]
    assert isinstance(errors, list)
    assert (code, errors[0]["code"]) == (3, "MED378")
    assert "nothing is lost or doubled" in errors[0]["help"]


def test_open_rows_of_a_target_are_listed_and_text_says_where(shop: Path) -> None:
    result = CliRunner().invoke(app, ["list", "-t", "dev", "--project", str(shop)])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "workspace of target dev · tester@databricks.com",
        f"silver.orders   10 open rows   since {NEWEST} UTC, newest {NEWEST} UTC",
        "  status_allowed     10",
    ]
