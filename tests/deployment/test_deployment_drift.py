"""Drift made by hand in a workspace is found, place by place; nothing is told where nobody touched anything."""

from __future__ import annotations

import pytest
from drifting_workspace import GROUP, DriftingWorkspace, set_ignored
from three_workspaces import Way, edit

pytestmark = pytest.mark.cli


@pytest.fixture
def dev(way: Way, monkeypatch: pytest.MonkeyPatch) -> DriftingWorkspace:
    """The sample project, released to dev."""
    monkeypatch.setenv("BUNDLE_VAR_group_analysts", GROUP)
    code, told = way.run("deploy", "-t", "dev")
    assert (code, told["left"]) == (0, [])
    return DriftingWorkspace(way, "dev")


def test_every_kind_of_drift_is_found_and_nothing_else(dev: DriftingWorkspace) -> None:
    code, found, told = dev.drift()
    assert (code, found) == (0, {})
    assert "release 20" in told["scope"]
    assert any("no update of their pipeline has completed" in note for note in told["notes"])

    dev.pipelines_ran()
    dev.governance_ran()
    code, found, told = dev.drift()
    assert (code, found, told["notes"]) == (0, {}, [])

    _, settings = dev.job("daily")
    dev.reset_job("daily", {"schedule": {**settings["schedule"], "timezone_id": "Europe/Rome"}})
    dev.write_file("sql/gold/daily_sales.sql", "-- by hand\n")
    dev.write_file("sql/gold/extra.sql", "CREATE OR REFRESH MATERIALIZED VIEW extra AS SELECT 1 AS one;\n")
    dev.delete_file("sql/gold/dim_date.sql")
    orders = dev.tables["silver.orders"]
    orders["columns"][0]["comment"] = "renamed in the UI"
    orders["columns"][3]["type_text"] = "decimal(14, 2)"
    orders["columns"] = [one for one in orders["columns"] if one["name"] != "status"] + [
        {"name": "note", "type_text": "string"}
    ]
    dev.put_table("silver.orders")
    dev.tables["bronze.orders"]["properties"]["pipelines.reset.allowed"] = "true"
    dev.put_table("bronze.orders")
    schema = dev.bundle.schemas["silver"].split(".")[1]
    dev.rows["table_privileges"] = [row for row in dev.rows["table_privileges"] if row[1] != "orders"]
    dev.rows["table_privileges"] += [[schema, "orders_checked", "everybody", "SELECT"]]
    dev.rows["table_tags"] = [
        [*row[:3], "nobody"] if row[1:3] == ["orders", "owner"] else row for row in dev.rows["table_tags"]
    ]
    dev.rows["column_tags"] += [[schema, "orders", "status", "classification", "secret"]]
    dev.rows["column_masks"] = [row for row in dev.rows["column_masks"] if row[1:3] != ["orders", "contact_email"]]
    for view in dev.rows:
        dev.put_rows(view)

    code, found, told = dev.drift()
    assert code == 1
    checksums = {where: values for where, values in found.items() if where.startswith("files.")}
    assert {where: [value is None for value in values] for where, values in checksums.items()} == {
        "files.sql/gold/daily_sales.sql": [False, False],
        "files.sql/gold/dim_date.sql": [False, True],
        "files.sql/gold/extra.sql": [True, False],
    }
    assert {where: values for where, values in found.items() if where not in checksums} == {
        "resources.jobs.daily.schedule.timezone_id": ("UTC", "Europe/Rome"),
        "governance.silver.orders.columns.contact_email.mask": ("masked", None),
        "governance.silver.orders.columns.status.tags.classification": (None, "secret"),
        "governance.silver.orders.grants.analysts": ("SELECT", None),
        "governance.silver.orders.tags.owner": ("sales-data", "nobody"),
        "governance.silver.orders_checked.grants.everybody.SELECT": (None, "granted"),
        "tables.bronze.orders.properties.pipelines.reset.allowed": ("false", "true"),
        "tables.silver.orders.columns.note": (None, "string"),
        "tables.silver.orders.columns.order_amount.type": ("decimal(12,2)", "decimal(14,2)"),
        "tables.silver.orders.columns.order_id.comment": ("Number on the invoice", "renamed in the UI"),
        "tables.silver.orders.columns.status": ("STRING", None),
    }
    nexts = {one["where"]: one["next"] for one in told["differences"]}
    assert nexts["resources.jobs.daily.schedule.timezone_id"] == "medallion deploy -t dev"
    assert nexts["files.sql/gold/daily_sales.sql"] == "databricks bundle sync --full -t dev"
    assert nexts["governance.silver.orders_checked.grants.everybody.SELECT"] == (
        f"REVOKE SELECT ON TABLE `shop_dev`.`{schema}`.`orders_checked` FROM `everybody`"
    )

    set_ignored(dev.way.project, "tables.*", "governance.*", "files.sql/gold/*", "resources.jobs.daily.schedule.*")
    code, found, told = dev.drift()
    assert (code, found, len(told["ignored"])) == (0, {}, 14)


