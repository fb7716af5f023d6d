"""A project of one append-only source with a contract: bronze, checked rows, table and quarantine."""

from __future__ import annotations

from pathlib import Path

from judged_rows import COLUMNS
from new_project import new_project

BRONZE = """-- Orders as they came.
CREATE OR REFRESH STREAMING TABLE ${{bronze}}.orders
AS SELECT *, _metadata.file_name AS _source_file
FROM STREAM read_files('${{landing}}/orders', format => 'parquet', schema => '{schema}', schemaEvolutionMode => 'none');
"""
CONFORMED = """-- Names and spelling only.
CREATE TEMPORARY VIEW orders_conformed
AS SELECT {columns}, _source_file
FROM STREAM(${{bronze}}.orders);
"""


def make_project(folder: Path, contract: str) -> Path:
    """The project `judged` below `folder`, without rows."""
    files = {
        "sql/bronze/orders.sql": BRONZE.format(schema=", ".join(f"{column} STRING" for column in COLUMNS)),
        "sql/silver/orders_conformed.sql": CONFORMED.format(columns=", ".join(COLUMNS)),
        "contracts/silver/orders.yml": contract,
    }
    return new_project(folder, "judged", files)
