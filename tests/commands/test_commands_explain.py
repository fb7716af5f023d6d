"""`medallion explain`: query, inputs, plan, and the last run's time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine.local_project import LocalProject
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.engine.explaining import FlowExplanation, explain_dataset
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.report.as_json import run_as_json
from medallion_toolkit.report.explanation import timing_of
from medallion_toolkit.report.past_runs import save_run


def flow_of(project: LocalProject, name: str) -> FlowExplanation:
    (flow,) = explain_dataset(project.open(), name).flows
    return flow


def test_a_materialized_view_with_its_inputs_joins_and_groups(looked_at: LocalProject) -> None:
    flow = flow_of(looked_at, "gold.totals")
    assert str(flow.place) == "sql/gold/totals.sql:2:4"
    assert flow.query is not None
    assert "FROM silver.paid AS p" in flow.query
    assert [(each.name, each.mode, each.rows) for each in flow.inputs] == [
        ("silver.paid", "batch", 4),
        ("silver.latest", "batch", 3),
    ]
    told = "\n".join(flow.steps)
    assert "Reads silver.paid (4 rows in 2 files): 2 columns (order_id, amount)." in told
    assert "Joins silver.paid to silver.latest (left join, on order_id = order_id)" in told
    assert "Groups by order_id and computes count(1), sum(amount)." in told
    assert flow.steps[-1] == "Replaces the rows of gold.totals in one commit."


def test_streams_read_what_is_new_and_changes_are_merged(looked_at: LocalProject) -> None:
    bronze = flow_of(looked_at, "bronze.orders")
    assert [(each.kind, each.files) for each in bronze.inputs] == [("folder", 2)]
    assert bronze.steps[0].startswith("Reads the new files of /Volumes/shop/bronze/landing/orders (2 files)")
    merged = flow_of(looked_at, "silver.latest")
    assert merged.clauses[0] == "KEYS (order_id)"
    assert merged.steps[0].startswith("Reads the new rows of bronze.orders: ")
    assert merged.steps[-1].startswith("Merges the events into silver.latest by order_id: the last event of each key")


def test_time_of_the_last_run_that_ran_it(looked_at: LocalProject, tmp_path: Path) -> None:
    run = looked_at.open()
    names = {"name": "silver.paid", "outcome": "ok", "update_id": "u1"}
    runs = [
        ("2026-11-21T08:00:00+00:00", [{**names, "seconds": 2.0}, {**names, "name": "gold.totals", "seconds": 3.5}]),
        ("2026-11-21T09:00:00+00:00", [{**names, "outcome": "skipped", "seconds": 0.0}]),
    ]
    for started, datasets in runs:
        save_run(tmp_path, {"started": started, "seconds": 7.0, "datasets": datasets})
    timing = timing_of(tmp_path, run.store.events("ingest"), "silver.paid", "shop.silver.paid")
    assert timing is not None
    assert (timing.started[:13], timing.seconds, timing.of_seconds) == ("2026-11-21T08", 2.0, 7.0)
    assert (timing.place, timing.of_datasets, timing.flows) == (2, 2, {})
    assert timing_of(tmp_path, tmp_path, "silver.other", "shop.silver.other") is None


def test_the_command_as_text_and_json(looked_at: LocalProject) -> None:
    result = looked_at.run(select=("gold.totals",), everything=True)
    save_run(looked_at.open().store.runs(), run_as_json(looked_at.open().project, result))
    command = ["explain", "totals", "--project", str(looked_at.root)]
    shown = CliRunner().invoke(app, command).stdout
    assert "     2 | SELECT p.order_id, count(*) AS payments, sum(p.amount) AS amount" in shown
    assert "number 1 of 1 datasets by time" in shown
    found = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert found["last_run"]["outcome"] == "ok"
    assert list(found["last_run"]["flows"]) == ["totals"]
    assert found["flows"][0]["inputs"][0]["size"] > 100


def test_what_has_no_inputs_yet_says_what_to_run(looked_at: LocalProject, tmp_path: Path) -> None:
    fresh = LocalProject(tmp_path, looked_at.source, {})
    for file in looked_at.root.glob("sql/**/*.sql"):
        fresh.write({str(file.relative_to(looked_at.root)): file.read_text(encoding="utf-8")})
    with pytest.raises(MedallionError, match=r"silver\.paid has not been made here yet") as caught:
        explain_dataset(fresh.open(), "gold.totals")
    assert caught.value.next == "medallion run"
