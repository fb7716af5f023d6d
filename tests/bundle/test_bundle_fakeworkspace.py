"""The fake workspace behaves as the real one where our bundles depend on it, seen through the real CLI."""

from __future__ import annotations

import io
import json
import subprocess

import pytest
from bundle_workspace import BINARIES, SERVICE_PRINCIPAL, STARTER_WAREHOUSE_ID, call

pytestmark = pytest.mark.cli

BUNDLE = """
bundle:
  name: probe
  engine: direct
variables:
  warehouse_id: {lookup: {warehouse: Serverless Starter Warehouse}}
  runner: {lookup: {service_principal: deployer}}
resources:
  schemas:
    bronze: {catalog_name: shop_dev, name: bronze}
  volumes:
    landing: {catalog_name: shop_dev, schema_name: "${resources.schemas.bronze.name}", name: landing}
  pipelines:
    ingest:
      name: ingest
      serverless: true
      catalog: shop_dev
      schema: ${resources.schemas.bronze.name}
      libraries: [{file: {path: orders.sql}}]
  jobs:
    daily:
      name: daily
      run_as: {service_principal_name: "${var.runner}"}
      tasks:
        - task_key: ingest
          pipeline_task: {pipeline_id: "${resources.pipelines.ingest.id}"}
        - task_key: gate
          depends_on: [{task_key: ingest}]
          sql_task: {warehouse_id: "${var.warehouse_id}", file: {path: gate.sql}}
        - task_key: publish
          depends_on: [{task_key: gate}]
          sql_task: {warehouse_id: "${var.warehouse_id}", file: {path: gate.sql}}
targets:
  only: {default: true}
"""
FAILING_ROWS = {
    "event_type": "flow_progress",
    "level": "METRICS",
    "message": "Completed orders.",
    "origin": {"flow_name": "shop_dev.bronze.orders", "dataset_name": "shop_dev.bronze.orders"},
    "details": {"flow_progress": {"status": "COMPLETED", "metrics": {"num_output_rows": 12}}},
}


@pytest.fixture
def bundle(tmp_path, workspace):
    """A small bundle whose catalog exists already."""
    (tmp_path / "databricks.yml").write_text(BUNDLE)
    (tmp_path / "orders.sql").write_text("CREATE OR REFRESH STREAMING TABLE orders AS SELECT 1 AS id;\n")
    (tmp_path / "gate.sql").write_text("SELECT 1;\n")
    workspace.create_catalog("shop_dev")
    return tmp_path


@pytest.fixture
def deployed(bundle, workspace):
    workspace.succeed("bundle", "deploy", cwd=bundle)
    return bundle


def test_a_deployed_bundle_has_nothing_left_to_do(deployed, workspace):
    plan = workspace.succeed("bundle", "plan", cwd=deployed)
    assert "Plan: 0 to add, 0 to change, 0 to delete, 4 unchanged" in plan.stdout


@pytest.mark.usefixtures("deployed")
def test_lookups_find_the_starter_warehouse_and_the_service_principal(workspace):
    [job] = [line.body for line in workspace.requests("POST", "/api/2.2/jobs/create")]
    tasks = {task["task_key"]: task for task in job["tasks"]}
    assert tasks["gate"]["sql_task"]["warehouse_id"] == STARTER_WAREHOUSE_ID
    assert job["run_as"] == {"service_principal_name": SERVICE_PRINCIPAL}


def test_a_created_service_principal_can_be_looked_up(workspace, tmp_path):
    made = workspace.succeed(
        "service-principals", "create", "--display-name", "robot", "-o", "json", cwd=tmp_path
    ).json()
    found = workspace.succeed(
        "service-principals", "list", "--filter", "displayName eq 'robot'", "-o", "json", cwd=tmp_path
    )
    assert [principal["applicationId"] for principal in found.json()] == [made["applicationId"]]


@pytest.mark.parametrize(("kind", "names"), [("users", ["tester@databricks.com"]), ("groups", ["admins", "users"])])
def test_people_are_listed(workspace, tmp_path, kind, names):
    listed = workspace.succeed(kind, "list", "-o", "json", cwd=tmp_path).json()
    assert [person["displayName"] for person in listed] == names


def test_a_schema_that_exists_is_refused(workspace, tmp_path):
    workspace.succeed("schemas", "create", "bronze", "main", cwd=tmp_path)
    again = workspace.cli("schemas", "create", "bronze", "main", cwd=tmp_path)
    assert (again.exit_code, again.stderr.strip()) == (1, "Error: Schema 'main.bronze' already exists")


