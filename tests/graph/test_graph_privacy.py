"""Who sees which dataset: private tables, temporary views, two catalogs, names that hide others."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import ORDERS, make_project

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.graph.privacy import privacy_note
from medallion_toolkit.graph.project import Project, load_project

PRIVATE = "CREATE OR REFRESH PRIVATE MATERIALIZED VIEW ${silver}.draft AS SELECT * FROM ${bronze}.orders;\n"
PUBLIC = "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.ready AS SELECT * FROM ${silver}.draft;\n"
VIEW = "CREATE TEMPORARY VIEW orders AS SELECT order_id FROM ${bronze}.orders;\n"


def project(root: Path, files: dict[str, str]) -> Project:
    make_project(root, {"sql/bronze/orders.sql": ORDERS, **files})
    return load_project(root)


def gold(name: str) -> str:
    return f"CREATE OR REFRESH MATERIALIZED VIEW ${{gold}}.report AS SELECT * FROM {name};\n"


@pytest.mark.fidelity(
    "A private table is read in its own pipeline and is not in the catalog for any other",
    source="ldp-sql-ref-create-streaming-table",
    verdict="refused",
    code="MED262",
)
@pytest.mark.fidelity(
    "TEMPORARY of a table is the old word for PRIVATE, in SQL as in Python",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.parametrize(
    "draft",
    [
        {"sql/silver/draft.sql": PRIVATE},
        {"sql/silver/draft.sql": PRIVATE.replace("PRIVATE", "TEMPORARY")},
        {
            "python/draft.py": "from pyspark import pipelines as dp\n\n"
            "@dp.materialized_view(name='draft', private=True)\n"
            "def draft():\n    return spark.read.table('bronze.orders')\n"
        },
        {
            "python/draft.py": "import dlt\n\n@dlt.table(name='draft', temporary=True)\n"
            "def draft():\n    return spark.read.table('bronze.orders')\n"
        },
    ],
)
def test_a_private_table_is_only_read_by_its_own_pipeline(tmp_path: Path, draft: dict[str, str]) -> None:
    assert project(tmp_path, {**draft, "sql/silver/ready.sql": PUBLIC}).depends["shop.silver.ready"] == (
        "shop.silver.draft",
    )
    found = load_project(tmp_path).graph
    assert privacy_note(found, "shop.bronze.orders") is None
    note = privacy_note(found, "shop.silver.draft")
    assert note == "a private table of pipeline ingest: not in the catalog, nobody else can read it"
    with pytest.raises(PipelineError, match="draft is a private table of pipeline ingest") as caught:
        project(tmp_path, {"sql/gold/report.sql": gold("${silver}.draft")})
    assert (caught.value.code, str(caught.value.place)) == ("MED262", "sql/gold/report.sql:1:69")


@pytest.mark.fidelity(
    "A temporary view lives in its pipeline only",
    source="ldp-sql-ref-create-temporary-view",
    verdict="refused",
    code="MED262",
)
def test_a_temporary_view_is_not_seen_by_another_pipeline(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="MED262 orders is a temporary view of pipeline ingest"):
        project(tmp_path, {"sql/silver/orders.sql": VIEW, "sql/gold/report.sql": gold("orders")})


@pytest.mark.fidelity(
    "A temporary view hides a catalog table of its name inside its pipeline, and only there",
    source="ldp-sql-ref-create-temporary-view",
    verdict="same",
)
def test_a_temporary_view_hides_a_table_in_its_own_pipeline(tmp_path: Path) -> None:
    table = "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.orders AS SELECT * FROM ${bronze}.orders;\n"
    readers = (
        "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.short AS SELECT * FROM orders;\n"
        "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.full AS SELECT * FROM ${silver}.orders;\n"
    )
    found = project(
        tmp_path,
        {"sql/silver/view.sql": VIEW, "sql/silver/table.sql": table, "sql/silver/readers.sql": readers,
         "sql/gold/report.sql": gold("${silver}.orders")},
    )  # fmt: skip
    assert found.depends["shop.silver.short"] == ("ingest:orders",)
    assert found.depends["shop.silver.full"] == ("shop.silver.orders",)
    assert found.depends["shop.gold.report"] == ("shop.silver.orders",)


@pytest.mark.fidelity(
    "Tables of equal schema and name in two catalogs are two tables",
    source="ldp/target-schema (default publishing mode)",
    verdict="same",
)
def test_two_catalogs_with_equal_schemas_and_names_stay_apart(tmp_path: Path) -> None:
    other = (
        "CREATE OR REFRESH MATERIALIZED VIEW archive.bronze.orders AS SELECT 'old' AS order_id;\n"
        "USE CATALOG archive;\nUSE SCHEMA bronze;\n"
        "CREATE OR REFRESH MATERIALIZED VIEW silver.copies AS SELECT * FROM orders;\n"
    )
    both = gold("archive.bronze.orders UNION ALL SELECT order_id FROM shop.bronze.orders")
    found = project(tmp_path, {"sql/silver/other.sql": other, "sql/gold/report.sql": both})
    assert found.depends["archive.silver.copies"] == ("archive.bronze.orders",)
    assert found.depends["shop.gold.report"] == ("archive.bronze.orders", "shop.bronze.orders")
    shown = [found.display[key] for key in ("archive.bronze.orders", "shop.bronze.orders")]
    assert len(set(shown)) == 2
