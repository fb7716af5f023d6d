"""`medallion gate` asks what the job's gates ask; metrics and scores are the same in SQL, run and report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from engine.local_project import LocalProject
from small_project import DATABRICKS, ORDERS, PYPROJECT

from medallion_toolkit.engine.answering import answer
from medallion_toolkit.engine.check_records import checks_file
from medallion_toolkit.engine.gating import judge_last_run
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import UsageError
from medallion_toolkit.generate.files import write_files
from medallion_toolkit.report.as_json import run_as_json
from medallion_toolkit.report.from_run import report_of
from medallion_toolkit.report.gate import GateReport
from medallion_toolkit.report.past_runs import save_run
from medallion_toolkit.report.quality import with_past

pytestmark = pytest.mark.spark

JOB = """
  jobs:
    daily:
      tasks:
        - task_key: ingest
          pipeline_task: {pipeline_id: "${resources.pipelines.ingest.id}"}
        - task_key: gate_silver
          depends_on: [{task_key: ingest}]
          sql_task:
            file: {path: jobs/gate_silver.sql}
            parameters: {target: "${bundle.target}", catalog: "${var.catalog}", bronze: bronze, silver: silver,
              gold: gold, event_log: silver.event_log_ingest, job_started_at: now}
        - task_key: marts
          depends_on: [{task_key: gate_silver}]
          pipeline_task: {pipeline_id: "${resources.pipelines.marts.id}"}
        - task_key: gate_gold
          depends_on: [{task_key: marts}]
          sql_task:
            file: {path: jobs/gate_gold.sql}
            parameters: {target: "${bundle.target}", catalog: "${var.catalog}", bronze: bronze, silver: silver,
              gold: gold, event_log: silver.event_log_marts, job_started_at: now}
"""
CONFORMED = """CREATE TEMPORARY VIEW orders_conformed AS
SELECT order_id, amount, ordered_at, uuid() AS _row_id, current_timestamp() AS _ingestion_timestamp
FROM STREAM(${bronze}.orders);
"""
CONTRACT = """
table: silver.orders
from: orders_conformed
carry: {_row_id: string, _ingestion_timestamp: timestamp}
columns:
  order_id:   {type: string, rules: [not_null: {severity: critical}, unique: {on_fail: fail}]}
  amount:     {type: int, rules: [range: {min: 0}, mean_bounds: {max: 10, on_fail: warn, severity: minor}]}
  ordered_at: {type: date}
rules:
  delivered: {reconciliation: {with: bronze.orders, tolerance: 50 %}, on_fail: fail}
limits: {quarantined: 40 %}
targets:
  dev: {rules: {amounts_vary: {stddev_bounds: {column: amount, min: 1}, disabled: a sample in dev}}}