def test_dropped_tables_and_resources_are_found_and_a_wrong_setting_is_refused(dev: DriftingWorkspace) -> None:
    dev.pipelines_ran()
    number, _ = dev.job("replay")
    dev.ask("POST", "/api/2.2/jobs/delete", {"job_id": number})
    orders = dev.tables["silver.orders"]
    dev.ask("POST", "/__fake/tables", {**orders, "table_type": "MANAGED"})
    edit(dev.way, "sql/gold/daily_sales.sql", "-- Orders and revenue", "-- Revenue and orders")
    dev.way.commit("not deployed: drift is held against the release, not against the files here")
    code, found, told = dev.drift()
    assert (code, found) == (
        1,
        {
            "resources.jobs.replay": ("deployed", "deleted"),
            "tables.silver.orders.kind": ("streaming table", "managed"),
        },
    )
    assert any("jobs/governance.sql has never run" in note for note in told["notes"])

    edit(dev.way, "sql/gold/dim_date.sql", "2027", "2028")
    _, told = dev.way.run("deploy", "-t", "dev")
    assert told.get("release", told) is None
    code, found, told = dev.drift()
    assert {where for where in found if where.startswith("files.")} == {
        "files.sql/gold/daily_sales.sql",
        "files.sql/gold/dim_date.sql",
    }
    assert "resources.jobs.replay" not in found
    assert any("without a release" in note for note in told["notes"])

    assert dev.way.run("drift")[1]["errors"][0]["code"] == "MED752"
    settings = dev.way.project / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.medallion.drift]\nignore = 'tables.*'\n")
    code, told = dev.way.run("drift", "-t", "dev")
    assert (code, told["errors"][0]["code"]) == (1, "MED751")


