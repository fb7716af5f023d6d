"""Bundles put together in every way the CLI allows: includes, lookups, libraries of each kind, pipelines in a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import write_files
from style_project import StyleProject, lines, texts

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.graph.project import load_project

FILES = {
    "databricks.yml": """
        bundle:
          name: shop
        include:
          - resources/*.yml
          - resources/*/*.yml
        variables:
          catalog:
            description: Where tables go
            default: main
          warehouse_id:
            lookup:
              warehouse: Shared SQL
          limits:
            type: complex
            default:
              smallest: 3
        targets:
          dev:
            mode: development
            default: true
            variables:
              catalog: shop
          prod:
            mode: production
            workspace:
              root_path: /Workspace/prod
        """,
    "resources/schemas.yml": """
        resources:
          schemas:
            raw: {catalog_name: "${var.catalog}", name: raw}
            core: {catalog_name: "${var.catalog}", name: core}
            mart: {catalog_name: "${var.catalog}", name: mart}
          volumes:
            drop_box: {catalog_name: "${var.catalog}", schema_name: "${resources.schemas.raw.name}", name: drop_box}
        """,
    # The first to be read is the last to run: its tables come from the other two.
    "resources/a_marts.pipeline.yml": """
        resources:
          pipelines:
            a_marts:
              name: marts
              catalog: ${var.catalog}
              schema: ${resources.schemas.mart.name}
              configuration:
                core: ${resources.schemas.core.name}
                smallest: ${var.limits.smallest}
              libraries:
                - file: {path: ../src/marts/totals.sql}
        """,
    "resources/core/core.pipeline.yml": """
        resources:
          pipelines:
            model:
              name: model
              catalog: ${var.catalog}
              schema: ${resources.schemas.core.name}
              root_path: ../../src/core
              configuration:
                raw_schema: ${resources.schemas.raw.name}
                raw_catalog: ${resources.schemas.raw.catalog_name}
              libraries:
                - glob: {include: ../../src/core/transformations/**}
        """,
    "resources/core/raw.pipeline.yml": """
        resources:
          pipelines:
            ingest:
              name: ingest
              catalog: ${var.catalog}
              schema: ${resources.schemas.raw.name}
              configuration:
                landing: ${resources.volumes.drop_box.volume_path}
                warehouse: ${var.warehouse_id}
              libraries:
                - notebook: {path: ../../src/raw/ingest.sql}
        """,
    "pyproject.toml": """
        [tool.medallion.local]
        volumes.drop_box = "sample"
        """,
    "src/raw/ingest.sql": """
        CREATE OR REFRESH STREAMING TABLE orders
        AS SELECT * FROM STREAM read_files('${landing}/orders', format => 'json', schema => 'id INT, amount INT')
        """,
    "src/core/transformations/orders.sql": """
        USE CATALOG ${raw_catalog};
        USE SCHEMA ${raw_schema};
        CREATE OR REFRESH TEMPORARY VIEW positive AS SELECT * FROM STREAM(orders) WHERE amount > 0;
        """,
    "src/core/transformations/shared/orders_clean.py": """
        from pyspark import pipelines as dp
        from pricing.tax import taxed

        @dp.table
        def orders():
            return taxed(spark.readStream.table("positive"))
        """,
    "src/core/pricing/tax.py": """
        def taxed(frame):
            return frame.selectExpr("id", "amount * 2 AS amount")
        """,
    "src/marts/totals.sql": """
        CREATE OR REFRESH MATERIALIZED VIEW totals AS
        SELECT sum(amount) AS amount FROM ${core}.orders WHERE amount >= ${smallest}
        """,
    "sample/orders/1.json": lines([{"id": 1, "amount": 1}, {"id": 2, "amount": 4}, {"id": 3, "amount": -4}]),
}


PACKAGED = {
    "databricks.yml": """
        bundle: {name: shop}
        include: [resources/*.yml]
        """,
    "resources/etl.pipeline.yml": """
        resources:
          pipelines:
            etl:
              catalog: shop
              schema: sales
              serverless: true
              root_path: ../src/etl
              environment:
                dependencies:
                  - --editable ${workspace.file_path}
                  - simplejson==3.19
              libraries:
                - glob: {include: ../src/etl/transformations/**}
        """,
    "src/etl/transformations/orders.py": """
        from pyspark import pipelines as dp
        from shop_tools.names import TABLE
        from utilities.rules import RULES

        @dp.table(name=TABLE)
        @dp.expect_all(RULES)
        def orders():
            from shop_tools import reading
            return spark.readStream.table(reading.SOURCE)
        """,
    "src/etl/utilities/rules.py": "RULES = {'known': 'id IS NOT NULL'}",
    "src/shop_tools/__init__.py": "",
    "src/shop_tools/names.py": "TABLE = 'orders'",
    "src/shop_tools/reading.py": "SOURCE = 'raw_orders'",
    "src/etl/transformations/raw.sql": """
        CREATE STREAMING TABLE raw_orders AS SELECT * FROM STREAM read_files('/x', format => 'json')
        """,
}


@pytest.mark.fidelity(
    "environment.dependencies with --editable ${workspace.file_path} makes the packages of the bundle importable",
    source="bundle-examples, lakeflow pipelines template",
    verdict="same",
)
def test_a_bundle_installed_in_place_is_importable(tmp_path: Path) -> None:
    write_files(tmp_path, texts(PACKAGED))

    project = load_project(tmp_path)

    assert set(project.graph.nodes) == {"shop.sales.orders", "shop.sales.raw_orders"}
    assert project.depends["shop.sales.orders"] == ("shop.sales.raw_orders",)
    assert [rule.name for rule in project.graph.nodes["shop.sales.orders"].dataset.expectations] == ["known"]
    opened = {path.relative_to(tmp_path).as_posix() for path in project.graph.opened["etl"]}
    assert {"src/shop_tools/reading.py", "src/etl/utilities/rules.py"} <= opened


@pytest.mark.fidelity(
    "Pipelines of one bundle that read each other's tables run in the order of their tables",
    source="ldp/multiple pipelines, jobs",
    verdict="same",
)
@pytest.mark.fidelity(
    "include: takes globs; paths of libraries count from the file that names them",
    source="dev-tools/bundles/settings, include",
    verdict="same",
)
@pytest.mark.fidelity(
    "A pipeline's libraries are files, notebooks and globs that cross folders",
    source="dev-tools/bundles/resources, pipelines",
    verdict="same",
)
@pytest.mark.fidelity(
    "root_path is on sys.path of the pipeline's Python",
    source="CLI schema, pipelines.root_path",
    verdict="same",
)
@pytest.mark.fidelity(
    "USE CATALOG and USE SCHEMA in a file complete the names behind them in that file only",
    source="ldp/target-schema",
    verdict="same",
)
@pytest.mark.fidelity(
    "Complex variables give their parts, a variable of the target wins over the default",
    source="dev-tools/bundles/variables",
    verdict="same",
)
@pytest.mark.fidelity(
    "A variable with a lookup is known in the workspace only; what does not need its value runs without it",
    source="dev-tools/bundles/variables, lookup",
    verdict="not shown",
)
def test_pipelines_of_one_bundle_that_read_each_other(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = StyleProject(tmp_path, session_source, FILES)

    result = project.run()

    assert [update.pipeline for update in result.updates] == ["ingest", "model", "a_marts"]
    assert [str(one.error) for update in result.updates for one in update.datasets if one.error] == []
    assert project.rows("core.orders") == [(1, 2), (2, 8)]
    assert project.rows("totals") == [(8,)]
    configuration = {one.key: one.configuration for one in project.open().project.bundle.pipelines}
    assert configuration["ingest"]["warehouse"] == "${lookup.warehouse.Shared SQL}"
