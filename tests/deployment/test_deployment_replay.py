"""`medallion quarantine … -t`: the plan from the target's warehouse, the replay by the deployed job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

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
ROW = "cb47fcf1-39a7-4e84-97ac-57233ad33800"
REASON = {"rule": "status_allowed", "message": "status must be known.", "columns": ["status"], "severity": "major"}
RULES = [{"name": "status_allowed", "on_fail": "quarantine", "holds": False, "observed": "refused"}]
# What is asked when rows are looked at, in the same form.
LOOKING: Sequence[tuple[str, Sequence[str], Sequence[str | None]]] = (
    (
        "^SELECT array_join",
        ("reasons", "_row_id", "file", "status", "contact_email", "_open_rows"),
        ("status_allowed (refused)", ROW, "a.json", "refused", "***", "10"),
    ),
    (r"startswith\(_row_id, 'cb47'\)", ("_row_id",), (ROW,)),
    (f"bronze`.`orders` WHERE _row_id = '{ROW}'", ("order_id", "status", "_row_id"), ("O-1", "refused", ROW)),
    (
        r"to_json\(rules\) AS rules.*_row_id, CAST\(-1 AS INT\)",
        ("order_id", "status", "contact_email", "rules"),
        ("O-1", "refused", "a@x.org", json.dumps(RULES)),
    ),
    (
        r"to_json\(_errors\) AS reasons",
        ("_attempt", "reasons", "_checked_at", "_contract_version"),
        ("0", json.dumps([REASON]), "2026-11-21T05:03:07.123Z", "e4c1"),
    ),
    (r"^SELECT _row_id FROM \(", ("_row_id",), (ROW,)),
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


def quarantine(project: Path, *arguments: str) -> tuple[int, Any]:
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


def test_open_rows_of_a_target_are_listed_shown_and_explained(shop: Path, control: Tell) -> None:
    result = CliRunner().invoke(app, ["list", "-t", "dev", "--project", str(shop)])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:3] == [
        "workspace of target dev · tester@databricks.com",
        f"silver.orders   10 open rows   since {NEWEST} UTC, newest {NEWEST} UTC",
        "  status_allowed     10",
    ]
    for match, columns, row in LOOKING:
        control("statements", {"match": match, "columns": columns, "rows": [row]})
    code, shown = quarantine(shop, "show", "silver.orders", "--rule", "status_allowed", "--limit", "1")
    assert (code, shown["total"], shown["columns"][:2]) == (0, 10, ["reasons", "_row_id"])
    assert [one["contact_email"] for one in shown["rows"]] == ["***"]
    code, way = quarantine(shop, "explain", "silver.orders", "cb47")
    assert (code, way["row"], way["now"]) == (0, ROW, "waits in silver.orders_replay for the next run")
    assert (way["bronze"]["status"], way["conformed"]["status"], way["conformed"]["contact_email"]) == (
        "***",
        "refused",
        "***",
    )
    (attempt,), (rule,) = way["attempts"], way["rules"]
    assert (attempt["state"], attempt["checked_at"], attempt["reasons"][0]["value"]) == (
        "quarantined",
        "2026-11-21 05:03:07",
        None,
    )
    assert (rule["holds"], rule["observed"]) == (False, "refused")
