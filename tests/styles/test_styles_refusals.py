"""What a local run refuses is listed beforehand, without Java, with its file and line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import write_files
from style_project import texts

REFUSED = {
    "databricks.yml": """
        bundle: {name: shop}
        resources:
          pipelines:
            orders:
              catalog: shop
              schema: sales
              configuration: {landing: /Volumes/shop/sales/landing}
              libraries:
                - glob: {include: pipeline/**}
        """,
    "pipeline/orders.sql": """
        CREATE OR REFRESH STREAMING LIVE TABLE orders
        AS SELECT * FROM cloud_files('/mnt/orders', 'json');

        CREATE OR REFRESH STREAMING TABLE paid AS
        SELECT * FROM STREAM(LIVE.orders);

        CREATE OR REFRESH MATERIALIZED VIEW asked DEFAULT COLLATION UTF8_LCASE TBLPROPERTIES ('delta.of.mine' = '1') AS
        SELECT * FROM vector_search(index => 'shop.sales.orders_index', query_text => 'late');

        GRANT SELECT ON TABLE orders TO readers;
        """,
    "pipeline/extra.py": """
        import dlt

        @dlt.table
        def events():
            return spark.readStream.format("cloudFiles").option("cloudFiles.format", "json").load("/mnt/events")

        @dlt.table
        def clicks():
            return spark.read.format("jdbc_of_mine").option("url", "x").load()
        """,
}
EXPECTED = [
    ("translated", "DEFAULT COLLATION UTF8_LCASE", "pipeline/orders.sql", 7),
    ("refused", "MED406", "pipeline/extra.py", 5),
    ("refused", "MED418", "pipeline/extra.py", 9),
    ("translated", 'format("jdbc_of_mine")', "pipeline/extra.py", 9),
    ("refused", "MED406", "pipeline/orders.sql", 2),
    ("refused", "MED402", "pipeline/orders.sql", 7),
    ("refused", "MED402", "pipeline/orders.sql", 7),
    ("refused", "MED402", "pipeline/orders.sql", 8),
    ("refused", "MED219", "pipeline/orders.sql", 10),
    ("translated", "import dlt", "pipeline/extra.py", 1),
    ("translated", "readStream", "pipeline/extra.py", 5),
    ("translated", "cloudFiles", "pipeline/extra.py", 5),
    ("translated", "STREAMING LIVE TABLE", "pipeline/orders.sql", 1),
    ("translated", "cloud_files(…)", "pipeline/orders.sql", 2),
    ("translated", "STREAM", "pipeline/orders.sql", 5),
    ("translated", "LIVE.name", "pipeline/orders.sql", 5),
]


@pytest.mark.fidelity(
    "A path of the workspace that no local folder stands for",
    source="files/volumes; dbfs/mounts",
    verdict="refused",
    code="MED406",
)
@pytest.mark.fidelity(
    "Collations other than UTF8_BINARY",
    source="sql/language-manual/sql-ref-collation",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "Table properties of delta and pipelines whose meaning is not known",
    source="delta/table-properties; ldp/properties",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "Table functions of services of the workspace, such as vector_search",
    source="sql/language-manual/functions/vector_search",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "Statements in pipeline files that define neither dataset nor flow, such as GRANT",
    source="ldp/developer/sql-dev",
    verdict="refused",
    code="MED219",
)
def test_refusals_are_found_without_java_and_end_with_one(tmp_path: Path) -> None:
    write_files(tmp_path, texts(REFUSED))
    command = [sys.executable, "-m", "medallion_toolkit", "run", "--explain-differences", "--json"]
    environment = {**os.environ, "JAVA_HOME": str(tmp_path / "no-java"), "PATH": str(tmp_path)}

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    document = json.loads(done.stdout)
    found = [
        (each["kind"], each["code"] or each["what"], each["path"], each["line"])
        for each in document["differences"]
        if each["path"]
    ]
    assert sorted(found) == sorted(EXPECTED)
    assert (done.returncode, document["ok"], done.stderr) == (1, False, "")
    assert not (tmp_path / ".medallion").exists()
