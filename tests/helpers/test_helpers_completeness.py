"""The limit `completeness` counts filled values over all columns that a table keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from medallion import read_contract

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

CONTRACT = """
table: silver.people
from: people_conformed
keys: [id]
history: {type: 1, sequence_by: seen, not_stored: [op]}
columns:
  id: {type: int}
  name: {type: string}
  seen: {type: timestamp}
  op: {type: string}
limits: {completeness: 75 %}
"""


def test_the_share_of_filled_values_is_measured_and_judged(spark: SparkSession) -> None:
    [rule] = read_contract(CONTRACT).table_rules
    assert (rule.name, rule.on_fail, rule.columns) == ("values_complete", "fail", ("id", "name", "seen"))
    found = []
    for rows in (4, 3, 0):
        table = (
            "(SELECT id AS id, CASE WHEN id > 3 THEN 'x' END AS name, CASE WHEN id > 1 THEN current_timestamp() END "
            f"AS seen FROM VALUES (1), (2), (3), (4) AS t(id) WHERE id <= {rows})"
        )
        [row] = spark.sql(rule.query.replace("[[silver.people]]", table)).collect()
        found.append((None if row["metric"] is None else round(row["metric"], 2), row["limit_value"], row["ok"]))
    assert found == [(66.67, "at least 75 %", False), (55.56, "at least 75 %", False), (None, "at least 75 %", True)]
    [row] = spark.sql(rule.query.replace("[[silver.people]]", "(SELECT 1 AS id, 'a' AS name, NULL AS seen)")).collect()
    assert (row["observed"], row["ok"]) == ("66.67 %", False)
