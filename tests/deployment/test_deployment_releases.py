"""From dev to staging to prod and back, in three workspaces, with the real CLI: prod gets what staging has passed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest
from three_workspaces import Json, Way, edit
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

pytestmark = pytest.mark.cli


def test_what_has_passed_goes_on_and_what_has_not_is_refused(way: Way) -> None:
    code, told = way.run("deploy", "-t", "dev")
    assert (code, told["left"]) == (0, [])
    first = told["release"]
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    (error,) = told["errors"]
    assert (code, error["code"], error["found"]) == (1, "MED734", "no record that it has")
    assert "has not passed in dev" in error["message"]
    code, told = way.follow(error["next"])
    assert (code, told["errors"][0]["code"]) == (1, "MED735")
    way.works("dev")
    assert way.run("release", "pass", "-t", "dev")[0] == 0
    code, told = way.run("promote", "-t", "prod", "--from", "dev", "--yes")
    (error,) = told["errors"]
    assert (code, error["code"], error["next"]) == (1, "MED734", "medallion promote -t staging --from dev")

    note = way.project / "sql/gold/daily_sales.sql"
    original = note.read_text()
    note.write_text(original + "-- not committed\n")
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    assert (code, told["errors"][0]["code"]) == (2, "MED733")
    way.commit("two")
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    (error,) = told["errors"]
    assert "1 files are not those of" in error["message"]
    released = way.git("rev-parse", "HEAD~1")
    assert (error["found"], error["next"]) == ("first sql/gold/daily_sales.sql", f"git checkout {released[:12]}")
    note.write_text(original)
    newest = way.commit("three")

    way.leave_lock("staging")
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    (error,) = told["errors"]
    assert (code, error["code"]) == (3, "MED719")
    assert error["next"] == "medallion promote -t staging --from dev --take-over"
    code, told = way.follow(error["next"])
    assert (code, told["promoted_from"], told["left"]) == (0, first, [])
    way.git("checkout", "-q", released)
    code, told = way.run("promote", "-t", "staging", "--from", "dev", "--yes")
    (error,) = told["errors"]
    assert (error["code"], error["next"]) == ("MED734", f"git merge {newest[:12]}"), "staging would lose a commit"
    way.git(*error["next"].split()[1:])
    way.works("staging")
    assert way.run("release", "pass", "-t", "staging")[0] == 0
    code, told = way.run("promote", "-t", "prod", "--from", "staging", "--yes")
    assert code == 0
    assert way.run("release", "diff", "staging", "prod") == (
        0,
        {"files": {}, "contracts": {}, "commits": [way.git("rev-parse", "HEAD")] * 2},
    )
    assert deployed_files(way, "staging") == deployed_files(way, "prod")

    file = way.project / ".medallion/plan-prod.json"
    assert way.run("deploy", "-t", "prod", "--save-plan", str(file))[1]["planned"] == []
    change_schedule(way, "prod")
    arguments = ("promote", "-t", "prod", "--from", "staging", "--plan", str(file))
    code, told = way.run(*arguments, "--yes")
    (error,) = told["errors"]
    assert (code, error["code"]) == (1, "MED721")
    assert error["found"].startswith("resources.jobs.daily: update "), error
    assert daily_job(way, "prod")["settings"]["schedule"]["quartz_cron_expression"] == "0 0 1 * * ?"
    assert len(way.run("release", "list", "-t", "prod")[1]) == 1, "nothing was changed"
    assert way.follow(error["next"])[1]["planned"][0]["resource"] == "resources.jobs.daily"
    shown = CliRunner().invoke(app, [*arguments, "--project", str(way.project)], input="n\n").stdout
    assert "  update    resources.jobs.daily  schedule" in shown


def daily_job(way: Way, target: str) -> Json:
    (listed,) = [
        job for job in way.ask(target, "GET", "/api/2.2/jobs/list")["jobs"] if "daily" in job["settings"]["name"]
    ]
    return way.ask(target, "GET", f"/api/2.2/jobs/get?job_id={listed['job_id']}")


def change_schedule(way: Way, target: str) -> None:
    """As somebody does in the workspace."""
    job = daily_job(way, target)
    job["settings"]["schedule"]["quartz_cron_expression"] = "0 0 1 * * ?"
    way.ask(target, "POST", "/api/2.2/jobs/reset", {"job_id": job["job_id"], "new_settings": job["settings"]})


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
    code, told = way.run("rollback", "-t", "dev", "--to", base, "--yes", "--take-over")
    assert told["left"] == []
    effects = {step["dataset"]: (step["effect"], step["is_safe"]) for step in told["steps"]}
    assert (code, effects["gold.extra"]) == (1, ("dropped with data", False))
    assert any("_kept AS SELECT" in command for step in told["steps"] for command in step["commands"])
    code, listed = way.run("release", "list", "-t", "dev")
    assert (listed[-1]["promoted_from"], listed[-1]["files"]) == (base, listed[0]["files"])
    code, told = way.run("rollback", "-t", "dev", "--to", base, "--dry-run")
    assert (code, told["errors"][0]["code"]) == (2, "MED736")
