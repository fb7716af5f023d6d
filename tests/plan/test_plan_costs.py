"""Rough cost classes and the figures they rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from medallion_toolkit.deployment.updates.events import Event
from medallion_toolkit.deployment.updates.figures import figures_of
from medallion_toolkit.plan.costs import LOCAL, Figures, local_figures, rows_text, size_of, with_costs
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan, Effect, Reason
from medallion_toolkit.plan.telling import as_json, as_text
from medallion_toolkit.plan.verdict import verdict_line


@pytest.mark.parametrize(
    ("rows", "seconds", "size"),
    [
        (0, 0.0, "small"),
        (999_999, 59.9, "small"),
        (1_000_000, 1.0, "medium"),
        (10, 60.0, "medium"),
        (99_999_999, 899.0, "medium"),
        (100_000_000, 1.0, "large"),
        (10, 900.0, "large"),
    ],
)
def test_rows_and_seconds_give_a_class(rows: int, seconds: float, size: str) -> None:
    assert size_of(rows, seconds) == size


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (1, "1 row"),
        (9_999, "9,999 rows"),
        (12_345, "12.3 k rows"),
        (1_234_567, "1.2 M rows"),
        (2 * 10**9, "2.0 G rows"),
    ],
)
def test_rows_are_said_in_short(rows: int, text: str) -> None:
    assert rows_text(rows) == text


def changes(**effects: Effect) -> ConsequencePlan:
    datasets = tuple(
        DatasetPlan(f"silver.{name}", "streaming table", (Reason(effect, "…", "type changed"),))
        for name, effect in effects.items()
    )
    return ConsequencePlan("main", "dev", datasets)


FIGURES = {
    "silver.orders": Figures(1_200_000, 40.0, "update 8a31 of prod"),
    "silver.events": Figures(2 * 10**9, 50.0, "update 8a31 of prod"),
}


def costs(plan: ConsequencePlan, inputs: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, str]:
    found = with_costs(plan, FIGURES, inputs or {})
    return {one.name.partition(".")[2]: str(one.cost) for one in found.datasets if one.cost}


def test_what_is_made_anew_has_a_cost_and_what_is_not_known_is_unknown() -> None:
    plan = changes(orders="full refresh needed", events="recomputed", lines="state lost", notes="new rows only")
    assert costs(plan) == {
        "orders": "medium: 1.2 M rows in 40 s, update 8a31 of prod",
        "events": "large: 2.0 G rows in 50 s, update 8a31 of prod",
        "lines": "unknown: no run of it is known",
    }


def test_one_update_alone_is_no_measure_of_a_whole_table_unless_it_was_large() -> None:
    found = {"silver.orders": Figures(412, 5.0, "update 8a31 of prod", False)}
    found["silver.events"] = Figures(2_000_000_000, 50.0, "update 8a31 of prod", False)
    plan = changes(orders="full refresh needed", events="full refresh needed")
    assert {one.name: str(one.cost) for one in with_costs(plan, found, {}).datasets} == {
        "silver.orders": "unknown: in one run alone 412 rows in 5 s, update 8a31 of prod",
        "silver.events": "large: 2.0 G rows in 50 s, update 8a31 of prod",
    }


def test_a_new_table_costs_what_it_reads() -> None:
    inputs = {
        "silver.a": ("silver.orders", "silver.events"),
        "silver.b": ("silver.orders", "silver.lines"),
        "silver.c": (),
    }
    assert costs(changes(a="new", b="new", c="new"), inputs) == {
        "a": "large: it reads 2.0 G rows, update 8a31 of prod",
        "b": "unknown: no run is known of what it reads",
    }


def test_the_cost_stands_in_text_and_json_and_large_ones_in_the_verdict() -> None:
    plan = with_costs(changes(events="full refresh needed", orders="full refresh needed"), FIGURES, {})
    assert "    cost large: 2.0 G rows in 50 s, update 8a31 of prod" in as_text(plan).splitlines()
    assert verdict_line(plan) == "since main: 2 full refresh needed (1 large) · 0 datasets unchanged"
    datasets = as_json(plan)["datasets"]
    assert isinstance(datasets, list)
    assert datasets[0]["cost"] == {"size": "large", "basis": "2.0 G rows in 50 s, update 8a31 of prod"}


def test_of_the_kept_local_runs_the_one_with_the_most_rows_counts(tmp_path: Path) -> None:
    folder = tmp_path / ".medallion" / "runs"
    folder.mkdir(parents=True)
    runs = [("ok", 412, 3.5), ("ok", 9, 0.4), ("failed", 5_000, 9.0), ("unchanged", 0, 0.0)]
    for number, (outcome, rows, seconds) in enumerate(runs):
        one = {"name": "silver.orders", "outcome": outcome, "rows_in": rows, "written": 1, "seconds": seconds}
        run = {"started": f"2026-11-2{number}T05:00:00+00:00", "datasets": [one]}
        (folder / f"{number}.json").write_text(json.dumps(run))
    assert local_figures(tmp_path) == {"silver.orders": Figures(412, 3.5, LOCAL)}
    assert local_figures(tmp_path / "never run") == {}


def event(second: int, dataset: str, status: str, **metrics: int) -> Event:
    return Event.of(
        {
            "id": f"{dataset}{second}",
            "event_type": "flow_progress",
            "timestamp": f"2026-11-21T05:00:{second:02}.500Z",
            "origin": {"dataset_name": f"shop.silver.{dataset}", "update_id": "8a31f00d"},
            "details": {"flow_progress": {"status": status, "metrics": metrics}},
        }
    )


def test_events_of_an_update_give_rows_and_seconds_of_what_completed() -> None:
    events = [
        event(1, "orders", "QUEUED"),
        event(5, "orders", "RUNNING", num_upserted_rows=400),
        event(9, "lines", "RUNNING", num_output_rows=7),
        event(45, "orders", "COMPLETED", num_upserted_rows=10, num_deleted_rows=2),
        event(46, "lines", "FAILED"),
    ]
    found = figures_of(events, "8a31f00d-1", "prod", lambda name: name.removeprefix("shop."))
    assert found == {"silver.orders": Figures(412, 40.0, "update 8a31f00d of prod", False)}
