"""The monitoring session through the commands: deploy, start, FAILED, healed or proposed, COMPLETED, all criteria."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from three_workspaces import put_into_git, sign_in_to
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

pytestmark = pytest.mark.cli

SCHEMA = "shop_dev.dev_tester_silver"
BUSY = "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added by a concurrent update. SQLSTATE: 2D521"
CAST = (
    "[STREAM_FAILED] Query terminated with exception: [CAST_INVALID_INPUT] The value '12,50' of the type"
    ' "STRING" cannot be cast to "DECIMAL(12,2)" because it is malformed. SQLSTATE: 22018'
)
Json = Any


class Session:
    """A project in git and its workspace; every step is a command that a person would type."""

    def __init__(self, project: Path) -> None:
        self.project = project

    def run(self, *arguments: str) -> tuple[int, Json]:
        result = CliRunner().invoke(app, [*arguments, "--project", str(self.project), "--json"])
        assert result.stdout, (result.stderr, result.exception)
        return result.exit_code, json.loads(result.stdout)

    def text(self, *arguments: str) -> str:
        return CliRunner().invoke(app, [*arguments, "--project", str(self.project)]).stdout

    def commit(self) -> None:
        put_into_git(self.project, "state")

    def happens(self, what: str, body: Json) -> None:
        """Tell the fake workspace how something ends."""
        self.ask("POST", f"/__fake/{what}", body)

    def ask(self, method: str, path: str, body: Json) -> None:
        connection = http.client.HTTPConnection(os.environ["DATABRICKS_HOST"].removeprefix("http://"), timeout=30)
        token = {"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}"}
        connection.request(method, path, json.dumps(body), token)
        assert connection.getresponse().status == 200
        connection.close()

    def makes_tables(self) -> None:
        """What an update does besides its events: the tables that were missing are there."""
        for pipeline in self.run("status", "-t", "dev")[1]["pipelines"]:
            seen = {one["name"]: one for one in pipeline["criteria"]}["expected tables are there"]
            for table in [] if seen["ok"] else seen["seen"].split(", "):
                catalog, schema, name = table.split(".")
                self.happens("tables", {"catalog_name": catalog, "schema_name": schema, "name": name})


def flow(dataset: str, status: str, error: str | None = None) -> Json:
    """A flow_progress event shaped like the platform's."""
    event: Json = {
        "event_type": "flow_progress",
        "message": f"Flow '{dataset}' is {status}.",
        "origin": {"dataset_name": dataset, "flow_name": dataset},
        "details": {"flow_progress": {"status": status, "metrics": {"num_output_rows": 44}}},
    }
    if error:
        event |= {"level": "ERROR", "error": {"fatal": True, "exceptions": [{"class_name": "E", "message": error}]}}
    return event