def test_a_volume_that_exists_is_refused(workspace, tmp_path):
    workspace.succeed("schemas", "create", "bronze", "main", cwd=tmp_path)
    workspace.succeed("volumes", "create", "main", "bronze", "landing", "MANAGED", cwd=tmp_path)
    again = workspace.cli("volumes", "create", "main", "bronze", "landing", "MANAGED", cwd=tmp_path)
    assert (again.exit_code, again.stderr.strip()) == (1, "Error: Volume 'main.bronze.landing' already exists")


def test_a_child_needs_its_parent(workspace, tmp_path):
    schema = workspace.cli("schemas", "create", "bronze", "nowhere", cwd=tmp_path)
    volume = workspace.cli("volumes", "create", "main", "nowhere", "landing", "MANAGED", cwd=tmp_path)
    assert schema.stderr.strip() == "Error: Catalog 'nowhere' does not exist."
    assert volume.stderr.strip() == "Error: Schema 'main.nowhere' does not exist."


def test_a_bundle_whose_catalog_is_missing_does_not_deploy(bundle, make_workspace):
    elsewhere = make_workspace()
    result = elsewhere.cli("bundle", "deploy", cwd=bundle)
    assert result.exit_code == 1
    assert "Catalog 'shop_dev' does not exist." in result.text


def test_catalog_objects_are_listed_below_their_parents(deployed, workspace):
    def names(*command: str) -> list[str]:
        return [item["name"] for item in workspace.succeed(*command, "-o", "json", cwd=deployed).json()]

    workspace.control("tables", {"catalog_name": "shop_dev", "schema_name": "bronze", "name": "orders"})
    assert names("catalogs", "list") == ["main", "shop_dev"]
    assert names("schemas", "list", "shop_dev") == ["bronze"]
    assert names("volumes", "list", "shop_dev", "bronze") == ["landing"]
    assert names("tables", "list", "shop_dev", "bronze") == ["orders"]


def test_a_pipeline_runs_to_completion(deployed, workspace):
    result = workspace.succeed("bundle", "run", "ingest", cwd=deployed)
    assert "is RUNNING." in result.text
    assert "is COMPLETED." in result.text


def test_a_pipeline_fails_when_a_test_asks_for_it_and_succeeds_after(deployed, workspace):
    workspace.control("updates", {"pipeline": "ingest", "state": "FAILED", "message": "orders.json is not JSON"})
    failed = workspace.cli("bundle", "run", "ingest", cwd=deployed)
    assert failed.exit_code == 1
    assert "orders.json is not JSON" in failed.text
    workspace.succeed("bundle", "run", "ingest", cwd=deployed)


def test_updates_and_pipelines_are_listed_newest_first(deployed, workspace):
    workspace.control("updates", {"pipeline": "ingest", "state": "FAILED", "message": "no"})
    workspace.cli("bundle", "run", "ingest", cwd=deployed)
    workspace.succeed("bundle", "run", "ingest", cwd=deployed)
    [pipeline] = workspace.succeed("pipelines", "list-pipelines", "-o", "json", cwd=deployed).json()
    updates = workspace.succeed("pipelines", "list-updates", pipeline["pipeline_id"], "-o", "json", cwd=deployed).json()
    assert [update["state"] for update in updates["updates"]] == ["COMPLETED", "FAILED"]
    assert [update["state"] for update in pipeline["latest_updates"]] == ["COMPLETED", "FAILED"]


def test_the_event_log_has_the_details_of_flows(deployed, workspace):
    workspace.control("updates", {"pipeline": "ingest", "events": [FAILING_ROWS]})
    workspace.succeed("bundle", "run", "ingest", cwd=deployed)
    pipeline_id = workspace.pipeline_id("ingest")
    _, answer = workspace.api("GET", f"/api/2.0/pipelines/{pipeline_id}/events?max_results=2")
    last, flow = answer["events"]
    assert last["details"] == {"update_progress": {"state": "COMPLETED"}}
    assert flow["details"] == FAILING_ROWS["details"]
    assert flow["origin"]["pipeline_id"] == pipeline_id
    assert flow["origin"]["dataset_name"] == "shop_dev.bronze.orders"
    assert flow["timestamp"] < last["timestamp"]
    assert answer["next_page_token"] == "2"


