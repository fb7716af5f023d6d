"""A small hand-written project for tests: one pipeline per layer folder, files as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DATABRICKS = """
bundle:
  name: shop
variables:
  catalog:
    default: shop
targets:
  dev:
    default: true
resources:
  schemas:
    bronze: {catalog_name: "${var.catalog}", name: bronze}
    silver: {catalog_name: "${var.catalog}", name: silver}
    gold: {catalog_name: "${var.catalog}", name: gold}
  volumes:
    landing: {catalog_name: "${var.catalog}", schema_name: "${resources.schemas.bronze.name}", name: landing}
  pipelines:
    ingest:
      name: shop ingest
      catalog: ${var.catalog}
      schema: ${resources.schemas.silver.name}
      root_path: .
      serverless: true
      libraries:
        - glob: {include: sql/bronze/**}
        - glob: {include: sql/silver/**}
        - glob: {include: python/**}
      configuration:
        bronze: ${resources.schemas.bronze.name}
        silver: ${resources.schemas.silver.name}
        gold: ${resources.schemas.gold.name}
        landing: ${resources.volumes.landing.volume_path}
    marts:
      name: shop marts
      catalog: ${var.catalog}
      schema: ${resources.schemas.gold.name}
      root_path: .
      serverless: true
      libraries:
        - glob: {include: sql/gold/**}
      configuration:
        silver: ${resources.schemas.silver.name}
        gold: ${resources.schemas.gold.name}
"""
PYPROJECT = '[tool.medallion.local]\nvolumes.landing = "landing"\n'
ORDERS = """-- Orders as they came.
CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
AS SELECT *, _metadata.file_name AS _source_file
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, amount STRING, ordered_at STRING', rescuedDataColumn => '_rescued_data');
"""


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write the files below `root`, folders included."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_project(root: Path, files: Mapping[str, str]) -> Path:
    """A project in `root` with the given files and an orders folder to read from."""
    write_files(root, {"databricks.yml": DATABRICKS, "pyproject.toml": PYPROJECT, **files})
    for folder in ("sql/bronze", "sql/silver", "sql/gold", "python", "landing/orders"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    return root
