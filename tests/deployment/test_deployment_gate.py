"""`medallion gate -t`: the gate's query goes to the target's warehouse with every name filled in, and only reads."""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

COLUMNS = [
    "judged_at", "layer", "update_id", "dataset", "check_name", "kind", "dimension", "severity", "action", "verdict",
    "ok", "metric", "passed", "failed", "observed", "limit_value",
]  # fmt: skip


def row(dataset: str, check: str, verdict: str, observed: str, limit: str, **more: str) -> list[str | None]:
    facts = {
        "dataset": dataset, "check_name": check, "kind": "update", "dimension": "validity", "severity": "major",
        "action": "fail", "verdict": verdict, "ok": str(verdict != "missed").lower(), "observed": observed,
        "limit_value": limit, **more,
    }  # fmt: skip
    return [facts.get(name) for name in COLUMNS]


def tell(workspace: str, match: str, **answer: object) -> None:
    """What the fake workspace answers to statements that match."""
    connection = http.client.HTTPConnection(os.environ["DATABRICKS_HOST"].removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer dbapi0{workspace}", "Content-Type": "application/json"}
    connection.request("POST", "/__fake/statements", json.dumps({"match": match, **answer}), headers)
    assert connection.getresponse().status == 200
    connection.close()


def gate(project: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, ["gate", "--project", str(project), "--json", *arguments], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.cli
def test_a_target_is_asked_what_its_job_asks(workspace: str, project: Path) -> None:
    silver = r"(?s)^WITH gate_update AS.*FROM IDENTIFIER\('[a-z0-9_]*silver\.event_log_ingest'\).*'silver' AS layer"
    rows = [
        row("update", "is_completed", "holds", "COMPLETED", "COMPLETED"),
        row(
            "orders",
            "quarantined",
            "missed",
            "19.1 % (191 of 1000)",
            "10 %",
            passed="809",
            failed="191",
            metric="0.191",
        ),
    ]
    tell(workspace, silver, columns=COLUMNS, rows=rows)
    tell(workspace, "'gold' AS layer", error="[TABLE_OR_VIEW_NOT_FOUND] fact_orders")
    code, found = gate(project, "--target", "dev")
    assert (code, found["where"], found["target"], found["ok"]) == (1, "workspace", "dev", False)
    first, second = found["gates"]
    assert (first["name"], second["name"]) == ("gate_silver", "gate_gold")
    assert [(one["check"], one["verdict"], one["failed"], one["metric"]) for one in first["checks"]] == [
        ("quarantined", "missed", 191, 0.191),
        ("is_completed", "holds", None, None),
    ]
    assert "TABLE_OR_VIEW_NOT_FOUND" in second["error"]["found"]


@pytest.mark.cli
def test_one_layer_of_a_target_that_is_good(workspace: str, project: Path) -> None:
    tell(workspace, "'silver' AS layer", columns=COLUMNS, rows=[row("update", "is_completed", "holds", "C", "C")])
    assert gate(project, "-t", "dev", "--layer", "silver")[0] == 0
