"""The session of deploy, watch, heal and watch again, against a workspace that answers as the platform does."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from three_workspaces import sign_in_to
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.scaffold.project import find_template

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

pytestmark = pytest.mark.cli

BINARIES = find_template() / "tools" / "databricks" / "bin"
SCHEMA = "shop_dev.dev_tester_silver"
CAST = (
    "[STREAM_FAILED] Query terminated with exception: [CAST_INVALID_INPUT] The value '12,50' of the type"
    ' "STRING" cannot be cast to "DECIMAL(12,2)" because it is malformed. SQLSTATE: 22018'
)
BUSY = "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added by a concurrent update. SQLSTATE: 2D521"
EXPORTS = """
from pyspark import pipelines as dp

dp.create_sink("exports", format="delta", options={"tableName": "shop_dev.partners.exports"})


@dp.append_flow(target="exports", name="to_exports")
def to_exports():
    return spark.readStream.table(f"{spark.conf.get('silver')}.orders").select("order_id")
"""
Json = Any


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


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every request that the workspace got, one a line."""
    return tmp_path_factory.mktemp("updates") / "requests.jsonl"


@pytest.fixture(scope="module")
def deployed(generated: Path, log: Path) -> Iterator[Path]:
    """The sample project with a sink, deployed once; the first test finds pipelines that were never started."""
    command = [BINARIES / "fakeworkspace", "--exit-with-parent", "--log", log]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        sign_in_to(patch, server.stdout.readline().strip(), "updates", log.parent)
        patch.setattr(time, "sleep", lambda _: None)
        project = Path(shutil.copytree(generated, log.parent / "shop"))
        (project / "python/exports.py").write_text(EXPORTS)
        workspace().catalogs.create("shop_dev")
        deploy = [BINARIES / "databricks", "bundle", "deploy", "-t", "dev"]
        done = subprocess.run(deploy, cwd=project, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        yield project
        server.stdin.close()
        assert server.wait(timeout=10) == 0, "a client asked for an unknown route"


def workspace() -> WorkspaceClient:
    from databricks.sdk import WorkspaceClient

    return WorkspaceClient()


def asked_for(log: Path) -> list[Json]:
    """Statements that change something and the datasets of updates, in the order they were asked for."""
    found = []
    for line in log.read_text().splitlines():
        request = json.loads(line)
        if request["method"] == "POST" and request["path"].endswith("/updates"):
            found.append((request["body"] or {}).get("refresh_selection"))
        elif request["method"] == "POST" and request["path"].startswith("/api/2.0/sql/statements"):
            found.append(request["body"]["statement"])
    return found


def test_what_is_not_there_is_said(deployed: Path) -> None:
    code, told = medallion(deployed, "watch", "ingst", "-t", "dev")
    assert (code, told["errors"][0]["code"], told["errors"][0]["help"]) == (2, "MED712", "did you mean ingest?")
    code, told = medallion(deployed, "watch", "ingest", "-t", "dev")
    assert (code, told["errors"][0]["code"]) == (2, "MED714")


def fails(message: str, *events: Json, **outcome: Json) -> None:
    """The next update of ingest fails with this message."""
    control("updates", {"pipeline": "ingest", "state": "FAILED", "message": message, "events": events, **outcome})


def healed(project: Path) -> tuple[int, list[Json]]:
    """Exit code and updates of a new update that is watched and healed."""
    code, told = medallion(project, "start", "ingest", "-t", "dev", "--watch", "--heal")
    return code, told["started"][0]["updates"]


def record(project: Path) -> list[Json]:
    """What was written down of the newest healing, oldest first."""
    lines = [json.loads(line) for line in (project / ".medallion/deployments/dev.jsonl").read_text().splitlines()]
    first = max(number for number, line in enumerate(lines) if line.get("tried") == 0)
    return lines[first:]


def ran(*statements: str) -> Json:
    return {"ran": [{"statement": one, "refused": None} for one in statements]}


def test_a_schema_that_was_never_there_is_made_and_one_that_was_is_left_to_a_person(deployed: Path) -> None:
    client, missing = workspace(), f"[SCHEMA_NOT_FOUND] The schema `{SCHEMA}` cannot be found. SQLSTATE: 42704"
    client.schemas.delete(SCHEMA)
    fails(missing)
    code, (first, second) = healed(deployed)
    assert (code, first["treatment"]["does"], second["state"]) == (0, "add schema", "COMPLETED")
    assert client.schemas.get(SCHEMA).name == "dev_tester_silver"
    assert first["treatment"]["statements"][0] == "CREATE SCHEMA IF NOT EXISTS `shop_dev`.`dev_tester_silver`"
    assert record(deployed)[1]["ran"] == ran(*first["treatment"]["statements"])["ran"]

    client.schemas.delete(SCHEMA)
    fails(missing)
    code, (only,) = healed(deployed)
    assert (code, only["treatment"]["does"]) == (1, None)
    assert "UNDROP SCHEMA `shop_dev`.`dev_tester_silver`" in only["treatment"]["why"]
    client.schemas.create("dev_tester_silver", "shop_dev")


LACKS_COUPON = (
    "[DELTA_METADATA_MISMATCH] A metadata mismatch was detected when writing to the Delta table.\nA schema mismatch "
    "detected when writing to the Delta table (Table ID: 25740aa1-4437-4811-8c8b-f819b2933166).\n\n"
    "Table schema:\nroot\n-- order_id: string (nullable = true)\n\n\n"
    "Data schema:\nroot\n-- order_id: string (nullable = true)\n-- coupon`s: decimal(5,2) (nullable = true)\n\n"
)
ALTER = "ALTER TABLE `shop_dev`.`partners`.`exports` ADD COLUMNS (`coupon``s` DECIMAL(5,2))"


def test_a_column_is_added_to_the_table_of_a_sink_before_it_is_written_again(deployed: Path, log: Path) -> None:
    table = {"catalog_name": "shop_dev", "schema_name": "partners", "name": "exports", "table_type": "MANAGED"}
    control("tables", {**table, "data_source_format": "DELTA", "columns": [{"name": "order_id"}]})
    fails(LACKS_COUPON, flow(f"{SCHEMA}.products", "COMPLETED", 44), flow("to_exports", "FAILED", error=LACKS_COUPON))
    code, (first, second) = healed(deployed)
    assert (code, first["failures"][0]["code"], second["state"]) == (0, "MED826", "COMPLETED")
    assert (first["treatment"]["does"], first["treatment"]["statements"]) == ("add column", [ALTER])
    assert asked_for(log)[-3:] == [None, ALTER, None], "a sink cannot be asked for, so everything runs"
    planned, done = record(deployed)
    assert (planned["statements"], done["ran"]) == ([ALTER], ran(ALTER)["ran"])


def test_a_column_of_a_streaming_table_is_left_to_its_definition(deployed: Path, log: Path) -> None:
    orders, before = f"{SCHEMA}.orders", len(asked_for(log))
    fails(LACKS_COUPON, flow(orders, "FAILED", error=LACKS_COUPON))
    code, (only,) = healed(deployed)
    assert (code, only["treatment"]["does"], only["treatment"]["statements"]) == (1, None, [])
    assert f"{orders} is made by the pipeline ingest" in only["treatment"]["why"]
    assert asked_for(log)[before:] == [None], "the update itself"


def test_a_column_that_may_not_be_added_ends_the_healing(deployed: Path, log: Path) -> None:
    control("statements", {"match": "^ALTER TABLE", "error": "PERMISSION_DENIED: no MODIFY", "times": 1})
    fails(LACKS_COUPON, flow("to_exports", "FAILED", error=LACKS_COUPON))
    result = CliRunner().invoke(app, ["start", "ingest", "-t", "dev", "--watch", "--heal", "--project", str(deployed)])
    assert result.exit_code == 3
    assert (
        f"  heal   add column: MED826 a table lacks columns that are written to it\n         {ALTER}\n" in result.stdout
    )
    assert "PERMISSION_DENIED: no MODIFY" in result.stderr
    assert asked_for(log)[-1] == ALTER, "nothing is started"
    assert record(deployed)[-1]["ran"] == [{"statement": ALTER, "refused": "PERMISSION_DENIED: no MODIFY"}]


def test_missing_grants_come_from_the_permission_script(deployed: Path, log: Path) -> None:
    message = "PERMISSION_DENIED: User does not have USE SCHEMA on Schema 'shop_dev.dev_tester_silver'."
    fails(message, flow(f"{SCHEMA}.orders", "FAILED", error=message))
    code, (first, second) = healed(deployed)
    script = medallion(deployed, "permissions", "-t", "dev")[1]["script"]
    assert (code, first["treatment"]["does"], second["state"]) == (0, "grant", "COMPLETED")
    statements = first["treatment"]["statements"]
    assert statements
    assert all(f"{one};" in script for one in statements)
    assert asked_for(log)[-1 - len(statements) :] == [*statements, [f"{SCHEMA}.orders"]]


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

    assert told_again(deployed, update) == update
    code, told = medallion(deployed, "retry", "ingest", "-t", "dev")
    assert (code, [one["state"] for one in told["updates"]]) == (0, ["COMPLETED"])
    assert refreshed() == [lines, orders]


def test_a_failure_that_heals_itself_is_tried_again_with_only_what_failed(deployed: Path) -> None:
    orders = f"{SCHEMA}.orders"
    events = [flow(f"{SCHEMA}.products", "COMPLETED", 44), flow(orders, "FAILED", error=BUSY)]
    control("updates", {"pipeline": "ingest", "state": "FAILED", "message": BUSY, "events": events, "times": 2})
    medallion(deployed, "start", "ingest", "-t", "dev")
    code, told = medallion(deployed, "watch", "ingest", "-t", "dev", "--heal")
    assert (code, [one["state"] for one in told["updates"]]) == (0, ["FAILED", "FAILED", "COMPLETED"])
    assert [one["treatment"] and one["treatment"]["does"] for one in told["updates"]] == ["retry", "retry", None]
    assert [one["treatment"]["wait_seconds"] for one in told["updates"][:2]] == [30.0, 60.0]
    assert refreshed() == [orders]
    assert [line["does"] for line in record(deployed)] == ["retry", "retry"]
    first = told["updates"][0]["update"]
    code, again = medallion(deployed, "watch", "ingest", "-t", "dev", "--update", first, "--heal")
    (only,) = again["updates"]
    assert (code, only["state"], only["treatment"]["does"]) == (1, "FAILED", None), "it was healed already"
    assert "has begun since" in only["treatment"]["why"]


def test_healing_stops_after_three_tries_and_never_touches_what_could_lose_data(deployed: Path) -> None:
    control("updates", {"pipeline": "ingest", "state": "FAILED", "message": BUSY, "times": 4})
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


def test_a_job_is_followed_to_the_task_that_failed_and_started_again(deployed: Path) -> None:
    control("tasks", {"job": "daily", "task": "gate_silver", "message": "orders 19.1 % quarantined", "times": 6})
    code, told = medallion(deployed, "start", "daily", "-t", "dev", "--watch")
    (run,) = told["started"]
    tasks = {task["key"]: (task["state"], task["message"]) for task in run["tasks"]}
    assert (code, run["state"], tasks["ingest"]) == (1, "FAILED", ("SUCCESS", ""))
    assert tasks["gate_silver"] == ("FAILED", "orders 19.1 % quarantined")
    assert tasks["gold"][0] == "UPSTREAM_FAILED"
    code, told = medallion(deployed, "start", "daily", "-t", "dev", "--watch")
    assert (code, told["started"][0]["ok"]) == (0, True)
    code, told = medallion(deployed, "start", "daily", "-t", "dev", "--watch", "--heal")
    assert (code, told["errors"][0]["code"]) == (2, "MED710")
    code, told = medallion(deployed, "start", "dialy", "-t", "dev")
    assert (code, told["errors"][0]["help"]) == (2, "did you mean daily?")


def refreshed() -> list[str]:
    """The datasets that the newest update of ingest was asked for."""
    client = workspace()
    pipeline = next(one for one in client.pipelines.list_pipelines() if str(one.name).endswith("ingest"))
    newest = next(iter(client.pipelines.list_updates(str(pipeline.pipeline_id)).updates or ()))
    return sorted(newest.refresh_selection or ())


def told_again(project: Path, update: Json) -> Json:
    """What another watch of the same update tells."""
    code, told = medallion(project, "watch", "ingest", "-t", "dev", "--update", update["update"])
    assert code == 1
    return told["updates"][0]