def test_a_job_runs_its_pipeline_and_its_sql_files(deployed, workspace):
    result = workspace.succeed("bundle", "run", "daily", cwd=deployed)
    assert "TERMINATED SUCCESS" in result.text
    _, updates = workspace.api("GET", f"/api/2.0/pipelines/{workspace.pipeline_id('ingest')}/updates")
    assert [update["cause"] for update in updates["updates"]] == ["JOB_TASK"]


def test_a_failed_task_fails_the_job_and_skips_what_follows(deployed, workspace):
    workspace.control("tasks", {"job": "daily", "task": "gate", "message": "19.1 % quarantined"})
    result = workspace.cli("bundle", "run", "daily", cwd=deployed)
    assert result.exit_code == 1
    assert "19.1 % quarantined" in result.text
    assert "tasks" not in workspace.api("GET", "/api/2.2/jobs/runs/list")[1]["runs"][0]
    [run] = workspace.api("GET", "/api/2.2/jobs/runs/list?expand_tasks=true")[1]["runs"]
    states = {task["task_key"]: task["state"]["result_state"] for task in run["tasks"]}
    assert states == {"ingest": "SUCCESS", "gate": "FAILED", "publish": "UPSTREAM_FAILED"}


def test_runs_are_listed_newest_first_for_one_job(deployed, workspace):
    workspace.succeed("bundle", "run", "daily", cwd=deployed)
    failed = {"task_key": "gate", "state": {"result_state": "FAILED", "state_message": "19.1 % quarantined"}}
    workspace.control("runs", {"job": "daily", "run_id": 8812, "start_time": 1795237200000, "tasks": [failed]})
    listed = workspace.api("GET", "/api/2.2/jobs/runs/list?limit=1")[1]
    [older] = workspace.api("GET", f"/api/2.2/jobs/runs/list?limit=1&page_token={listed['next_page_token']}")[1]["runs"]
    newest = max((listed["runs"][0], older), key=lambda run: run["start_time"])
    assert listed["runs"][0] == newest
    assert {listed["runs"][0]["job_id"], older["job_id"]} == {older["job_id"]}
    assert "runs" not in workspace.api("GET", "/api/2.2/jobs/runs/list?job_id=1")[1]
    output = workspace.api("GET", "/api/2.2/jobs/runs/get-output?run_id=8813")[1]
    assert output["error"] == "19.1 % quarantined"


def test_a_failed_update_fails_the_job(deployed, workspace):
    workspace.control("updates", {"pipeline": "ingest", "state": "FAILED"})
    result = workspace.cli("bundle", "run", "daily", cwd=deployed)
    assert result.exit_code == 1
    assert "is FAILED" in result.text


def test_statements_are_recorded_and_answered_as_programmed(workspace, tmp_path):
    workspace.control("statements", {"match": "from dq_metrics", "columns": ["failed"], "rows": [["23"]]})
    asked = {
        "warehouse_id": STARTER_WAREHOUSE_ID,
        "statement": "SELECT failed FROM dq_metrics WHERE name = :name",
        "parameters": [{"name": "name", "value": "order_id_present"}],
    }
    answer = workspace.succeed(
        "api", "post", "/api/2.0/sql/statements", "--json", json.dumps(asked), cwd=tmp_path
    ).json()
    assert answer["status"]["state"] == "SUCCEEDED"
    assert answer["result"]["data_array"] == [["23"]]
    assert [line.body for line in workspace.requests("POST", "/api/2.0/sql/statements")] == [asked]


def test_statements_fail_as_programmed(workspace):
    workspace.control("statements", {"match": "^GRANT", "error": "[PRINCIPAL_DOES_NOT_EXIST] analysts"})
    answer = workspace.statement("GRANT SELECT ON TABLE t TO analysts")
    assert answer["status"] == {
        "state": "FAILED",
        "error": {"error_code": "BAD_REQUEST", "message": "[PRINCIPAL_DOES_NOT_EXIST] analysts"},
    }
    assert workspace.statement("SELECT 1")["status"]["state"] == "SUCCEEDED"


def test_statements_create_catalogs_and_schemas(workspace):
    assert workspace.statement("CREATE CATALOG IF NOT EXISTS `shop_dev`")["status"]["state"] == "SUCCEEDED"
    assert workspace.statement("CREATE CATALOG IF NOT EXISTS shop_dev")["status"]["state"] == "SUCCEEDED"
    assert workspace.statement("CREATE SCHEMA shop_dev.gold")["status"]["state"] == "SUCCEEDED"
    again = workspace.statement("CREATE SCHEMA shop_dev.gold")["status"]
    assert again["error"]["message"] == "[SCHEMA_ALREADY_EXISTS] Schema 'shop_dev.gold' already exists"
    assert workspace.api("GET", "/api/2.1/unity-catalog/schemas/shop_dev.gold")[0] == 200


