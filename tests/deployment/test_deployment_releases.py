"""From dev to staging to prod and back, in three workspaces, with the real CLI: prod gets what staging has passed."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

pytestmark = pytest.mark.cli

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


@pytest.fixture
def way(project: Path, workspace: str, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Way:
    made = Way(project, workspace)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setenv("FAKE_HOST", server_url.removeprefix("http://"))
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setenv("PATH", f"{Path('tools/databricks/bin').absolute()}{os.pathsep}{os.environ['PATH']}")
    profiles = [f"[{target}]\nhost = {server_url}\ntoken = {token}\n" for target, token in made.tokens.items()]
    (tmp_path / "databrickscfg").write_text("\n".join(profiles))
    bundle = project / "databricks.yml"
    text = bundle.read_text()
    for target in ("staging", "prod"):
        text = text.replace(
            f"  {target}:\n    mode: production\n    workspace:\n",
            f"  {target}:\n    mode: production\n    workspace:\n      profile: {target}\n",
        )
    text = text.replace(
        "  dev:\n    mode: development\n", "  dev:\n    mode: development\n    workspace:\n      profile: dev\n"
    )
    bundle.write_text(text)
    for target, catalog in CATALOGS.items():
        made.ask(target, "POST", "/api/2.1/unity-catalog/catalogs", {"name": catalog})
    made.git("init", "-q")
    made.commit("one")
    return made


def test_what_has_passed_goes_on_and_what_has_not_is_refused(way: Way) -> None:
    code, told = way.run("deploy", "-t", "dev")
    assert (code, told["left"]) == (0, [])
    first = told["release"]
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    assert (code, told["errors"][0]["code"]) == (1, "MED734")
    assert "has not passed in dev" in told["errors"][0]["message"]
    code, told = way.run("release", "pass", "-t", "dev")
    assert (code, told["errors"][0]["code"]) == (1, "MED735")
    way.works("dev")
    assert way.run("release", "pass", "-t", "dev")[0] == 0

    note = way.project / "sql/gold/daily_sales.sql"
    original = note.read_text()
    note.write_text(original + "-- not committed\n")
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    assert (code, told["errors"][0]["code"]) == (2, "MED733")
    way.commit("two")
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    assert "1 files are not those of" in told["errors"][0]["message"]
    note.write_text(original)
    way.commit("three")

    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    assert (code, told["promoted_from"]) == (0, first)
    way.works("staging")
    assert way.run("release", "pass", "-t", "staging")[0] == 0
    code, told = way.run("promote", "-t", "prod", "--from", "staging", "--yes")
    assert code == 0
    assert way.run("release", "diff", "staging", "prod") == (
        0,
        {"files": {}, "contracts": {}, "commits": [way.git("rev-parse", "HEAD")] * 2},
    )
    assert deployed_files(way, "staging") == deployed_files(way, "prod")


def deployed_files(way: Way, target: str) -> dict[str, int]:
    """What the workspace holds of the project: path below the bundle's folder, and size."""
    root = json.loads(
        subprocess.run(
            ["databricks", "bundle", "summary", "-t", target, "-o", "json"],
            cwd=way.project, check=True, capture_output=True, text=True,
        ).stdout
    )["workspace"]["file_path"]  # fmt: skip
    found: dict[str, int] = {}
    waiting = [root]
    while waiting:
        for entry in way.ask(target, "GET", f"/api/2.0/workspace/list?path={waiting.pop()}").get("objects") or ():
            if entry["object_type"] == "DIRECTORY":
                waiting.append(entry["path"])
            else:
                found[entry["path"].removeprefix(root)] = len(
                    json.dumps(way.ask(target, "GET", f"/api/2.0/workspace/export?path={entry['path']}"))
                )
    return found


@pytest.fixture
def released(way: Way) -> Callable[[str], str]:
    """Deploy the committed files to dev; answers the release's id."""

    def release(message: str) -> str:
        way.commit(message)
        code, told = way.run("deploy", "-t", "dev")
        assert code == 0, told
        return str(told["release"])

    return release


def edit(way: Way, path: str, old: str, new: str) -> None:
    file = way.project / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_way_back_says_what_older_code_does_to_newer_tables(way: Way, released: Callable[[str], str]) -> None:
    code, told = way.run("deploy", "-t", "dev")
    base = told["release"]
    edit(way, "sql/gold/daily_sales.sql", "count(*)", "count(order_id)")
    code_only = released("code only")
    code, told = way.run("rollback", "-t", "dev", "--to", base, "--dry-run")
    assert (code, [(step["dataset"], step["effect"], step["is_safe"]) for step in told["steps"]]) == (
        0,
        [("gold.daily_sales", "recomputed", True)],
    )
    edit(way, "contracts/silver/currencies.yml", "keys: [currency_code]", "keys: [currency_code, currency_name]")
    edit(
        way,
        "contracts/silver/currencies.yml",
        "currency_name: {type: string, rules: [not_null]}",
        "currency_name: {type: string}",
    )
    released("a breaking contract")
    code, told = way.run("rollback", "-t", "dev", "--to", code_only, "--dry-run")
    by_hand = {step["dataset"]: step["effect"] for step in told["steps"] if not step["is_safe"]}
    assert (code, by_hand) == (1, {"silver.currencies": "undefined results"})
    (way.project / "sql/gold/extra.sql").write_text(
        "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.extra AS SELECT product_id FROM ${silver}.products;\n"
    )
    released("a new table")
    _, before = way.run("release", "list", "-t", "dev")
    CliRunner().invoke(app, ["rollback", "-t", "dev", "--to", base, "--project", str(way.project)], input="n\n")
    assert way.run("release", "list", "-t", "dev")[1] == before, "nothing is deployed without a yes"
    code, told = way.run("rollback", "-t", "dev", "--to", base, "--yes")
    effects = {step["dataset"]: (step["effect"], step["is_safe"]) for step in told["steps"]}
    assert (code, effects["gold.extra"]) == (1, ("dropped with data", False))
    assert any("DEEP CLONE" in command for step in told["steps"] for command in step["commands"])
    code, listed = way.run("release", "list", "-t", "dev")
    assert (listed[-1]["promoted_from"], listed[-1]["files"]) == (base, listed[0]["files"])
    code, told = way.run("rollback", "-t", "dev", "--to", base, "--dry-run")
    assert (code, told["errors"][0]["code"]) == (2, "MED736")