def test_adopting_writes_a_change_to_review_and_loses_nothing(dev: DriftingWorkspace) -> None:
    _, settings = dev.job("daily")
    tasks = [{**one, "max_retries": 3} if one["task_key"] == "gold" else one for one in settings["tasks"]]
    dev.reset_job(
        "daily",
        {
            "name": "renamed",
            "tasks": tasks,
            "timeout_seconds": 600,
            "schedule": {**settings["schedule"], "quartz_cron_expression": "0 0 6 * * ?"},
        },
    )
    dev.write_file("sql/gold/daily_sales.sql", "-- by hand\n")
    dev.write_file("sql/gold/extra.sql", "-- new\n")
    dev.write_file(".github/workflows/own.yml", "on: push\n")
    dev.write_file("medallion/__pycache__/note.pyc", "ignored by git")
    dev.delete_file("sql/gold/dim_date.sql")
    note = dev.way.project / "sql/gold/daily_sales.sql"
    before = note.read_text()
    note.write_text("-- not committed\n")
    code, told = dev.way.run("drift", "-t", "dev", "--adopt")
    assert (code, told["errors"][0]["code"], told["errors"][0]["found"]) == (2, "MED753", "sql/gold/daily_sales.sql")
    assert not (dev.way.project / "sql/gold/extra.sql").exists()
    assert note.read_text() == "-- not committed\n"

    note.write_text(before)
    code, _, told = dev.drift("--adopt")
    job = "resources/daily.job.yml"
    assert (code, {one["where"]: one["file"] for one in told["adoption"]["adopted"]}) == (
        1,
        {
            "files.sql/gold/daily_sales.sql": "sql/gold/daily_sales.sql",
            "files.sql/gold/extra.sql": "sql/gold/extra.sql",
            "resources.jobs.daily.schedule.quartz_cron_expression": job,
            "resources.jobs.daily.tasks[task_key='gold'].max_retries": job,
            "resources.jobs.daily.timeout_seconds": job,
        },
    )
    assert {one["where"]: one["why"].partition(";")[0] for one in told["adoption"]["left"]} == {
        "files..github/workflows/own.yml": "it would be written outside of the deployed project",
        "files.medallion/__pycache__/note.pyc": "git ignores it",
        "files.sql/gold/dim_date.sql": "it is gone from the workspace",
        "resources.jobs.daily.name": f"{job} does not state the value itself: "
        "it is put together from variables, mode or presets",
    }
    assert note.read_text() == "-- by hand\n"
    changed = [line for line in dev.way.git("diff", "-U0", "--", job).splitlines() if line[:2] in ("+ ", "- ")]
    assert changed == [
        '-        quartz_cron_expression: "0 0 5 * * ?"',
        '+        quartz_cron_expression: "0 0 6 * * ?"',
        "-      timeout_seconds: 14400",
        "+      timeout_seconds: 600",
        "-          max_retries: 1",
        "+          max_retries: 3",
    ]
    assert dev.way.git("diff", "--cached", "--name-only") == ""

    dev.way.commit("adopted")
    dev.write_file("sql/gold/daily_sales.sql", "-- by hand, again\n")
    _, _, told = dev.drift("--adopt")
    left = {one["where"]: one["why"] for one in told["adoption"]["left"]}
    assert "has changed since; git switch -c adopt" in left["files.sql/gold/daily_sales.sql"]
    assert note.read_text() == "-- by hand\n"


def test_two_targets_differ_in_what_is_not_declared(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    way.run("deploy", "-t", "dev")
    code, told = way.run("drift", "dev", "staging")
    assert (code, told["errors"][0]["code"]) == (2, "MED731")
    assert way.run("deploy", "-t", "staging", "--yes")[0] == 0
    dev, staging = (DriftingWorkspace(way, target) for target in ("dev", "staging"))
    for one in (dev, staging):
        one.pipelines_ran()
    code, told = way.run("drift", "dev", "staging")
    assert (code, told["differences"], told["notes"]) == (0, [], [])

    staging.tables["silver.orders"]["columns"][3]["type_text"] = "double"
    staging.put_table("silver.orders")
    edit(way, "resources/daily.job.yml", "name: shop daily", "name: shop every day")
    edit(way, "contracts/silver/orders.yml", "decimal(12,2)", "decimal(14,2)")
    way.commit("another name, a wider type")
    monkeypatch.setenv("BUNDLE_VAR_group_analysts", GROUP)
    assert way.run("deploy", "-t", "dev")[0] == 0
    monkeypatch.delenv("BUNDLE_VAR_group_analysts")
    code, told = way.run("drift", "dev", "staging")
    found = {one["where"]: (one["expected"], one["found"]) for one in told["differences"]}
    assert code == 1
    assert {where: values for where, values in found.items() if not where.startswith(("files.", "contracts."))} == {
        "resources.jobs.daily.name": ("shop every day", "shop daily"),
        "resources.jobs.daily.tasks[task_key='governance'].sql_task.parameters.group_analysts": (GROUP, ""),
        "tables.silver.orders.columns.order_amount.type": ("decimal(12,2)", "double"),
    }
    assert {where for where in found if where.startswith(("files.", "contracts."))} == {
        "contracts.silver.orders",
        "files.contracts/silver/orders.yml",
        "files.resources/daily.job.yml",
    }
    assert {one["next"] for one in told["differences"] if one["kind"] == "file"} == {
        "medallion promote -t staging --from dev"
    }
