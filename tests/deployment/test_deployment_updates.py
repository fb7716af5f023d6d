"""The session of deploy, watch, heal and watch again, against a workspace that answers as the platform does."""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

pytestmark = pytest.mark.cli

SCHEMA = "shop_dev.dev_tester_silver"
CAST = (
    "[STREAM_FAILED] Query terminated with exception: [CAST_INVALID_INPUT] The value '12,50' of the type"
    ' "STRING" cannot be cast to "DECIMAL(12,2)" because it is malformed. SQLSTATE: 22018'
)
BUSY = "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added by a concurrent update. SQLSTATE: 2D521"
Json = dict[str, Any]


def control(what: str, body: Json) -> None:
    host = os.environ["DATABRICKS_HOST"].removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request(
        "POST", f"/__fake/{what}", json.dumps(body), {"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}"}
    )
    assert connection.getresponse().status == 200
    connection.close()


def flow(dataset: str, status: str, rows: int = 0, failed: int = 0, error: str | None = None) -> Json:
    """A flow_progress event shaped like the platform's."""
    progress: Json = {"status": status}
    if rows:
        expectation = {
            "name": "row_is_valid",
            "dataset": dataset,
            "passed_records": rows - failed,
            "failed_records": failed,
        }
        progress |= {"metrics": {"num_output_rows": rows}, "data_quality": {"expectations": [expectation]}}
    event: Json = {
        "event_type": "flow_progress",
        "message": f"Flow '{dataset}' is {status}.",
        "origin": {"dataset_name": dataset, "flow_name": dataset},
        "details": {"flow_progress": progress},
    }
    if error:
        event |= {"level": "ERROR", "error": {"fatal": True, "exceptions": [{"class_name": "E", "message": error}]}}
    return event


def medallion(project: Path, *arguments: str) -> tuple[int, Json]:
    result = CliRunner().invoke(app, [*arguments, "--project", str(project), "--json"])
    assert result.stdout, (result.stderr, result.exception)
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def deployed(project: Path, deploy: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch) -> Path:
    deploy(project, "dev")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return project


def test_an_update_that_failed_is_explained_and_what_did_not_run_runs_again(deployed: Path) -> None:
    orders, lines = f"{SCHEMA}.orders_checked", f"{SCHEMA}.orders"
    events = [flow(f"{SCHEMA}.products", "COMPLETED", 44), flow(orders, "FAILED", error=CAST), flow(lines, "SKIPPED")]
    control("updates", {"pipeline": "ingest", "state": "FAILED", "message": CAST, "events": events, "polls": 2})
    code, told = medallion(deployed, "start", "ingest", "-t", "dev")
    assert (code, [one["pipeline"] for one in told["started"]]) == (0, ["ingest"])

    code, told = medallion(deployed, "watch", "ingest", "-t", "dev")
    (update,) = told["updates"]
    assert (code, update["state"], update["not_done"]) == (1, "FAILED", [lines, orders])
    (failure,) = update["failures"]
    assert (failure["code"], failure["retry"], failure["cause"]) == (
        "MED831",
        "does not help",
        "The value 12,50 cannot become DECIMAL(12,2).",
    )

    code, told = medallion(deployed, "status", "-t", "dev")
    ingest = next(one for one in told["pipelines"] if one["key"] == "ingest")
    missed = {one["name"] for one in ingest["criteria"] if not one["ok"]}
    assert (code, missed) == (1, {"latest update completed", "no error event", "expected tables are there"})

    code, told = medallion(deployed, "retry", "ingest", "-t", "dev")
    assert (code, [one["state"] for one in told["updates"]]) == (0, ["COMPLETED"])
    assert refreshed(deployed) == ["orders", "orders_checked"]


def test_a_failure_that_heals_itself_is_tried_again_with_only_what_failed(deployed: Path) -> None:
    orders = f"{SCHEMA}.orders"
    events = [flow(f"{SCHEMA}.products", "COMPLETED", 44), flow(orders, "FAILED", error=BUSY)]
    control("updates", {"pipeline": "ingest", "state": "FAILED", "message": BUSY, "events": events, "times": 2})
    medallion(deployed, "start", "ingest", "-t", "dev")
    code, told = medallion(deployed, "watch", "ingest", "-t", "dev", "--heal")
    assert (code, [one["state"] for one in told["updates"]]) == (0, ["FAILED", "FAILED", "COMPLETED"])
    assert [one["treatment"] and one["treatment"]["does"] for one in told["updates"]] == ["retry", "retry", None]
    assert [one["treatment"]["wait_seconds"] for one in told["updates"][:2]] == [30.0, 60.0]
    assert refreshed(deployed) == ["orders"]
    recorded = (deployed / ".medallion/deployments/dev.jsonl").read_text().splitlines()
    assert [json.loads(line)["does"] for line in recorded] == ["retry", "retry"]


def test_healing_stops_after_three_tries_and_never_touches_what_could_lose_data(deployed: Path) -> None:
    control("updates", {"pipeline": "ingest", "state": "FAILED", "message": BUSY, "times": 9})
    medallion(deployed, "start", "ingest", "-t", "dev")
    code, told = medallion(deployed, "watch", "ingest", "-t", "dev", "--heal")
    assert (code, len(told["updates"]), told["updates"][-1]["treatment"]["does"]) == (1, 4, None)
    reset = "[DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE] Streaming read is not supported. SQLSTATE: 42KD4"
    control("updates", {"pipeline": "gold", "state": "FAILED", "message": reset})
    medallion(deployed, "start", "gold_marts", "-t", "dev")
    code, told = medallion(deployed, "watch", "gold_marts", "-t", "dev", "--heal")
    assert (code, len(told["updates"]), told["updates"][0]["treatment"]["does"]) == (1, 1, None)
    assert "a person decides" in told["updates"][0]["treatment"]["why"]


def test_a_completed_update_is_told_with_its_rows_and_expectations(deployed: Path) -> None:
    events = [
        flow(f"{SCHEMA}.orders_checked", "RUNNING", 400, 23),
        flow(f"{SCHEMA}.orders_checked", "COMPLETED", 12, 0),
    ]
    control("updates", {"pipeline": "ingest", "events": events, "polls": 3})
    code, told = medallion(deployed, "start", "ingest", "-t", "dev", "--watch")
    (dataset,) = told["started"][0]["updates"][0]["datasets"]
    assert (code, dataset["status"], dataset["written"], dataset["failing"]) == (
        0,
        "COMPLETED",
        412,
        {"row_is_valid": 23},
    )


def test_what_is_not_there_is_said(project: Path, workspace: str, deployed: Path) -> None:
    assert workspace
    code, told = medallion(deployed, "watch", "ingst", "-t", "dev")
    assert (code, told["errors"][0]["code"], told["errors"][0]["help"]) == (2, "MED712", "did you mean ingest?")
    code, told = medallion(deployed, "watch", "ingest", "-t", "dev")
    assert (code, told["errors"][0]["code"]) == (2, "MED714")


def refreshed(project: Path) -> list[str]:
    """The datasets that the newest update of ingest was asked for."""
    from databricks.sdk import WorkspaceClient

    client = WorkspaceClient()
    pipeline = next(one for one in client.pipelines.list_pipelines() if str(one.name).endswith("ingest"))
    newest = next(iter(client.pipelines.list_updates(str(pipeline.pipeline_id)).updates or ()))
    return sorted(newest.refresh_selection or ())
