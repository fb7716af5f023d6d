"""Dashboards, alerts and SQL of jobs that read a changed table, found by name, and what of them breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_project import DATABRICKS, ORDERS, make_project

from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.plan.comment import as_markdown
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan
from medallion_toolkit.plan.telling import as_text
from medallion_toolkit.plan.verdict import verdict_line

DASHBOARD = {
    "datasets": [
        {"name": "d1", "displayName": "Revenue", "queryLines": ["SELECT day,\n", "revenue\n", "FROM mall.gold.daily"]},
        {"name": "d2", "query": "WITH paid AS (SELECT 1) SELECT * FROM `mall`.`prod_gold`.`totals` JOIN paid"},
        {"name": "d3", "displayName": "Nothing"},
    ],
    "pages": [
        {"layout": [{"widget": {"queries": [{"query": {
            "datasetName": "d2", "fields": [{"name": "n", "expression": "SUM(`orders`)"}]}}]}}]}
    ],
}  # fmt: skip
RESOURCES = """resources:
  dashboards:
    sales: {display_name: Sales, file_path: ../dashboards/sales.lvdash.json, warehouse_id: "1"}
    local:
      display_name: Local
      warehouse_id: "1"
      dataset_schema: gold
      serialized_dashboard: '{"datasets": [{"name": "d", "query": "SELECT revenue FROM daily"}]}'
    lost: {display_name: Lost, file_path: ../dashboards/lost.lvdash.json, warehouse_id: "1"}
    odd: {display_name: Odd, file_path: ../dashboards/odd.lvdash.json, warehouse_id: "1"}
  alerts:
    no_revenue:
      display_name: No revenue
      warehouse_id: "1"
      query_text: |
        SELECT count(*) AS days
        FROM ${var.catalog}.gold.daily WHERE revenue IS NULL
  jobs:
    reports:
      name: reports
      tasks:
        - task_key: months
          sql_task:
            warehouse_id: "1"
            file: {path: ../jobs/months.sql}
            parameters: {gold: gold}
        - task_key: gate
          sql_task: {warehouse_id: "1", file: {path: ../jobs/gate.sql}}
        - task_key: saved
          sql_task: {warehouse_id: "1", query: {query_id: abc}}
        - task_key: notebook
          notebook_task: {notebook_path: ../jobs/report.py}
        - task_key: late
          sql_task: {warehouse_id: "1", file: {path: ../jobs/late.sql}}
"""
MONTHS = """USE SCHEMA IDENTIFIER(:gold);

INSERT INTO months BY NAME
SELECT date_trunc('MONTH', day) AS month,
    sum(revenue) AS revenue
