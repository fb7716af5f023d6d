"""Two days of the sample shop, run locally, hold what the oracle worked out from the files alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from silent_watcher import Silent

from medallion_toolkit.deployment.deliver import deliver_here
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.project.bundle import load_bundle
from medallion_toolkit.report.as_json import run_as_json
from medallion_toolkit.scaffold.project import create_project, find_template

pytestmark = pytest.mark.spark

TRUTH = json.loads((find_template() / "sample_data" / "truth.json").read_text("utf-8"))
DAYS = ("2026-11-20", "2026-11-21")
SILVER = ("orders", "order_lines", "customers", "products", "currencies")
MOST_ROWS = 10_000
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Day:
    """A run, and the rows of every table after it."""

    summary: Row
    tables: Mapping[str, Sequence[Row]]

    def dataset(self, name: str) -> Row:
        return next(one for one in self.summary["datasets"] if one["name"] == name)


@pytest.fixture(scope="module")
def days(session_source: SessionOnDemand, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Day]:
    folder = tmp_path_factory.mktemp("sample")
    create_project(folder, {"project_name": "shop"})
    first = run_day(folder / "shop", session_source)
    deliver_here(load_bundle(folder / "shop"))
    return {DAYS[0]: first, DAYS[1]: run_day(folder / "shop", session_source)}


def run_day(project: Path, source: SessionOnDemand) -> Day:
    opened = LocalRun.open(project, None, source)
    summary = run_as_json(opened.project, run_project(opened, RunOptions(), Silent()))
    names = [one["name"] for one in summary["datasets"] if not one["name"].startswith("bronze.")]
    return Day(summary, {name: read_rows(opened, name, MOST_ROWS).values for name in names})


@pytest.mark.parametrize("day", DAYS)
def test_every_dataset_and_every_gate_is_good(days: dict[str, Day], day: str) -> None:
    summary = days[day].summary
    assert [one["name"] for one in summary["datasets"] if one["outcome"] not in ("ok", "unchanged")] == []
    missed = [check for gate in summary["gates"] for check in gate["checks"] if not check["ok"]]
    assert (summary["ok"], missed, len(summary["gates"])) == (True, [], 2)


@pytest.mark.parametrize("table", SILVER)
@pytest.mark.parametrize("day", DAYS)
def test_only_the_rows_of_the_day_are_judged(days: dict[str, Day], day: str, table: str) -> None:
    truth = TRUTH[day][f"silver.{table}"]
    assert days[day].dataset(f"bronze.{table}")["written"] == truth["in"]
    assert days[day].dataset(f"silver.{table}_checked")["written"] == truth["in"]
    assert days[day].dataset(f"silver.{table}_quarantine")["written"] == truth["quarantined"]
    assert days[day].dataset(f"silver.{table}")["rows_in"] == truth["valid"]


@pytest.mark.parametrize("table", SILVER)
@pytest.mark.parametrize("day", DAYS)
def test_quarantine_has_every_reason_of_every_row(days: dict[str, Day], day: str, table: str) -> None:
    expected: Counter[str] = Counter()
    for past in DAYS[: DAYS.index(day) + 1]:
        expected.update(TRUTH[past][f"silver.{table}"]["reasons"])
    rows = days[day].tables[f"silver.{table}_quarantine"]
    assert Counter(error["rule"] for row in rows for error in row["_errors"]) == expected


@pytest.mark.parametrize("day", DAYS)
def test_warnings_are_counted_and_let_the_row_pass(days: dict[str, Day], day: str) -> None:
    expectations = {one["name"]: one for one in days[day].dataset("silver.orders_checked")["expectations"]}
    warned = TRUTH[day]["silver.orders"]["warned"]["order_amount_plausible"]
    assert expectations["order_amount_plausible"]["failed"] == warned


@pytest.mark.parametrize("table", SILVER)
@pytest.mark.parametrize("day", DAYS)
def test_tables_hold_what_is_true_now(days: dict[str, Day], day: str, table: str) -> None:
    assert len(days[day].tables[f"silver.{table}"]) == TRUTH[day][f"silver.{table}"]["rows"]


@pytest.mark.parametrize("day", DAYS)
def test_flagged_rows_stay_with_every_reason(days: dict[str, Day], day: str) -> None:
    expected: Counter[str] = Counter()
    for past in DAYS[: DAYS.index(day) + 1]:
        expected.update(TRUTH[past]["silver.reviews"]["reasons"])
    rows = days[day].tables["silver.reviews"]
    assert len(rows) == TRUTH[day]["silver.reviews"]["rows"]
    assert Counter(error["rule"] for row in rows for error in row["_validation_errors"] or []) == expected
    assert all(row["_is_valid"] is (row["_validation_errors"] is None) for row in rows)


@pytest.mark.parametrize("day", DAYS)
def test_tagged_rows_stay_with_every_signal(days: dict[str, Day], day: str) -> None:
    expected: Counter[str] = Counter()
    for past in DAYS[: DAYS.index(day) + 1]:
        expected.update(TRUTH[past]["silver.order_line_signals"]["tags"])
    rows = days[day].tables["silver.order_line_signals"]
    assert len(rows) == TRUTH[day]["silver.order_line_signals"]["rows"]
    assert Counter(tag for row in rows for tag in row["_tags"] or []) == expected


@pytest.mark.parametrize("day", DAYS)
def test_versions_of_a_customer_follow_each_other_without_gap(days: dict[str, Day], day: str) -> None:
    by_customer: dict[str, list[Row]] = {}
    for row in days[day].tables["silver.customers"]:
        by_customer.setdefault(row["customer_id"], []).append(row)
    for versions in by_customer.values():
        in_order = sorted(versions, key=lambda row: row["__START_AT"])
        assert [row["__END_AT"] for row in in_order] == [*(row["__START_AT"] for row in in_order[1:]), None]


@pytest.mark.parametrize("day", DAYS)
def test_facts_and_dimensions_reconcile(days: dict[str, Day], day: str) -> None:
    truth, tables = TRUTH[day], days[day].tables
    for name in ("dim_customers", "dim_products", "fact_orders", "fact_order_lines", "customer_lifetime_value"):
        assert len(tables[f"gold.{name}"]) == truth[f"gold.{name}"]["rows"], name
    orders, lines = tables["gold.fact_orders"], tables["gold.fact_order_lines"]
    assert total(orders, "order_amount_eur") == truth["gold.fact_orders"]["order_amount_eur"]
    assert total(lines, "line_amount") == truth["gold.fact_order_lines"]["line_amount"]
    values = tables["gold.customer_lifetime_value"]
    assert total(values, "lifetime_value_eur") == truth["gold.customer_lifetime_value"]["lifetime_value_eur"]


@pytest.mark.parametrize("day", DAYS)
def test_an_order_belongs_to_the_customer_as_known_then(days: dict[str, Day], day: str) -> None:
    segments = {row["customer_key"]: row["segment"] for row in days[day].tables["gold.dim_customers"]}
    orders = days[day].tables["gold.fact_orders"]
    truth = TRUTH[day]["gold.fact_orders"]
    assert Counter(segments[row["customer_key"]] for row in orders) == truth["by_segment"]
    assert sum(row["customer_key"] == -1 for row in orders) == truth["of_unknown_customers"]


@pytest.mark.parametrize("day", DAYS)
def test_daily_sales_are_those_of_the_oracle(days: dict[str, Day], day: str) -> None:
    found = {
        row["sold_on"].isoformat(): {
            "orders": row["orders"],
            "returned_orders": row["returned_orders"],
            "revenue_eur": str(row["revenue_eur"]),
        }
        for row in days[day].tables["gold.daily_sales"]
    }
    assert found == TRUTH[day]["gold.daily_sales"]


def total(rows: Sequence[Row], column: str) -> str:
    return str(sum((row[column] for row in rows), Decimal(0)))


def test_masks_stand_in_the_definition_and_no_masked_value_is_stored(
    days: dict[str, Day], session_source: SessionOnDemand, tmp_path: Path
) -> None:
    create_project(tmp_path, {"project_name": "shop"})
    graph = LocalRun.open(tmp_path / "shop", None, session_source).project.graph
    customers = next(node for key, node in graph.nodes.items() if key.endswith("silver.customers"))
    masked = {column.name for column in customers.dataset.columns if column.mask}
    assert {"full_name", "contact_email"} <= masked
    stored = [value for rows in days[DAYS[1]].tables.values() for row in rows for value in row.values()]
    assert "***" not in stored
    assert len(days[DAYS[1]].tables["silver.customers"]) > len(days[DAYS[0]].tables["silver.customers"])
