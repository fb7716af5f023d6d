"""Files delivered in steps and all at once make the same tables, and a step reads nothing but its own files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from online_retail_data import OnlineRetail
from online_retail_project import Shop, dataset_result

from medallion_toolkit.engine.session import SessionOnDemand

if TYPE_CHECKING:
    from conftest import DeliveredAtOnce
    from pyspark.sql import DataFrame

pytestmark = [pytest.mark.online_retail, pytest.mark.spark]

INGESTION_METADATA = (
    *("_row_id", "_batch_id", "_ingestion_timestamp", "_file_modified_at", "delivered_at"),
    "_checked_at",
)


@pytest.mark.parametrize("days", [24, pytest.param(1, marks=pytest.mark.long)])
def test_delivery_in_steps_equals_delivery_at_once(
    days: int,
    at_once: DeliveredAtOnce,
    online_retail: OnlineRetail,
    repository: Path,
    session_source: SessionOnDemand,
    tmp_path: Path,
) -> None:
    stepwise = Shop.create(repository, tmp_path, online_retail.folder, session_source)
    rows_per_day = Counter(line.day for line in online_retail.lines)
    for first in range(0, 70, days):
        result = stepwise.deliver_and_run(days)
        delivered = sum(rows_per_day[day] for day in online_retail.days[first : first + days])
        for name in ("bronze.invoice_lines", "silver.invoice_lines_checked"):
            assert dataset_result(stepwise, result, name).counts.rows_in == delivered
    differing = [name for name in table_names(stepwise) if not is_same(stepwise, at_once.shop, name)]
    assert differing == []


def table_names(shop: Shop) -> list[str]:
    names = [
        shop.project.display[key]
        for key, node in shop.project.graph.nodes.items()
        if node.dataset.kind in ("streaming_table", "materialized_view")
    ]
    assert len(names) == 15
    return names


def is_same(left: Shop, right: Shop, name: str) -> bool:
    """Whether two projects have the same rows in a table, each as often."""
    mine, other = comparable(left.table(name)), comparable(right.table(name))
    return mine.columns == other.columns and mine.count() == other.count() and mine.exceptAll(other).isEmpty()


def comparable(table: DataFrame) -> DataFrame:
    """The table without what differs from one delivery to the next; of the source file its name stays."""
    if "_source_file" in table.columns:
        table = table.withColumn("_source_file", table["_source_file"].substr(-14, 14))
    if "_source" in table.columns and "delivered_at" in table.columns:
        table = table.drop("_source")
    return table.drop(*INGESTION_METADATA)
