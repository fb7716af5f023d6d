"""What `databricks bundle init` makes of our template is accepted by the real CLI as it is, in every target."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from fnmatch import fnmatch

import pytest
from bundle_projects import COMBINATIONS, DEFAULTS, LAYERS, OTHERS, TARGETS, contents, place, prepare, render
from bundle_workspace import REPOSITORY, SERVICE_PRINCIPAL, STARTER_WAREHOUSE_ID

pytestmark = pytest.mark.cli

WITH_PRINCIPAL = {"service_principal": SERVICE_PRINCIPAL}
NOTHING_TO_DO = re.compile(r"Plan: 0 to add, 0 to change, 0 to delete, \d+ unchanged")
JOB_REFERENCE = re.compile(r"\{\{job\.[a-z_.]+\}\}|\$\{\{[^}]*\}\}")


@pytest.fixture(scope="module", params=["yes", "no"], ids=["sample", "empty"])
def sample_data(request):
    return request.param


@pytest.fixture(scope="module", params=TARGETS)
def target(request):
    return request.param


@pytest.fixture(scope="module")
def deployed(make_workspace, tmp_path_factory, target, sample_data):
    """A project in a target, deployed once for all tests that only look at it or run it."""
    answers = {**WITH_PRINCIPAL, "sample_data": sample_data}
    deployment = place(make_workspace(), tmp_path_factory.mktemp("deployed"), target, answers)
    deployment.succeed("deploy")
    return deployment


@pytest.mark.parametrize("name", COMBINATIONS)
def test_every_combination_of_answers_is_valid_in_every_target(name, initialised, make_workspace, tmp_path):
    project = shutil.copytree(initialised(name), tmp_path / "project")
    for target in TARGETS:
        result = prepare(make_workspace(), project, target, COMBINATIONS[name]).succeed("validate", "--strict")
        assert "Validation OK!" in result.stdout
        assert "Recommendation" not in result.text


@pytest.mark.parametrize("name", COMBINATIONS)
def test_no_template_syntax_is_left_in_a_project(name, initialised):
    project = initialised(name)
    for path in project.rglob("*"):
        assert "{{" not in path.name
        assert path.suffix != ".tmpl"
        # Python modules are copied as they are: an f-string writes a brace as two.
        if path.is_file() and path.suffix not in (".parquet", ".py"):
            left = JOB_REFERENCE.sub("", path.read_text())
            assert "{{" not in left, path
            assert "<no value>" not in left, path


def test_enter_through_all_prompts_gives_the_defaults(workspace, tmp_path):
    by_defaults = tmp_path / "by_defaults"
    by_defaults.mkdir()
    workspace.succeed("bundle", "init", str(REPOSITORY), cwd=by_defaults)
    answered = render(workspace, tmp_path / "answered", DEFAULTS)
    assert contents(by_defaults / "my_lakehouse") == contents(answered)


def test_what_tools_leave_in_the_template_enters_no_project(workspace, tmp_path, initialised):
    template, made = tmp_path / "repository", tmp_path / "made"
    template.mkdir()
    for part in ("template", "library", "databricks_template_schema.json"):
        source = REPOSITORY / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, template / part)
    for left in (".mypy_cache/3.11/a.db", ".ruff_cache/b", ".medallion/state.json", "medallion/__pycache__/rules.pyc"):
        path = template / "template" / "{{.project_name}}" / left
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x91")
    made.mkdir()
    workspace.succeed("bundle", "init", str(template), cwd=made)
    assert sorted(contents(made / "my_lakehouse")) == sorted(contents(initialised("defaults")))


def test_init_says_the_three_next_commands(workspace, tmp_path):
    result = workspace.succeed("bundle", "init", str(REPOSITORY), cwd=tmp_path)
    after = result.stderr.split("Created my_lakehouse/", 1)[1]
    commands = [line.strip() for line in after.splitlines() if line.startswith("  ")]
    assert commands[0] == "cd my_lakehouse"
    assert commands[2] == "medallion run"
    assert len(commands) == 3


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"project_name": "My Shop"}, "A project name has 2 to 40 lower-case letters"),
        ({"catalog": "shop-prod"}, "A catalog name has 1 to 100 lower-case letters"),
        ({"warehouse_name": "a: b"}, "A warehouse name begins with a letter or digit"),
        ({"sample_data": "maybe"}, "Found: maybe"),
        ({"service_principal": "deployer"}, "An application id looks like"),
        ({"notification_address": "nobody"}, "does not look like an e-mail address"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_answer_that_cannot_work_is_refused(answer, message, workspace, tmp_path):
    (tmp_path / "answers.json").write_text(str(answer).replace("'", '"'))
    result = workspace.cli("bundle", "init", str(REPOSITORY), "--config-file", "answers.json", cwd=tmp_path)
    assert result.exit_code == 1
    assert message in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["answers.json"]


def test_a_deployed_project_has_nothing_left_to_do(make_workspace, tmp_path, target, sample_data):
    deployment = place(make_workspace(), tmp_path, target, {**WITH_PRINCIPAL, "sample_data": sample_data})
    assert re.search(r"Plan: \d+ to add, 0 to change, 0 to delete, 0 unchanged", deployment.succeed("plan").stdout)
    deployment.succeed("deploy")
    assert NOTHING_TO_DO.search(deployment.succeed("plan").stdout)
    before = deployment.changes()
    deployment.succeed("deploy")
    assert deployment.changes() == before
    assert before


def test_pipelines_and_job_run(deployed):
    pipelines = deployed.resources()["pipelines"]
    assert len(pipelines) == 2
    for name in pipelines:
        assert "is COMPLETED." in deployed.succeed("run", name).text
    assert "TERMINATED SUCCESS" in deployed.succeed("run", "daily").text
    assert "TERMINATED SUCCESS" in deployed.succeed("run", "replay", "--params", "dataset=silver.orders").text


def schemas_left(deployment):
    _, listed = deployment.workspace.api("GET", f"/api/2.1/unity-catalog/schemas?catalog_name={deployment.catalog}")
    return [schema["name"] for schema in listed.get("schemas", [])]


@pytest.mark.parametrize("target", ["dev", "staging"])
def test_dev_and_staging_can_be_destroyed(workspace, tmp_path, target):
    deployment = place(workspace, tmp_path, target, WITH_PRINCIPAL)
    deployment.succeed("deploy")
    assert len(schemas_left(deployment)) == 3
    deployment.succeed("destroy", "--auto-approve")
    assert schemas_left(deployment) == []
    assert "No active deployment found to destroy" in deployment.succeed("destroy", "--auto-approve").text


def test_prod_refuses_to_be_destroyed(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "prod", WITH_PRINCIPAL)
    deployment.succeed("deploy")
    result = deployment.bundle("destroy", "--auto-approve")
    assert result.exit_code == 1
    for resource in ("schemas.silver", "volumes.landing", "pipelines.ingest"):
        assert f"resources.{resource} has lifecycle.prevent_destroy set" in result.stderr
    assert schemas_left(deployment) == ["bronze", "gold", "silver"]


def test_schemas_and_volume_carry_no_reader_grants(deployed):
    schemas = deployed.created("/api/2.1/unity-catalog/schemas")
    assert {schema["name"] for schema in schemas} == {deployed.schema_name(layer) for layer in LAYERS}
    assert {schema["catalog_name"] for schema in schemas} == {deployed.catalog}
    [volume] = deployed.created("/api/2.1/unity-catalog/volumes")
    assert (volume["name"], volume["schema_name"]) == ("landing", deployed.schema_name("bronze"))
    assert deployed.workspace.requests("PATCH", "/api/2.1/unity-catalog/permissions/") == []


def test_pipelines_are_serverless_publish_their_event_log_and_name_folders_that_exist(deployed):
    pipelines = deployed.created("/api/2.0/pipelines")
    schemas = {layer: deployed.schema_name(layer) for layer in LAYERS}
    landing = f"/Volumes/{deployed.catalog}/{schemas['bronze']}/landing"
    files = deployed.uploads()
    for pipeline in pipelines:
        assert pipeline["serverless"] is True
        assert pipeline["catalog"] == deployed.catalog
        assert pipeline["event_log"]["catalog"] == deployed.catalog
        assert pipeline["configuration"] == {**schemas, "landing": landing, "target": deployed.target}
        root = pipeline["root_path"]
        assert root.endswith(f"/{deployed.target}/files")
        for library in pipeline["libraries"]:
            pattern = library["glob"]["include"].removeprefix(root + "/")
            assert [name for name in files if fnmatch(name, pattern)], f"{pattern} matches no uploaded file"
    assert {pipeline["schema"] for pipeline in pipelines} == {schemas["silver"], schemas["gold"]}
    assert len({pipeline["event_log"]["name"] for pipeline in pipelines}) == 2


def jobs_of(deployed):
    """The jobs that were made, by the last word of their name."""
    made = {job["name"].rpartition(" ")[2]: job for job in deployed.created("/api/2.2/jobs/create")}
    assert sorted(made) == ["daily", "replay"]
    return made


def test_only_dev_is_in_development_mode(deployed):
    job = jobs_of(deployed)["daily"]
    for pipeline in deployed.created("/api/2.0/pipelines"):
        assert pipeline.get("development", False) is (deployed.target == "dev")
        assert pipeline["name"].startswith("[dev tester] ") is (deployed.target == "dev")
    assert job["name"].startswith("[dev tester] ") is (deployed.target == "dev")
    assert job["schedule"]["pause_status"] == ("UNPAUSED" if deployed.target == "prod" else "PAUSED")


def test_staging_and_prod_run_as_the_service_principal(deployed):
    principal = {"service_principal_name": SERVICE_PRINCIPAL}
    asked = [*deployed.created("/api/2.2/jobs/create"), *deployed.created("/api/2.0/pipelines")]
    expected = None if deployed.target == "dev" else principal
    assert [resource.get("run_as") for resource in asked] == [expected] * 4


def test_the_job_runs_its_tasks_in_the_order_that_keeps_gold_clean(deployed):
    job = jobs_of(deployed)["daily"]
    tasks = {task["task_key"]: task for task in job["tasks"]}
    order = ["prepare", "ingest", "gate_silver", "gold", "gate_gold", "governance"]
    assert sorted(tasks) == sorted(order)
    for earlier, later in itertools.pairwise(order):
        assert tasks[later]["depends_on"] == [{"task_key": earlier}]
    sql = [task["sql_task"] for task in tasks.values() if "sql_task" in task]
    assert {task["warehouse_id"] for task in sql} == {STARTER_WAREHOUSE_ID}
    uploads = deployed.uploads()
    assert {task["file"]["path"].split("/files/")[1] for task in sql} <= uploads
    assert job["queue"] == {"enabled": True}
    assert job["health"]["rules"]


def test_a_missed_silver_gate_stops_gold(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "dev", {})
    deployment.succeed("deploy")
    workspace.control("tasks", {"job": "daily", "task": "gate_silver", "message": "19.1 % > 10 %", "times": 99})
    result = deployment.bundle("run", "daily")
    assert result.exit_code == 1
    assert "19.1 % > 10 %" in result.text
    gold = deployment.resources()["pipelines"]
    [gold_id] = [pipeline["id"] for name, pipeline in gold.items() if name != "ingest"]
    assert workspace.api("GET", f"/api/2.0/pipelines/{gold_id}/updates")[1]["updates"] == []


def test_the_workspace_gets_what_it_runs_and_nothing_else(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "dev", {})
    for local in (".medallion/state.json", ".venv/pyvenv.cfg", "medallion/__pycache__/rules.pyc"):
        path = deployment.project / local
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("local")
    deployment.succeed("deploy")
    uploads = deployment.uploads()
    source = {
        path.relative_to(deployment.project).as_posix()
        for folder in ("sql", "contracts", "jobs", "python", "medallion")
        for path in (deployment.project / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert source
    assert source <= uploads
    unwanted = ("tests/", "fixtures/", ".github/", ".vscode/", ".medallion/", ".venv/")
    assert [name for name in uploads if name.startswith(unwanted) or "__pycache__" in name] == []


def test_addresses_and_warehouse_go_where_they_were_asked_for(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "staging", {**OTHERS, "sample_data": "yes"})
    deployment.succeed("deploy")
    job = jobs_of(deployment)["daily"]
    _, listed = workspace.api("GET", "/api/2.0/sql/warehouses")
    warehouses = {warehouse["name"]: warehouse["id"] for warehouse in listed["warehouses"]}
    assert {task["sql_task"]["warehouse_id"] for task in job["tasks"] if "sql_task" in task} == {
        warehouses[OTHERS["warehouse_name"]]
    }
    assert job["email_notifications"]["on_failure"] == ["data-team@example.com"]
    for pipeline in deployment.created("/api/2.0/pipelines"):
        [notification] = pipeline["notifications"]
        assert notification["email_recipients"] == ["data-team@example.com"]


def test_a_blank_address_notifies_nobody(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "dev", {})
    deployment.succeed("deploy")
    job = jobs_of(deployment)["daily"]
    assert not job.get("email_notifications")
    assert [pipeline for pipeline in deployment.created("/api/2.0/pipelines") if "notifications" in pipeline] == []


def removed_schema(deployment):
    """Take the schema gold out of the project; its name goes where it was referred to."""
    name = deployment.schema_name("gold")
    return "resources/gold.schema.yml", {"${resources.schemas.gold.name}": name}, f"schemas/{deployment.catalog}.{name}"


def removed_volume(deployment):
    """Take the landing volume out of the project; its path goes where it was referred to."""
    schema = deployment.schema_name("bronze")
    path = f"/Volumes/{deployment.catalog}/{schema}/landing"
    return (
        "resources/landing.volume.yml",
        {"${resources.volumes.landing.volume_path}": path},
        f"volumes/{deployment.catalog}.{schema}.landing",
    )


def removed_pipeline(deployment):
    """Take the gold pipeline out of the project; its id goes where it was referred to."""
    [key] = [key for key in deployment.resources()["pipelines"] if key != "ingest"]
    id_ = deployment.resources()["pipelines"][key]["id"]
    return f"resources/{key}.pipeline.yml", {f"${{resources.pipelines.{key}.id}}": id_}, id_


@pytest.mark.parametrize("target", ["dev", "prod"])
@pytest.mark.parametrize("removal", [removed_schema, removed_volume, removed_pipeline], ids=lambda f: f.__name__)
def test_removing_a_resource_stops_the_deploy(removal, target, workspace, tmp_path):
    deployment = place(workspace, tmp_path, target, WITH_PRINCIPAL)
    deployment.succeed("deploy")
    file, references, what = removal(deployment)
    (deployment.project / file).unlink()
    for path in (deployment.project / "resources").iterdir():
        text = path.read_text()
        for reference, value in references.items():
            text = text.replace(reference, value)
        path.write_text(text)
    result = deployment.bundle("deploy")
    assert result.exit_code == 1
    assert "--auto-approve" in result.stderr
    assert [line for line in deployment.changes() if line.method == "DELETE" and what in line.path] == []


def test_a_key_that_does_not_exist_fails_strict_validation(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "dev", {})
    path = deployment.project / "resources" / "gold.schema.yml"
    path.write_text(path.read_text().replace("comment:", "coment:"))
    result = deployment.bundle("validate", "--strict")
    assert result.exit_code == 1
    assert "unknown field: coment" in result.stderr


def test_a_project_is_clean_in_git_after_a_deploy_and_a_local_run(workspace, tmp_path):
    deployment = place(workspace, tmp_path, "dev", {})

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=deployment.project, capture_output=True, text=True, check=True).stdout

    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    deployment.succeed("deploy")
    (deployment.project / ".medallion").mkdir()
    (deployment.project / ".medallion" / "state.json").write_text("{}")
    assert git("status", "--porcelain") == ""