FROM daily GROUP BY ALL;
SELECT * FROM IDENTIFIER(:gold || '.totals');
"""
DAILY = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily
AS SELECT ordered_at AS day, sum(amount) AS revenue FROM ${bronze}.orders GROUP BY ALL;
"""
FILES = {
    "databricks.yml": DATABRICKS.replace("bundle:\n", "include: [resources/*.yml]\nbundle:\n", 1).replace(
        "        silver: ${resources.schemas.silver.name}\n        gold: ${resources.schemas.gold.name}\n",
        "        bronze: bronze\n        gold: gold\n",
    ),
    "resources/readers.yml": RESOURCES,
    "dashboards/sales.lvdash.json": json.dumps(DASHBOARD, indent=2),
    "dashboards/odd.lvdash.json": '{"datasets": [{"name": "d", "query": "SELECT * FROM ("}]}',
    "jobs/months.sql": MONTHS,
    "jobs/gate.sql": "-- x\n-- Written from contracts/ by: medallion generate\nSELECT revenue FROM shop.gold.daily;\n",
    "jobs/late.sql": "EXECUTE IMMEDIATE :statement;\n",
    "jobs/report.py": "spark.table('gold.daily')\n",
    "sql/bronze/orders.sql": ORDERS,
    "sql/gold/daily.sql": DAILY,
    "sql/gold/totals.sql": "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals AS SELECT 1 AS orders, 2 AS days;\n",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load_project(make_project(tmp_path_factory.mktemp("base"), FILES))


def planned(base: Project, folder: Path, *gone: str, **files: str) -> ConsequencePlan:
    changed = {path: text for path, text in {**FILES, **files}.items() if path not in gone}
    return compare(base, load_project(make_project(folder, changed)), "main")


def dataset(plan: ConsequencePlan, name: str) -> DatasetPlan:
    return next(one for one in plan.datasets if one.name == name)


@pytest.fixture(scope="module")
def renamed(base: Project, tmp_path_factory: pytest.TempPathFactory) -> ConsequencePlan:
    """The column revenue of gold.daily is called turnover, and orders of gold.totals amount."""
    totals = FILES["sql/gold/totals.sql"]
    files = {
        "sql/gold/daily.sql": DAILY.replace("AS revenue", "AS turnover"),
        "sql/gold/totals.sql": totals.replace("AS orders", "AS amount"),
    }
    return planned(base, tmp_path_factory.mktemp("renamed"), **files)


def test_readers_are_found_whatever_catalog_or_prefix_they_name(renamed: ConsequencePlan) -> None:
    assert dataset(renamed, "gold.daily").readers == (
        "dashboard sales",
        "dashboard local",
        "alert no_revenue",
        "job reports (months)",
    )
    assert dataset(renamed, "gold.totals").readers == ("dashboard sales", "job reports (months)")
    assert len(renamed.consumers) == 4
    assert "4 consumers" in verdict_line(renamed)


def test_a_column_that_goes_away_breaks_them_at_their_place(renamed: ConsequencePlan) -> None:
    assert dataset(renamed, "gold.daily").broken == (
        "revenue in dashboard sales   dashboards/sales.lvdash.json:8",
        "revenue in dashboard local   resources/readers.yml:8",
        "revenue in alert no_revenue   resources/readers.yml:17",
        "revenue in job reports (months)   jobs/months.sql:5",
    )
    (widget,) = dataset(renamed, "gold.totals").broken
    assert widget.startswith("orders in dashboard sales   dashboards/sales.lvdash.json:")
    assert {one.name for one in renamed.refused} == {"gold.daily", "gold.totals"}


def test_what_cannot_be_read_is_unknown_and_named(renamed: ConsequencePlan) -> None:
    assert [line.partition("   ")[0] for line in renamed.unread] == [
        "dashboard sales: the data set Nothing has no query",
        "dashboard lost: there is no file dashboards/lost.lvdash.json",
        "dashboard odd: its query is not understood",
        "job reports (saved): a saved query of the workspace is not read",
        "job reports (notebook): a notebook is not read",
        "job reports (late): names of tables are known only when it runs",
    ]
    for told in (as_text(renamed), as_markdown(renamed)):
        assert "job reports (saved): a saved query of the workspace is not read" in told


def test_a_table_that_goes_away_breaks_what_reads_it(base: Project, tmp_path: Path) -> None:
    gone = dataset(planned(base, tmp_path, "sql/gold/totals.sql"), "gold.totals")
    assert gone.effect == "dropped with data"
    assert [line.rpartition(":")[0] for line in gone.broken] == [
        "gold.totals in dashboard sales   dashboards/sales.lvdash.json",
        "gold.totals in job reports (months)   jobs/months.sql",
    ]


def test_readers_of_what_reads_a_changed_table_are_hit_too(base: Project, tmp_path: Path) -> None:
    orders = ORDERS.replace("'json'", "'csv'")
    found = dataset(planned(base, tmp_path, **{"sql/bronze/orders.sql": orders}), "bronze.orders")
    assert found.consumers == ("gold.daily",)
    assert "alert no_revenue" in found.readers
    assert found.broken == ()