"""
TOTALS = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals AS SELECT order_id, amount FROM ${silver}.orders;\n"
TOTALS_CONTRACT = """
table: gold.totals
columns:
  order_id: {type: string, rules: [reference: {to: silver.orders.order_id, on_fail: fail}]}
  amount:   {type: int, rules: [range: {max: 5, on_fail: warn}]}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand, repository: Path) -> LocalProject:
    """A run over four orders, one of which is quarantined."""
    databricks = DATABRICKS.replace(
        "      configuration:\n", "      configuration:\n        target: ${bundle.target}\n"
    )
    for key in ("ingest", "marts"):
        log = f"event_log: {{catalog: shop, schema: silver, name: event_log_{key}}}"
        databricks = databricks.replace(f"      name: shop {key}\n", f"      name: shop {key}\n      {log}\n")
    files = {
        "databricks.yml": databricks + JOB,
        "pyproject.toml": PYPROJECT,
        "sql/bronze/orders.sql": ORDERS,
        "sql/silver/orders_conformed.sql": CONFORMED,
        "sql/gold/totals.sql": TOTALS,
        "contracts/silver/orders.yml": CONTRACT,
        "contracts/gold/totals.yml": TOTALS_CONTRACT,
        "python/contracts.py": 'from medallion import declare_tables\n\ndeclare_tables("silver")\n',
    }
    root = tmp_path_factory.mktemp("shop")
    package = repository / "template" / "{{.project_name}}" / "medallion"
    shutil.copytree(package, root / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
    project = LocalProject(root, session_source, files)
    write_files(root)
    orders = [("A", "5"), ("B", "7"), ("C", "30"), (None, "1")]
    project.deliver("1", [{"order_id": one, "amount": amount, "ordered_at": "2026-01-01"} for one, amount in orders])
    return project


@pytest.fixture(scope="module")
def document(shop: LocalProject) -> dict[str, object]:
    """The run as `medallion run --json` prints it, kept as a past run, its report beside it."""
    run, result = shop.open(), shop.run()
    found = run_as_json(run.project, result)
    report = report_of(run, result)
    save_run(run.store.runs(), found)
    return {**found, "report": report}


def checks(report: GateReport, gate: str) -> dict[str, tuple[str, str, str]]:
    found = next(one for one in report.as_dict()["gates"] if one["name"] == gate)
    return {one["check"]: (one["observed"], one["limit"], one["verdict"]) for one in found["checks"]}


def judged(shop: LocalProject, layer: str | None = None) -> GateReport:
    return GateReport("dev", judge_last_run(shop.open(), layer), shop.root)


def test_scores_of_the_run_are_those_of_the_view(shop: LocalProject, document: dict[str, object]) -> None:
    rows = answer(shop.open(), "SELECT * FROM gold.dq_scores WHERE dataset IS NOT NULL", 10).values
    in_sql = {f"{row['layer']}.{row['dataset']}": (row["rules"], row["score"]) for row in rows}
    in_run = {one["name"]: (one["rules"], one["score"]) for one in document["quality"]}
    assert in_sql == in_run == {"silver.orders": (7, 86.5), "gold.totals": (2, 66.7)}
    shares = {one["name"]: round(100 * one["failed_share"], 2) for one in document["quality"]}
    assert shares == {f"{row['layer']}.{row['dataset']}": float(row["failed_percent"]) for row in rows}


def test_metrics_can_be_shown(shop: LocalProject, document: dict[str, object]) -> None:
    rows = read_rows(shop.open(), "gold.dq_metrics", 50, where="dataset = 'orders' AND NOT ok")
    assert [(row["rule"], row["severity"], row["rate"]) for row in rows.values] == [
        ("order_id_present", "critical", 0.75),
        ("row_is_valid", None, 0.75),
        ("amount_mean_in_bounds", "minor", 0.0),
    ]
    assert read_rows(shop.open(), "gold.pipeline_runs", 5).total == 2


def test_the_gate_is_asked_again_and_its_findings_are_kept(shop: LocalProject, document: dict[str, object]) -> None:
    before = len(checks_file(shop.open().store).read_text(encoding="utf-8").splitlines())
    report = judged(shop, "silver")
    assert checks(report, "gate_silver") == {
        "amount_mean_in_bounds": ("14", "at most 10", "warning"),
        "amounts_vary": ("not asked", "a sample in dev", "not asked"),
        "delivered": ("3 here, 4 there", "at most 50 % apart", "holds"),
        "is_completed": ("COMPLETED", "COMPLETED", "holds"),
        "order_id_unique": ("0 of 3 rows repeat another", "at most 0", "holds"),
        "quarantined": ("25.0 % (1 of 4)", "40 %", "holds"),
    }
    assert report.ok
    assert len(checks_file(shop.open().store).read_text(encoding="utf-8").splitlines()) == before + 6
    lines = report.as_text().splitlines()
    assert lines[0] == "local · variables of target dev · the last run of each pipeline"
    assert lines[2:5] == [
        "gate_silver   6 checks, 0 missed, 1 warned, 1 not asked",
        "  verdict    table   rule                   observed                    limit               severity",
        "  warning    orders  amount_mean_in_bounds  14                          at most 10          minor",
    ]
    assert "| holds | orders | quarantined | 25.0 % (1 of 4) | 40 % | major |" in report.as_markdown()


def test_a_missed_limit_is_listed_first(shop: LocalProject, document: dict[str, object]) -> None:
    contract = shop.root / "contracts" / "gold" / "totals.yml"
    text = contract.read_text(encoding="utf-8")
    try:
        contract.write_text(text.replace(", on_fail: warn", ", limit: 50 %"), encoding="utf-8")
        write_files(shop.root)
        report = judged(shop, "gold")
    finally:
        contract.write_text(text, encoding="utf-8")
        write_files(shop.root)
    assert not report.ok
    assert checks(report, "gate_gold")["amount_in_range"] == ("2 of 3", "50 %", "missed")
    assert json.loads(json.dumps(report.as_dict(), default=str))["gates"][0]["checks"][0]["check"] == "amount_in_range"


def test_a_layer_without_a_gate_is_refused_with_the_nearest(shop: LocalProject) -> None:
    with pytest.raises(UsageError) as caught:
        judge_last_run(shop.open(), "silvr")
    assert (caught.value.code, caught.value.expected, caught.value.help) == (
        "MED424",
        "silver, gold",
        "did you mean silver?",
    )


def test_the_report_shows_scores_over_past_runs(shop: LocalProject, document: dict[str, object]) -> None:
    quality = document["report"].quality
    assert [(one.name, one.score, len(one.points)) for one in quality] == [
        ("gold.totals", 66.7, 1),
        ("silver.orders", 86.5, 1),
    ]
    later = with_past(quality, shop.open().store.runs(), "2099-01-01T00:00:00+00:00")
    assert [point.score for point in later[1].points] == [86.5, 86.5]
    assert [point.started for point in later[1].points] == [document["started"], "2099-01-01T00:00:00+00:00"]
