"""The template's workflows, as far as a laptop can: the commands of their steps, in order, in clean clones."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from three_workspaces import CATALOGS, git, name_profiles, put_into_git
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.scaffold.project import create_project, find_template

pytestmark = pytest.mark.cli

FOLDER = find_template() / "template" / "{{.project_name}}" / ".github" / "workflows"
INSTALL = "pip install -r requirements-dev.txt"
SAMPLE = ("sql/bronze/currencies.sql", "sql/silver/currencies_conformed.sql", "contracts/silver/currencies.yml")


def jobs(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())["jobs"]
    return loaded


class Runner:
    """What GitHub gives a job: a clean clone, its variables, and the files of the jobs before it."""

    def __init__(self, origin: Path, folder: Path) -> None:
        self.origin, self.folder = origin, folder
        self.artifacts: dict[str, Path] = {}
        self.summary = folder / "summary.md"
        self.shown = ""

    def job(self, name: str, job: dict[str, Any], **values: str) -> list[int]:
        """Exit codes of the job's commands, as GitHub would run them: after a failure only what always runs."""
        clone = self.folder / f"clone-{name}-{len(list(self.folder.iterdir()))}"
        subprocess.run(["git", "clone", "-q", self.origin, clone], check=True, capture_output=True)
        codes: list[int] = []
        failed = False
        for step in job["steps"]:
            if step.get("run") == INSTALL or (failed and "if" not in step):
                continue
            uses = step.get("uses", "").partition("@")[0]
            if uses == "actions/upload-artifact":
                for path in step["with"]["path"].split():
                    self.artifacts[step["with"]["name"]] = clone / path
            elif uses == "actions/download-artifact":
                source = self.artifacts[step["with"]["name"]]
                goal = clone / step["with"]["path"] / source.name
                goal.parent.mkdir(exist_ok=True)
                goal.write_bytes(source.read_bytes())
            elif "run" in step:
                codes.append(self.command(clone, step["run"], values))
                failed = failed or (codes[-1] != 0 and not step.get("continue-on-error"))
        return codes

    def command(self, clone: Path, command: str, values: dict[str, str]) -> int:
        """The step's one command, in this process: `medallion` is what it begins with."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(clone)
            patch.setenv("GITHUB_STEP_SUMMARY", str(self.summary))
            for name, value in values.items():
                patch.setenv(name, value)
            program, *words = (os.path.expandvars(word) for word in shlex.split(command))
            assert program == "medallion"
            done = CliRunner().invoke(app, words)
        self.shown += f"$ {command}\n{done.output}{done.exception or ''}\n"
        return done.exit_code

    def releases(self, target: str) -> list[dict[str, Any]]:
        """The releases of a target."""
        done = CliRunner().invoke(app, ["release", "list", "-t", target, "--json", "--project", str(self.origin)])
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def without_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without sample data in git, a profile for each of its targets."""
    folder = tmp_path_factory.mktemp("without_sample")
    create_project(folder, {"project_name": "shop", "sample_data": "no"})
    name_profiles(folder / "shop")
    put_into_git(folder / "shop", "one")
    return folder / "shop"


@pytest.fixture
def origin(without_sample: Path, tmp_path: Path, server_url: str, workspace: str) -> Path:
    """The project, with the three workspaces its targets name."""
    profiles = [f"[{target}]\nhost = {server_url}\ntoken = dbapi0{workspace}{target}\n" for target in CATALOGS]
    (tmp_path / "databrickscfg").write_text("\n".join(profiles))
    for target, catalog in CATALOGS.items():
        ask(server_url, f"dbapi0{workspace}{target}", "/api/2.1/unity-catalog/catalogs", {"name": catalog})
    return Path(shutil.copytree(without_sample, tmp_path / "shop"))


