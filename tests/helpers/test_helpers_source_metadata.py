"""Bronze says where a row came from, in Python and in the sample's SQL files alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medallion.contracts.reader import DEFAULT_CARRY
from medallion.tables.source_metadata import batch_id, source_metadata_columns

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_every_bronze_file_of_the_sample_gives_the_same_metadata(repository: Path) -> None:
    files = sorted((repository / "template" / "{{.project_name}}" / "sql" / "bronze").glob("*.sql*"))
    assert len(files) >= 4
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert [column for column in source_metadata_columns() if column not in text] == [], file.name


def test_silver_carries_what_bronze_gives() -> None:
    given = {column.rpartition(" AS ")[2] for column in source_metadata_columns()}
    assert {carried.name for carried in DEFAULT_CARRY} == given | {"_rescued_data"}


@pytest.mark.spark
def test_a_file_that_is_delivered_again_has_another_batch(spark: SparkSession) -> None:
    days = [("a", 1), ("a", 1), ("a", 2), ("b", 1)]
    values = ", ".join(f"('{path}', TIMESTAMP '2026-01-0{day}')" for path, day in days)
    rows = spark.sql(f"SELECT {batch_id('path', 'modified')} AS id FROM VALUES {values} AS t(path, modified)").collect()
    ids = [row["id"] for row in rows]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
