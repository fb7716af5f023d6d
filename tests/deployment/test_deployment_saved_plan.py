"""A plan that was saved and agreed to: deployed exactly, or refused once the workspace has moved on."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from shlex import split
from typing import Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.deployment.destination import Destination
from medallion_toolkit.deployment.planning import Plan, SavedPlan, differences, plan_to_deploy, read_plan
from medallion_toolkit.errors import RunError, UsageError
from medallion_toolkit.scaffold.project import find_template

BINARIES = find_template() / "tools" / "databricks" / "bin"
Json = Any
ENTRY: Json = {
    "id": "p1",
    "action": "update",
    "new_state": {"value": {"name": "shop", "catalog": "main"}},
    "remote_state": {"state": "IDLE"},
    "changes": {
        "catalog": {"action": "update", "old": "a", "new": "main", "remote": "a"},
        "edition": {"action": "skip", "remote": "ADVANCED"},
    },
}
SAVED = SavedPlan("prod", "R1", {"lineage": "l", "serial": 3, "plan": {"resources.pipelines.p": ENTRY}})


def now(**changed: Json) -> SavedPlan:
    return replace(SAVED, plan={**SAVED.plan, "plan": {"resources.pipelines.p": {**ENTRY, **changed}}})


OTHER_VALUE = {"catalog": {"action": "update", "old": "a", "new": "main", "remote": "b"}}
BY_HAND = {**ENTRY["changes"], "continuous": {"action": "update", "remote": True}}


@pytest.mark.parametrize(
    ("fresh", "found"),
    [
        (now(), []),
        (now(remote_state={"state": "RUNNING"}), []),
        (now(changes={**ENTRY["changes"], "edition": {"action": "skip", "remote": "CORE"}}), []),
        (now(changes=OTHER_VALUE), ["resources.pipelines.p: other values"]),
        (now(changes=BY_HAND), ["resources.pipelines.p: update catalog, continuous now, update catalog then"]),
        (now(action="recreate"), ["resources.pipelines.p: recreate catalog now, update catalog then"]),
        (now(new_state={"value": {"name": "shop", "catalog": "x"}}), ["resources.pipelines.p: other values"]),
        (replace(SAVED, base="R2"), ["R2 runs now, then R1"]),
        (replace(SAVED, base=None), ["no release runs now, then R1"]),
        (replace(SAVED, plan={**SAVED.plan, "serial": 4}), ["another deployment was made"]),
        (replace(SAVED, plan={"lineage": "l", "serial": 3}), ["resources.pipelines.p: skip now, update catalog then"]),
    ],
)
def test_what_is_deployed_from_a_plan_is_compared_and_nothing_else(fresh: SavedPlan, found: list[str]) -> None:
    assert list(differences(SAVED, fresh)) == found


@pytest.mark.parametrize("text", [None, "no json", "[]", json.dumps(SAVED.plan)])
def test_a_file_that_is_no_saved_plan_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "plan.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UsageError) as raised:
        read_plan(file)
    assert (raised.value.code, raised.value.next) == ("MED722", f"medallion deploy -t TARGET --save-plan {file}")


def test_a_plan_of_another_target_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({"target": "staging", "base": None, "plan": {}}))
    with pytest.raises(RunError) as raised:
        plan_to_deploy(Destination(tmp_path, "prod", "medallion deploy -t prod"), tmp_path / "plan.json")
    assert (raised.value.code, raised.value.found) == ("MED721", "it is a plan of staging")


def test_what_holds_something_is_not_destroyed() -> None:
    plan = {
        "resources.jobs.daily": {"action": "delete"},
        "resources.pipelines.gone": {"action": "delete", "gone": True},
        "resources.pipelines.ingest": {"action": "update"},
        "resources.schemas.gold": {"action": "delete"},
        "resources.schemas.gold.grants": {"action": "delete"},
        "resources.volumes.landing": {"action": "recreate"},
    }
    assert Plan("prod", {"plan": plan}).destroys == ("resources.schemas.gold", "resources.volumes.landing")


FIRST = """bundle: {name: shop}
targets: {dev: {default: true}}
resources:
  pipelines:
    ingest: {name: shop ingest, catalog: main, schema: bronze, serverless: true, libraries: [{glob: {include: sql/**}}]}
"""
SECOND = FIRST.replace("serverless: true", 'serverless: true, configuration: {more: "1"}')


class Machine:
    """A clone of the project on a machine of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> None:
        """A file, committed."""
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", name)

    def git(self, *arguments: str) -> None:
        git = ["git", "-C", str(self.root), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        subprocess.run([*git, *arguments], check=True, capture_output=True)

    def run(self, command: str) -> tuple[int, Json]:
        """A command as it is typed, or as it was printed."""
        result = CliRunner().invoke(app, [*split(command)[1:], "--project", str(self.root), "--json"])
        assert result.stdout, (result.stderr, result.exception)
        return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def machine(workspace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    assert workspace
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{BINARIES}{os.pathsep}{os.environ['PATH']}")
    made = Machine(tmp_path / "shop")
    made.root.mkdir()
    made.git("init", "-q")
    made.write(".gitignore", ".databricks/\n.medallion/\n")
    made.write("sql/a.sql", "CREATE OR REFRESH MATERIALIZED VIEW bronze.a AS SELECT 1 AS x;\n")
    made.write("databricks.yml", FIRST)
    return made


def change_by_hand(**fields: Json) -> None:
    from databricks.sdk import WorkspaceClient

    pipeline = the_pipeline()
    body = {**pipeline["spec"], **fields}
    WorkspaceClient().api_client.do("PUT", f"/api/2.0/pipelines/{pipeline['pipeline_id']}", body=body)


def the_pipeline() -> Json:
    from databricks.sdk import WorkspaceClient

    client = WorkspaceClient()
    (only,) = client.pipelines.list_pipelines()
    return client.api_client.do("GET", f"/api/2.0/pipelines/{only.pipeline_id}")


def deploys_in_between(machine: Machine, other: Machine) -> Path:
    """From now on the other machine deploys at the very last moment before a saved plan is; returns what to remove."""
    script = machine.root.parent / "bin" / "databricks"
    script.parent.mkdir()
    program = BINARIES / "databricks"
    first = f'(cd "{other.root}" && "{program}" bundle deploy -t dev)'
    script.write_text(f'#!/bin/sh\ncase "$*" in *--plan*) {first} || exit 9;; esac\nexec "{program}" "$@"\n')
    script.chmod(0o755)
    return script


@pytest.mark.cli
def test_a_saved_plan_is_refused_once_the_workspace_has_moved_on(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan, deploy = f"medallion deploy -t dev --save-plan {file}", f"medallion deploy -t dev --plan {file}"
    assert machine.run("medallion deploy -t dev")[0] == 0
    machine.git("clone", "-q", str(machine.root), str(tmp_path / "other"))
    other = Machine(tmp_path / "other")
    machine.write("databricks.yml", SECOND)

    def refused() -> str:
        before = the_pipeline()["spec"]
        code, told = machine.run(deploy)
        (error,) = told["errors"]
        assert (code, error["code"], error["next"]) == (1, "MED721", plan)
        assert the_pipeline()["spec"] == before, "nothing was changed"
        return str(error["found"])

    assert machine.run(plan)[1]["planned"][0]["fields"] == ["configuration"]
    other.write("sql/b.sql", "CREATE OR REFRESH MATERIALIZED VIEW bronze.b AS SELECT 1 AS x;\n")
    release = other.run("medallion deploy -t dev")[1]["release"]
    assert refused().startswith(f"{release} runs now, then "), "files alone, which no plan of resources shows"

    machine.run(plan)
    change_by_hand(continuous=True)
    assert "resources.pipelines.ingest: update configuration, continuous now, update configuration then" in refused()

    machine.run(plan)
    in_between = deploys_in_between(machine, other)
    code, told = machine.run(deploy)
    (error,) = told["errors"]
    assert (code, error["code"]) == (1, "MED721")
    assert "plan serial" in error["found"]
    assert "configuration" not in the_pipeline()["spec"], "the other's state is what runs"
    in_between.unlink()

    machine.run(plan)
    code, told = machine.run(deploy)
    assert (code, told["left"], the_pipeline()["spec"]["configuration"]) == (0, [], {"more": "1"})
    assert len(machine.run("medallion release list -t dev")[1]) == 3


@pytest.mark.cli
def test_what_would_be_destroyed_stops_a_deployment_before_its_files_are_there(machine: Machine) -> None:
    from databricks.sdk import WorkspaceClient

    assert machine.run("medallion deploy -t dev")[0] == 0
    machine.write("sql/b.sql", "CREATE OR REFRESH MATERIALIZED VIEW bronze.b AS SELECT 1 AS x;\n")
    machine.write("databricks.yml", FIRST.partition("resources:")[0])
    code, told = machine.run("medallion deploy -t dev")
    (error,) = told["errors"]
    assert (code, error["code"], error["found"]) == (1, "MED723", "resources.pipelines.ingest")
    assert the_pipeline()["name"] == "shop ingest"
    files = WorkspaceClient().workspace.list("/Workspace/Users/tester@databricks.com/.bundle/shop/dev/files/sql")
    assert [str(one.path).rpartition("/")[2] for one in files] == ["a.sql"]
    done = subprocess.run(split(error["next"]), cwd=machine.root, capture_output=True, text=True, check=False)
    assert (done.returncode, "destructive actions" in done.stderr) == (1, True), "it asks, where somebody can answer"