@pytest.fixture
def runner(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    folder = tmp_path / "runner"
    folder.mkdir()
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{Path('tools/databricks/bin').absolute()}{os.pathsep}{os.environ['PATH']}")
    return Runner(origin, folder)


def ask(url: str, token: str, path: str, body: object) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.request("POST", path, json.dumps(body), {"Authorization": f"Bearer {token}"})
    assert connection.getresponse().status == 200
    connection.close()


def commit(project: Path, message: str) -> str:
    git(project, "add", "-A")
    git(project, "commit", "-qm", message)
    return git(project, "rev-parse", "HEAD")


def test_main_goes_to_prod_and_back_by_the_workflows_alone(runner: Runner, origin: Path) -> None:
    deploy, rollback = jobs("deploy.yml"), jobs("rollback.yml")
    first = git(origin, "rev-parse", "HEAD")
    codes = {name: runner.job(name, job) for name, job in deploy.items()}
    assert codes == {"dev": [0] * 4, "staging": [0] * 5, "prod-plan": [0], "prod": [0] * 4}, runner.shown
    [released] = runner.releases("prod")
    assert (released["commit"], bool(released["passed"])) == (first, True)
    assert released["promoted_from"] == runner.releases("staging")[0]["id"]
    assert "gate_silver" in runner.summary.read_text()

    assert runner.job("drift", jobs("drift.yml")["drift"]) == [0], runner.shown
    (origin / "NOTES.md").write_text("two\n")
    commit(origin, "two")
    assert runner.job("dev", deploy["dev"]) == [0] * 4, runner.shown
    assert runner.job("prod", deploy["prod"]) == [1], "staging has not passed with these files"
    assert "MED734" in runner.shown
    assert len(runner.releases("prod")) == 1

    before, after = runner.releases("dev")
    back = {"TARGET": "dev", "RELEASE": before["id"]}
    assert runner.job("look", rollback["look"], **back) == [0], runner.shown
    assert runner.releases("dev") == [before, after]
    assert runner.job("rollback", rollback["rollback"], **back) == [0, 0, 0], runner.shown
    assert runner.releases("dev")[-1]["promoted_from"] == before["id"]


def test_a_pull_request_is_checked_and_told_what_was_not(runner: Runner, origin: Path) -> None:
    git(origin, "checkout", "-qb", "change")
    (origin / "NOTES.md").write_text("two\n")
    commit(origin, "two")
    ci = jobs("ci.yml")
    assert runner.job("check", ci["check"]) == [0, 0, 0, 0], runner.shown
    assert runner.job("test", ci["test"], BASE="origin/main") == [0, 0, 0, 0], runner.shown
    assert "no contract and no view below one differs from origin/main" in runner.summary.read_text()
    note = " ".join(ci["consequences"]["env"]["NOTE"].partition("&& '")[2].partition("'")[0].split())
    assert note.startswith("Not checked: no workspace was asked")
    codes = runner.job("consequences", ci["consequences"], BASE="origin/main", NOTE=note)
    assert codes == [0, 0, 0], runner.shown
    assert runner.summary.read_text().rstrip().endswith(note)
    assert runner.job("workspace", ci["workspace"]) == [0], runner.shown
    assert runner.releases("dev") == [], "a pull request deploys nothing"


def test_a_change_that_breaks_is_told_although_the_steps_fail(runner: Runner, origin: Path, generated: Path) -> None:
    for name in SAMPLE:
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        (origin / name).write_text((generated / name).read_text())
    commit(origin, "currencies")
    git(origin, "checkout", "-qb", "change")
    contract = origin / SAMPLE[-1]
    text = contract.read_text()
    text = text.replace("keys: [currency_code]", "keys: [currency_code, currency_name]")
    contract.write_text(text.replace("{type: string, rules: [not_null]}", "{type: string}"))
    commit(origin, "other keys")
    codes = runner.job("consequences", jobs("ci.yml")["consequences"], BASE="origin/main", NOTE="")
    assert codes == [1, 1, 0], runner.shown
    assert "silver.currencies" in runner.summary.read_text()
