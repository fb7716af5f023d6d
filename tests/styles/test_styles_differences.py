"""What a local run does otherwise, refuses or leaves out: `medallion run --explain-differences`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_project import write_files
from style_project import StyleProject, lines, texts

from medallion_toolkit.differences.declarations import CLAUSES
from medallion_toolkit.differences.model import Difference
from medallion_toolkit.differences.project import ALWAYS, Differences, project_differences
from medallion_toolkit.differences.text import differences_as_text
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import Place

WORKSPACE_ONLY = {
    "databricks.yml": """
        bundle:
          name: shop
        include: [resources/*.yml]
        permissions:
          - {level: CAN_VIEW, group_name: readers}
        run_as: {service_principal_name: etl}
        targets:
          dev:
            default: true
        """,
    "resources/sales.yml": """
        resources:
          schemas:
            sales:
              catalog_name: shop
              name: sales
              grants:
                - {principal: readers, privileges: [SELECT]}
          dashboards:
            kpis: {display_name: KPIs, file_path: ../kpis.lvdash.json}
          pipelines:
            orders:
              catalog: shop
              schema: ${resources.schemas.sales.name}
              serverless: true
              photon: true
              channel: PREVIEW
              edition: ADVANCED
              continuous: true
              development: false
              budget_policy_id: 123
              tags: {team: sales}
              permissions: [{level: CAN_RUN, group_name: sales}]
              notifications:
                - {email_recipients: [a@b.example], alerts: [on-update-failure]}
              clusters:
                - {label: default, autoscale: {min_workers: 1, max_workers: 9}}
              environment: {dependencies: [--editable .]}
              configuration:
                landing: /Volumes/shop/sales/landing
                pipelines.trigger.interval: 1 hour
                pipelines.numUpdateRetryAttempts: "3"
              libraries:
                - glob: {include: ../pipeline/**}
          jobs:
            nightly:
              schedule: {quartz_cron_expression: 0 0 3 * * ?, timezone_id: UTC}
              email_notifications: {on_failure: [a@b.example]}
              health: {rules: [{metric: RUN_DURATION_SECONDS, op: GREATER_THAN, value: 900}]}
              queue: {enabled: true}
              tasks:
                - task_key: refresh
                  max_retries: 2
                  pipeline_task: {pipeline_id: "${resources.pipelines.orders.id}"}
                - task_key: access
                  sql_task: {warehouse_id: abc, file: {path: ../jobs/access.sql}}
                - task_key: train
                  notebook_task: {notebook_path: ../train.py}
        """,
    "jobs/access.sql": """
        GRANT SELECT ON TABLE shop.sales.orders TO `readers`;
        ALTER TABLE shop.sales.orders SET TAGS ('pii' = 'no');
        CREATE OR REPLACE POLICY eu ON SCHEMA shop.sales ROW FILTER shop.sales.eu TO `account users` FOR TABLES;
        VACUUM shop.sales.orders;
        """,
    "pipeline/orders.sql": """
        CREATE OR REFRESH STREAMING TABLE orders (
          order_id INT NOT NULL PRIMARY KEY,
          customer_id INT,
          amount INT,
          CONSTRAINT customer FOREIGN KEY (customer_id) REFERENCES shop.sales.customers (customer_id)
        )
        CLUSTER BY AUTO
        TBLPROPERTIES ('delta.enableRowTracking' = 'true', 'pipelines.autoOptimize.managed' = 'false')
        AS SELECT * FROM STREAM read_files('${landing}/orders', format => 'json',
            schema => 'order_id INT, customer_id INT, amount INT');

        CREATE OR REFRESH MATERIALIZED VIEW by_customer
        PARTITIONED BY (customer_id)
        REFRESH POLICY INCREMENTAL
        AS SELECT customer_id, sum(amount) AS amount FROM orders GROUP BY customer_id;
        """,
    "pipeline/largest.py": """
        from pyspark import pipelines as dp

        @dp.on_event_hook
        def tell(event):
            raise RuntimeError("called by the workspace only")

        @dp.materialized_view(cluster_by=["customer_id"], spark_conf={"spark.sql.shuffle.partitions": "200"})
        def largest():
            return spark.read.table("orders").orderBy("amount", ascending=False).limit(1)
        """,
    "pyproject.toml": """
        [tool.medallion.local]
        paths."/Volumes/shop/sales/landing" = "landing"
        """,
    "landing/orders/1.json": lines(
        [
            {"order_id": 1, "customer_id": 1, "amount": 2},
            {"order_id": 2, "customer_id": 1, "amount": 5},
            {"order_id": 3, "customer_id": 2, "amount": 4},
        ]
    ),
}
NOT_SHOWN = [
    ("bundle: permissions", "databricks.yml", 5),
    ("bundle: run_as", "databricks.yml", 6),
    ("schemas sales: grants", "resources/sales.yml", 7),
    ("dashboards kpis", "resources/sales.yml", 9),
    ("pipeline orders: serverless = true", "resources/sales.yml", 14),
    ("pipeline orders: photon = true", "resources/sales.yml", 15),
    ("pipeline orders: channel = PREVIEW", "resources/sales.yml", 16),
    ("pipeline orders: edition = ADVANCED", "resources/sales.yml", 17),
    ("pipeline orders: continuous = true", "resources/sales.yml", 18),
    ("pipeline orders: development = false", "resources/sales.yml", 19),
    ("pipeline orders: budget_policy_id = 123", "resources/sales.yml", 20),
    ("pipeline orders: tags", "resources/sales.yml", 21),
    ("pipeline orders: permissions", "resources/sales.yml", 22),
    ("pipeline orders: notifications", "resources/sales.yml", 24),
    ("pipeline orders: clusters", "resources/sales.yml", 26),
    ("pipeline orders: environment", "resources/sales.yml", 27),
    ("pipeline orders: pipelines.trigger.interval = 1 hour", "resources/sales.yml", 30),
    ("pipeline orders: pipelines.numUpdateRetryAttempts = 3", "resources/sales.yml", 31),
    ("job nightly: schedule", "resources/sales.yml", 36),
    ("job nightly: email_notifications", "resources/sales.yml", 37),
    ("job nightly: health", "resources/sales.yml", 38),
    ("job nightly: queue", "resources/sales.yml", 39),
    ("job nightly, task refresh: max_retries = 2", "resources/sales.yml", 42),
    ("job nightly, task train: notebook_task", "resources/sales.yml", 46),
    ("job SQL: GRANT SELECT ON TABLE", "jobs/access.sql", 1),
    ("job SQL: ALTER TABLE", "jobs/access.sql", 2),
    ("job SQL: CREATE OR REPLACE POLICY", "jobs/access.sql", 3),
    ("job SQL: VACUUM", "jobs/access.sql", 4),
    ("CLUSTER BY AUTO", "pipeline/orders.sql", 1),
    ("PRIMARY KEY order_id", "pipeline/orders.sql", 1),
    ("FOREIGN KEY (customer_id) REFERENCES shop.sales.customers (customer_id)", "pipeline/orders.sql", 1),
    ("property delta.enableRowTracking = true", "pipeline/orders.sql", 1),
    ("property pipelines.autoOptimize.managed = false", "pipeline/orders.sql", 1),
    ("PARTITIONED BY customer_id", "pipeline/orders.sql", 12),
    ("REFRESH POLICY INCREMENTAL", "pipeline/orders.sql", 12),
    ("The event hook tell runs in the workspace only", "pipeline/largest.py", 3),
    ("CLUSTER BY customer_id", "pipeline/largest.py", 7),
    ("spark_conf spark.sql.shuffle.partitions = 200", "pipeline/largest.py", 7),
]


def places(found: Differences, kind: str) -> list[tuple[str, str, int]]:
    """What was found in files, without columns."""
    return [
        (each.what, each.place.path, each.place.line)
        for each in found.found
        if each.kind == kind and each.place is not None
    ]


@pytest.mark.fidelity(
    "Permissions of bundles, pipelines and jobs", source="dev-tools/bundles/permissions", verdict="not shown"
)
@pytest.mark.fidelity(
    "Grants on schemas and tables, in resources and in job SQL",
    source="data-governance/manage-privileges",
    verdict="not shown",
)
@pytest.mark.fidelity("The identity that run_as names", source="dev-tools/bundles/run-as", verdict="not shown")
@pytest.mark.fidelity(
    "Sizing of serverless compute and clusters, autoscaling",
    source="ldp/serverless; ldp/auto-scaling",
    verdict="not shown",
)
@pytest.mark.fidelity("Photon", source="compute/photon", verdict="not shown")
@pytest.mark.fidelity("Channels of the runtime", source="release-notes/ldp", verdict="not shown")
@pytest.mark.fidelity(
    "Product editions of classic pipelines", source="ldp/configure-pipeline, product edition", verdict="not shown"
)
@pytest.mark.fidelity(
    "Continuous updates: a run here is a triggered update", source="ldp/pipeline-mode", verdict="not shown"
)
@pytest.mark.fidelity(
    "Development and production mode of updates: reuse of clusters, retries", source="ldp/updates", verdict="not shown"
)
@pytest.mark.fidelity(
    "Budget policies, tags and cost", source="admin/account-settings/budget-policies", verdict="not shown"
)
@pytest.mark.fidelity("E-mail notifications of pipelines and jobs", source="ldp/observability", verdict="not shown")
@pytest.mark.fidelity(
    "Packages of a pipeline's environment are installed by the workspace",
    source="CLI schema, pipelines.environment",
    verdict="not shown",
)
@pytest.mark.fidelity("Schedules and triggers of jobs", source="jobs/triggers", verdict="not shown")
@pytest.mark.fidelity(
    "Retries, queues, time limits and health rules", source="jobs/configure-task; ldp/properties", verdict="not shown"
)
@pytest.mark.fidelity(
    "Tasks of a job that are neither pipelines nor gates", source="jobs/configure-task", verdict="not shown"
)
@pytest.mark.fidelity("Tags of tables and columns set by job SQL", source="database-objects/tags", verdict="not shown")
@pytest.mark.fidelity("ABAC policies", source="data-governance/unity-catalog/abac", verdict="not shown")
@pytest.mark.fidelity(
    "Liquid clustering, automatic or by columns, and partitions on disk", source="delta/clustering", verdict="not shown"
)
@pytest.mark.fidelity("Primary and foreign keys are informational", source="tables/constraints", verdict="not shown")
@pytest.mark.fidelity("Row tracking and row-level concurrency", source="delta/row-tracking", verdict="not shown")
@pytest.mark.fidelity(
    "Predictive optimization, OPTIMIZE and VACUUM", source="optimizations/predictive-optimization", verdict="not shown"
)
@pytest.mark.fidelity(
    "Whether a materialized view is refreshed incrementally", source="ldp/incremental-refresh", verdict="not shown"
)
@pytest.mark.fidelity(
    "Spark settings of a single table or flow", source="ldp/developer/python-ref, spark_conf", verdict="not shown"
)
@pytest.mark.fidelity(
    "Dashboards, alerts, models and other resources of a bundle",
    source="dev-tools/bundles/resources",
    verdict="not shown",
)
def test_a_run_gives_the_same_rows_and_says_what_it_does_not_show(
    tmp_path: Path, session_source: SessionOnDemand
) -> None:
    project = StyleProject(tmp_path, session_source, WORKSPACE_ONLY)

    assert set(project.outcomes().values()) == {"ok"}

    assert project.rows("orders", "order_id", "amount") == [(1, 2), (2, 5), (3, 4)]
    assert project.rows("by_customer") == [(1, 7), (2, 4)]
    assert project.rows("largest", "order_id") == [(2,)]
    found = project_differences(tmp_path)
    assert sorted(places(found, "not_shown")) == sorted(NOT_SHOWN)
    assert not found.is_refused


@pytest.mark.fidelity(
    "Quotas: files of a pipeline, datasets updated side by side", source="ldp/limitations", verdict="not shown"
)
@pytest.mark.fidelity("Lineage in the catalog", source="data-governance/data-lineage", verdict="not shown")
def test_what_no_local_run_shows_is_always_said(tmp_path: Path) -> None:
    write_files(tmp_path, {"databricks.yml": "bundle: {name: empty}\n"})

    found = project_differences(tmp_path)

    assert found.found == ALWAYS
    text = differences_as_text(found)
    for word in ("permissions", "quotas", "cost", "lineage in the catalog", "predictive optimization", "Photon"):
        assert f"      {word}\n" in f"{text}\n"
    assert text.endswith(f"0 refused, 0 translated, {len(ALWAYS)} not shown")


TRANSLATED = {
    "databricks.yml": """
        bundle: {name: shop}
        resources:
          pipelines:
            orders:
              catalog: shop
              schema: sales
              parameters: {source: shop.sales.orders}
              libraries: [{glob: {include: pipeline/**}}]
        """,
    "pyproject.toml": """
        [tool.medallion.local.sources]
        "kafka:orders" = "recorded"
        """,
    "pipeline/orders.sql": """
        CREATE OR REFRESH PRIVATE STREAMING TABLE orders (key BINARY, value BINARY MASK shop.sales.hidden)
        WITH ROW FILTER shop.sales.mine ON (key)
        AS SELECT key, value FROM STREAM read_kafka(bootstrapServers => 'b:9092', subscribe => 'orders');
        CREATE OR REFRESH MATERIALIZED VIEW counted AS SELECT count(*) AS rows FROM IDENTIFIER(:source);
        """,
    "pipeline/out.py": """
        from pyspark import pipelines as dp

        dp.create_sink("topic", "kafka", {"topic": "out"})
        dp.create_sink("files", "json", {"path": "/x"})

        @dp.append_flow(target="topic")
        def to_topic():
            return spark.readStream.table("orders")

        @dp.append_flow(target="files")
        def to_files():
            return spark.readStream.format("kafka").option("subscribe", "orders").load()
        """,
    "recorded/1.json": lines([{"key": "1", "value": "a"}]),
}


def test_what_is_done_by_other_means_is_listed_with_its_place(tmp_path: Path) -> None:
    write_files(tmp_path, texts(TRANSLATED))

    found = project_differences(tmp_path)

    assert sorted(places(found, "translated")) == sorted(
        [
            ("PRIVATE", "pipeline/orders.sql", 1),
            ("MASK shop.sales.hidden of value", "pipeline/orders.sql", 1),
            ("ROW FILTER shop.sales.mine ON (key)", "pipeline/orders.sql", 1),
            ("read_kafka(…)", "pipeline/orders.sql", 3),
            ("IDENTIFIER(…)", "pipeline/orders.sql", 4),
            ("sink topic (kafka)", "pipeline/out.py", 3),
            ("sink files (json)", "pipeline/out.py", 4),
            ("readStream", "pipeline/out.py", 8),
            ("readStream", "pipeline/out.py", 12),
            ('format("kafka")', "pipeline/out.py", 12),
        ]
    )
    assert places(found, "refused") == []


def test_the_text_says_a_meaning_once_and_a_file_once() -> None:
    meaning = "how files are laid out"
    found = [Difference("not_shown", "CLUSTER BY", meaning, Place("a.sql", line)) for line in (1, 9)]
    found += [Difference("not_shown", "CLUSTER BY", meaning, Place("b.sql", 3, 4))]
    found += [Difference("refused", "no", "ask", Place("a.sql", 2), "MED402")]

    assert differences_as_text(Differences("shop", "dev", tuple(found))).splitlines() == [
        "shop · variables of target dev · nothing was run",
        "",
        "Refused: a run here ends with the error",
        "  ask",
        "      MED402 no   a.sql:2",
        "",
        "Not shown here: belongs to the workspace, the rows are the same without it",
        "  how files are laid out",
        "      CLUSTER BY   a.sql:1, 9",
        "      CLUSTER BY   b.sql:3:4",
        "",
        "1 refused, 0 translated, 3 not shown",
    ]


def test_every_clause_that_files_can_have_is_explained(repository: Path) -> None:
    source = repository / "src" / "medallion_toolkit"
    sql = [path.read_text(encoding="utf-8") for path in (source / "sql").glob("*.py")]
    python = (source / "python" / "table_arguments.py").read_text(encoding="utf-8")
    clauses = {name for text in sql for name in re.findall(r'(?:add_clause\(cursor|_append\(draft), "(\w+)"', text)}
    clauses |= set(re.findall(r'_(?:text|columns)_clause\("(\w+)"\)', python))
    flows = {"replace_where", "replace_using", "sequence_by"}
    assert len(clauses) >= 15
    assert clauses - flows - set(CLAUSES) == set()