@pytest.fixture(scope="module")
def session(generated: Path, server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The sample project, deployed once: each test begins with pipelines that are idle."""
    folder = tmp_path_factory.mktemp("session")
    with pytest.MonkeyPatch.context() as patch:
        sign_in_to(patch, server_url, "session", folder)
        patch.setattr(time, "sleep", lambda _: None)
        patch.setenv("PATH", f"{Path('tools/databricks/bin').absolute()}{os.pathsep}{os.environ['PATH']}")
        opened = Session(Path(shutil.copytree(generated, folder / "shop")))
        put_into_git(opened.project, "state")
        opened.ask("POST", "/api/2.1/unity-catalog/catalogs", {"name": "shop_dev"})
        code, told = opened.run("deploy", "-t", "dev")
        assert (code, told["left"]) == (0, [])
        assert told["release"]
        yield opened


def fails(session: Session, message: str) -> list[str]:
    """The next update of ingest fails at one dataset and skips another; both by name."""
    failed, skipped = f"{SCHEMA}.orders", f"{SCHEMA}.order_lines"
    events = [flow(f"{SCHEMA}.products", "COMPLETED"), flow(failed, "FAILED", message), flow(skipped, "SKIPPED")]
    session.happens("updates", {"pipeline": "ingest", "state": "FAILED", "message": message, "events": events})
    return [skipped, failed]


def criteria(session: Session) -> dict[str, list[str]]:
    """Which criteria each pipeline misses."""
    told = session.run("status", "-t", "dev")[1]
    return {one["key"]: [each["name"] for each in one["criteria"] if not each["ok"]] for one in told["pipelines"]}


def test_a_failure_that_is_safe_to_mend_is_healed_until_everything_holds(session: Session) -> None:
    not_done = fails(session, BUSY)
    code, told = session.run("start", "-t", "dev", "--watch", "--heal")
    by_pipeline = {one["pipeline"]: one["updates"] for one in told["started"]}
    assert list(by_pipeline) == ["ingest", "gold_marts"], "gold reads what ingest makes"
    first, second = by_pipeline["ingest"]
    assert (code, first["state"], first["not_done"], first["treatment"]["does"]) == (0, "FAILED", not_done, "retry")
    assert (second["state"], second["failures"]) == ("COMPLETED", [])
    assert all(updates[-1]["state"] == "COMPLETED" for updates in by_pipeline.values())
    assert all(missed == ["expected tables are there"] for missed in criteria(session).values())
    session.makes_tables()
    code, told = session.run("status", "-t", "dev")
    assert (code, told["ok"]) == (0, True)
    assert [len(one["criteria"]) for one in told["pipelines"]] == [4] * len(told["pipelines"])


def test_a_fix_that_a_person_makes_is_proposed_and_after_it_the_session_ends_well(session: Session) -> None:
    fails(session, CAST)
    code, told = session.run("start", "-t", "dev", "--watch", "--heal")
    (ingest,) = told["started"]
    (only,) = ingest["updates"]
    assert ingest["pipeline"] == "ingest", "what comes after it is not started"
    assert (code, only["state"], only["treatment"]["does"]) == (1, "FAILED", None)
    assert "MED831" in only["treatment"]["why"]
    assert "try_cast" in only["failures"][0]["fix"]
    assert "MED831" in session.text("status", "-t", "dev")

    events = [flow("shop_dev.dev_tester_gold.daily_sales", "COMPLETED")]
    session.happens("updates", {"pipeline": "gold", "events": events})
    refreshed = session.run("start", "-t", "dev", "gold_marts", "--watch")[1]["started"][0]["updates"][0]["update"]
    edited = session.project / "sql/gold/daily_sales.sql"
    edited.write_text(edited.read_text().replace("count(*)", "count(order_id)"))
    code, told = session.run("plan", "--deployed", "-t", "dev")
    release = session.run("release", "list", "-t", "dev")[1][-1]["id"]
    assert (code, told["base"], told["workspace"]) == (0, release, [])
    assert [(one["name"], one["effect"]) for one in told["datasets"]] == [("gold.daily_sales", "recomputed")]
    basis = f"in one run alone 44 rows, update {refreshed[:8]} of dev"
    assert told["datasets"][0]["cost"] == {"size": "unknown", "basis": basis}
    assert "changes no resource" in session.text("plan", "--deployed", "-t", "dev")

    session.commit()
    assert session.run("deploy", "-t", "dev")[0] == 0
    assert session.run("plan", "--deployed", "-t", "dev")[1]["datasets"] == []
    code, told = session.run("start", "-t", "dev", "--watch")
    assert (code, {one["updates"][-1]["state"] for one in told["started"]}) == (0, {"COMPLETED"})
    session.makes_tables()
    assert set(map(tuple, criteria(session).values())) == {()}


def test_a_plan_of_what_is_deployed_needs_a_target_and_a_release(project: Path, workspace: str) -> None:
    assert workspace
    fresh = Session(project)
    fresh.commit()
    for arguments in (["--deployed"], ["-t", "dev"]):
        code, told = fresh.run("plan", *arguments)
        assert (code, told["errors"][0]["code"]) == (2, "MED738")
    code, told = fresh.run("plan", "--deployed", "-t", "dev")
    assert (code, told["errors"][0]["code"], told["errors"][0]["next"]) == (1, "MED731", "medallion deploy -t dev")
