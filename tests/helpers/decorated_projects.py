"""Small projects whose Python files carry decorators, recorded as a pipeline would load them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Dataset
from medallion_toolkit.python.recording import Recording, record

PACKAGE = Path(__file__).resolve().parents[2] / "template" / "{{.project_name}}" / "medallion"
TRANSFORM_CUSTOMERS = """
import dlt
from medallion.decorators import medallion, test
from pyspark.sql import DataFrame, SparkSession

@dlt.table
@medallion(layer="silver", config_path="configs/customer_transform.yaml")
@test(golden_dataset="test_data/customers_golden.parquet")
def transform_customers(spark: SparkSession) -> DataFrame:
    source_df = spark.table("LIVE.bronze_customers")
    return source_df
"""


def record_project(
    root: Path, code: str, files: Mapping[str, str] | None = None, *, target: str | None = None
) -> Recording:
    """What `python/tables.py` with this code declares in a project of these files."""
    if not (root / "medallion").exists():
        (root / "medallion").symlink_to(PACKAGE)
    for name, text in {"python/tables.py": code, **(files or {})}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return record(
        [root / "python" / "tables.py"],
        root_path=root,
        configuration={"bronze": "b", "silver": "s", "gold": "g", **({"target": target} if target else {})},
        catalog="c",
        schema="s",
        pipeline="ingest",
    )


def datasets(recording: Recording) -> dict[str, Dataset]:
    """Datasets by name without the catalog; the recording must be without errors."""
    assert recording.errors == ()
    return {one.name.removeprefix("c."): one for one in recording.datasets}


def only_error(recording: Recording) -> MedallionError:
    """The one thing that is wrong."""
    (error,) = recording.errors
    return error
