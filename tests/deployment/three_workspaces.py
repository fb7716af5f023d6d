"""A project in git and the three workspaces of its targets, driven by the commands as a user would."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from pathlib import Path
from typing import Any

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

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        command = ["git", "-C", str(self.project), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

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
        assert self.run("start", "-t", target, "--yes", "--watch")[0] == 0


def edit(way: Way, path: str, old: str, new: str) -> None:
    """Replace a text of one of the project's files, which has to be there."""
    file = way.project / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
