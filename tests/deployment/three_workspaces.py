"""A project in git and the three workspaces of its targets, driven by the commands as a user would."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
import uuid
from pathlib import Path
from shlex import split
from typing import Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

CATALOGS = {"dev": "shop_dev", "staging": "shop_staging", "prod": "shop"}
CHECK_COLUMNS = ["dataset", "check_name", "verdict", "ok", "observed", "limit_value"]
Json = Any


class Way:
    """A project in git and the three workspaces that its targets name."""

    def __init__(self, project: Path, name: str) -> None:
        self.project = project
        self.tokens = {target: f"dbapi0{name}{target}" for target in CATALOGS}

    def run(self, *arguments: str) -> tuple[int, Json]:
        result = CliRunner().invoke(app, [*arguments, "--project", str(self.project), "--json"])
        assert result.stdout, (result.stderr, result.exception)
        return result.exit_code, json.loads(result.stdout)

    def follow(self, command: str) -> tuple[int, Json]:
        """Run a command as it was printed; what it asks is answered by --yes."""
        program, *words = split(command)
        assert program == "medallion"
        return self.run(*words, *(("--yes",) if words[0] in ("promote", "rollback") else ()))

    def git(self, *arguments: str) -> str:
        return git(self.project, *arguments)

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("rev-parse", "HEAD")

    def ask(self, target: str, method: str, path: str, body: Json = None) -> Json:
        connection = http.client.HTTPConnection(os.environ["FAKE_HOST"], timeout=30)
        headers = {"Authorization": f"Bearer {self.tokens[target]}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        connection.close()
        return json.loads(text) if text else None

    def leave_lock(self, target: str) -> None:
        """What a deployment leaves behind whose machine went away."""
        root = f"/Workspace/Users/tester@databricks.com/.bundle/shop/{target}"
        lock = {"ID": str(uuid.UUID(int=1)), "AcquisitionTime": "2026-01-01T00:00:00Z", "User": "eve@example.org"}
        content = base64.b64encode(json.dumps(lock).encode()).decode()
        self.ask(target, "POST", "/api/2.0/workspace/mkdirs", {"path": f"{root}/state"})
        body = {"path": f"{root}/state/deploy.lock", "content": content, "format": "AUTO"}
        self.ask(target, "POST", "/api/2.0/workspace/import", body)

    def works(self, target: str) -> None:
        """All tables are there, every gate holds, and both pipelines have run."""
        _, status = self.run("status", "-t", target)
        for pipeline in status["pipelines"]:
            for criterion in pipeline["criteria"]:
                if criterion["name"] == "expected tables are there" and not criterion["ok"]:
                    for table in criterion["seen"].split(", "):
                        catalog, schema, name = table.split(".")
                        body = {"catalog_name": catalog, "schema_name": schema, "name": name}
                        self.ask(target, "POST", "/__fake/tables", body)
        rows = [["orders", "quarantined", "holds", "true", "5 %", "10 %"]]
        answer = {"match": "(?s)^WITH gate_update", "columns": CHECK_COLUMNS, "rows": rows}
        self.ask(target, "POST", "/__fake/statements", answer)
        code, told = self.run("start", "-t", target, "daily", "--yes", "--watch")
        assert (code, {task["state"] for task in told["started"][0]["tasks"]}) == (0, {"SUCCESS"}), told


def sign_in_to(patch: pytest.MonkeyPatch, server_url: str, name: str, folder: Path) -> None:
    """The environment as a user of the workspace `name` has it, and nothing else of this machine."""
    for variable in [name for name in os.environ if name.startswith(("DATABRICKS_", "BUNDLE_"))]:
        patch.delenv(variable)
    (folder / "databrickscfg").touch()
    patch.setenv("DATABRICKS_HOST", server_url)
    patch.setenv("DATABRICKS_TOKEN", f"dbapi0{name}")
    patch.setenv("DATABRICKS_CONFIG_FILE", str(folder / "databrickscfg"))
    patch.setenv("DATABRICKS_CACHE_ENABLED", "false")
    patch.setenv("DATABRICKS_CLI_DISABLE_TELEMETRY", "1")
    patch.setenv("DATABRICKS_CLI_DISABLE_UPDATE_CHECK", "true")
    patch.setenv("DATABRICKS_RATE_LIMIT", "1000000000")
    patch.setenv("NO_PROXY", "127.0.0.1,localhost")


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    command = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def put_into_git(folder: Path, message: str) -> None:
    """A repository of its own, with everything committed on main."""
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", message)):
        git(folder, *arguments)


def name_profiles(project: Path) -> None:
    """Each target takes the profile of its name."""
    bundle = project / "databricks.yml"
    text = bundle.read_text()
    for target in ("staging", "prod"):
        head = f"  {target}:\n    mode: production\n    workspace:\n"
        text = text.replace(head, f"{head}      profile: {target}\n")
    head = "  dev:\n    mode: development\n"
    bundle.write_text(text.replace(head, f"{head}    workspace:\n      profile: dev\n"))


def edit(way: Way, path: str, old: str, new: str) -> None:
    """Replace a text of one of the project's files, which has to be there."""
    file = way.project / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