def test_files_go_into_a_volume_and_come_back(deployed, workspace):
    (deployed / "day1.json").write_text('{"order_id": "O-1"}\n')
    folder = "dbfs:/Volumes/shop_dev/bronze/landing/orders"
    workspace.succeed("fs", "mkdirs", folder, cwd=deployed)
    workspace.succeed("fs", "cp", "day1.json", f"{folder}/day1.json", cwd=deployed)
    assert workspace.succeed("fs", "ls", folder, cwd=deployed).stdout == "day1.json\n"
    assert workspace.succeed("fs", "cat", f"{folder}/day1.json", cwd=deployed).stdout == '{"order_id": "O-1"}\n'
    [upload] = workspace.requests("PUT", "/api/2.0/fs/files/")
    assert upload.body == '{"order_id": "O-1"}\n'
    workspace.succeed("fs", "rm", "-r", folder, cwd=deployed)
    assert workspace.succeed("fs", "ls", "dbfs:/Volumes/shop_dev/bronze/landing", cwd=deployed).stdout == ""


def test_files_do_not_go_into_a_missing_volume(deployed, workspace):
    (deployed / "day1.json").write_text("{}\n")
    result = workspace.cli("fs", "cp", "day1.json", "dbfs:/Volumes/shop_dev/bronze/nowhere/day1.json", cwd=deployed)
    assert (result.exit_code, result.stderr.strip()) == (
        1,
        "Error: no such directory: /Volumes/shop_dev/bronze/nowhere",
    )
    status, answer = workspace.api("PUT", "/api/2.0/fs/files/Volumes/shop_dev/bronze/nowhere/day1.json")
    assert (status, answer["message"]) == (404, "Volume 'shop_dev.bronze.nowhere' does not exist.")


def test_a_deleted_volume_takes_no_files(deployed, workspace):
    (deployed / "day1.json").write_text("{}\n")
    workspace.succeed("bundle", "destroy", "--auto-approve", cwd=deployed)
    result = workspace.cli("fs", "cp", "day1.json", "dbfs:/Volumes/shop_dev/bronze/landing/day1.json", cwd=deployed)
    assert result.exit_code == 1


def test_files_travel_through_the_python_sdk_too(workspace, monkeypatch):
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.errors import NotFound
    from databricks.sdk.service.catalog import VolumeType

    for name, value in workspace.environment().items():
        monkeypatch.setenv(name, value)
    client = WorkspaceClient()
    client.catalogs.create("shop_dev")
    client.schemas.create("bronze", "shop_dev")
    client.volumes.create("shop_dev", "bronze", "landing", VolumeType.MANAGED)
    folder, data = "/Volumes/shop_dev/bronze/landing/products", bytes(range(256))
    client.files.create_directory(folder)
    client.files.upload(f"{folder}/day1.parquet", io.BytesIO(data))
    assert [entry.file_size for entry in client.files.list_directory_contents(folder)] == [256]
    assert client.files.get_metadata(f"{folder}/day1.parquet").content_length == 256
    assert client.files.download(f"{folder}/day1.parquet").contents.read() == data
    with pytest.raises(NotFound, match=r"Volume 'shop_dev\.bronze\.nowhere' does not exist"):
        client.files.upload("/Volumes/shop_dev/bronze/nowhere/day1.parquet", io.BytesIO(data))


@pytest.mark.usefixtures("deployed")
def test_two_tokens_are_two_workspaces(workspace, make_workspace):
    other = make_workspace()
    assert [
        schema["name"]
        for schema in workspace.api("GET", "/api/2.1/unity-catalog/schemas?catalog_name=shop_dev")[1]["schemas"]
    ] == ["bronze"]
    assert other.api("GET", "/api/2.1/unity-catalog/schemas?catalog_name=shop_dev")[0] == 404


def test_a_call_without_a_token_is_refused(fakeworkspace):
    status, answer = call(fakeworkspace.url, "GET", "/api/2.0/pipelines")
    assert (status, answer["error_code"]) == (401, "UNAUTHENTICATED")


def test_the_server_ends_with_its_parent_and_reports_unknown_routes():
    with subprocess.Popen(
        [BINARIES / "fakeworkspace", "--exit-with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        url = process.stdout.readline().strip()
        assert call(url, "GET", "/api/2.0/unheard-of")[0] == 501
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "No handler for URL: /api/2.0/unheard-of" in errors
