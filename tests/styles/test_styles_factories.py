"""Datasets made by code: factories in loops, YAML and JSON configuration, dataclasses, modules found by path tricks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from style_project import StyleProject, lines, notebook

from medallion_toolkit.engine.session import SessionOnDemand

FILES = {
    "databricks.yml": """
        bundle:
          name: shop
        targets:
          dev:
            default: true
        resources:
          pipelines:
            generated:
              catalog: shop
              schema: made
              configuration:
                config_file: ${workspace.file_path}/config/tables.yml
                landing: /Volumes/shop/raw/landing
              libraries:
                - glob: {include: pipelines/**}
        """,
    "pyproject.toml": """
        [tool.medallion.local]
        paths."/Volumes/shop/raw/landing" = "sample"
        """,
    "config/tables.yml": """
        tables:
          - {name: orders, keys: [id], rules: {positive: amount > 0}}
          - {name: returns, keys: [id], rules: {reasoned: reason IS NOT NULL}}
        """,
    "config/marts.json": json.dumps({"daily": ["day"], "by_customer": ["customer"]}),
    "lib/ingestion.py": """
        from dataclasses import dataclass, field

        from pyspark import pipelines as dp
        from databricks.sdk.runtime import spark

        @dataclass(frozen=True)
        class Table:
            name: str
            keys: list[str]
            rules: dict[str, str] = field(default_factory=dict)

            @property
            def raw(self) -> str:
                return f"raw_{self.name}"

        def make_raw(table: Table, landing: str) -> None:
            @dp.table(name=table.raw)
            def raw():
                reader = spark.readStream.format("cloudFiles").option("cloudFiles.format", "json")
                return reader.option("cloudFiles.inferColumnTypes", "true").load(f"{landing}/{table.name}")

        def make_clean(table: Table) -> None:
            @dp.table(name=f"clean_{table.name}")
            @dp.expect_all_or_drop(table.rules)
            def clean():
                return spark.readStream.table(table.raw).drop("_rescued_data")
        """,
    "pipelines/generated.py": """
        import os
        import sys

        import yaml
        from pyspark import pipelines as dp

        sys.path.append(os.path.abspath(os.path.join(os.getcwd(), "..", "lib")))
        from ingestion import Table, make_clean, make_raw

        with open(spark.conf.get("config_file")) as file:
            TABLES = [Table(**entry) for entry in yaml.safe_load(file)["tables"]]

        for table in TABLES:
            make_raw(table, spark.conf.get("landing"))
            make_clean(table)

        @dp.materialized_view(name="counts")
        def counts():
            frames = [
                spark.read.table(f"clean_{table.name}").selectExpr(f"'{table.name}' AS name", "count(*) AS rows")
                for table in TABLES
            ]
            union = frames[0]
            for frame in frames[1:]:
                union = union.unionByName(frame)
            return union
        """,
    "pipelines/marts.ipynb": notebook(
        "%pip install pyyaml",
        """
        import json
        from pathlib import Path

        from pyspark import pipelines as dp

        marts = json.loads((Path(__file__).parent.parent / "config" / "marts.json").read_text())
        """,
        """
        for name, columns in marts.items():
            @dp.materialized_view(name=name)
            def mart(columns=columns):
                from ingestion import Table
                source = Table("orders", []).name
                by = ", ".join(columns)
                return spark.sql(f"SELECT {by}, sum(amount) AS amount FROM clean_{source} GROUP BY {by}")
        """,
        "%sql\nSELECT * FROM daily",
    ),
    "pipelines/report.ipynb": notebook(
        "%md\n# Report",
        "CREATE OR REFRESH MATERIALIZED VIEW best_day AS\nSELECT max_by(day, amount) AS day FROM daily",
        "%python\nprint('never')",
        "%sql\nCREATE TEMPORARY VIEW nothing AS SELECT 1 AS one",
        language="sql",
    ),
    "sample/orders/1.json": lines(
        [
            {"id": 1, "customer": "ada", "day": "mon", "amount": 4},
            {"id": 2, "customer": "bob", "day": "tue", "amount": 5},
            {"id": 3, "customer": "bob", "day": "tue", "amount": -1},
        ]
    ),
    "sample/returns/1.json": lines([{"id": 1, "reason": "late"}, {"id": 2, "reason": None}]),
}


@pytest.mark.fidelity(
    "Dataset functions made by a factory in a loop each keep the values they were made with",
    source="ldp/developer/python-dev, create tables in a for loop",
    verdict="same",
)
@pytest.mark.fidelity(
    "Files are run in the folder they stand in, so that relative paths and os.getcwd() find their neighbours",
    source="files/cwd-dbr-14",
    verdict="same",
)
@pytest.mark.fidelity(
    "A module found through sys.path in one file is found by every later file and dataset function of the pipeline",
    source="ldp/developer/import-workspace-files",
    verdict="same",
)
@pytest.mark.fidelity(
    "Configuration files of the bundle are opened through ${workspace.file_path}",
    source="bundle-examples, workspace.file_path",
    verdict="same",
)
@pytest.mark.fidelity(
    "databricks.sdk.runtime gives the spark of the pipeline to modules",
    source="bundle-examples, default-python",
    verdict="same",
)
@pytest.mark.fidelity(
    "Inside spark.sql a bare name is a dataset of the pipeline",
    source="ldp/developer/python-dev",
    verdict="same",
)
@pytest.mark.fidelity(
    "Jupyter notebooks are pipeline code: Python cells are run in order, an SQL notebook's cells are statements",
    source="ldp/developer, notebooks in ipynb format",
    verdict="same",
)
def test_datasets_made_by_code(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = StyleProject(tmp_path, session_source, FILES)

    outcomes = project.outcomes()

    assert {name: outcome for name, outcome in outcomes.items() if outcome != "ok"} == {}
    assert project.rows("clean_orders", "id") == [(1,), (2,)]
    assert project.rows("clean_returns") == [(1, "late")]
    assert project.rows("counts") == [("orders", 2), ("returns", 1)]
    assert project.rows("daily") == [("mon", 4), ("tue", 5)]
    assert project.rows("by_customer") == [("ada", 4), ("bob", 5)]
    assert project.rows("best_day") == [("tue",)]
    notes = [(note.found, str(note.place).rsplit("/", 1)[-1]) for note in project.open().project.graph.notes]
    assert notes == [("%sql", "marts.ipynb#cell-4:1")]
