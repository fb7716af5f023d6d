"""A physical plan in plain sentences, from plans as Spark prints them."""

from __future__ import annotations

import pytest

from medallion_toolkit.engine.plan_text import read_plan
from medallion_toolkit.engine.plan_words import PlanWords, plan_in_words

DAILY = """== Physical Plan ==
HashAggregate (9)
+- Exchange (8)
   +- HashAggregate (7)
      +- BroadcastHashJoin LeftOuter BuildRight (6)
         :- Project (3)
         :  +- Filter (2)
         :     +- Scan parquet  (1)
         +- BroadcastExchange (5)
            +- Scan parquet  (4)


(1) Scan parquet
Output [3]: [order_id#1, sold_on#2, __medallion_state#3]
Batched: false
Location: PreparedDeltaFileIndex [file:/state/silver/orders]
ReadSchema: struct<order_id:string>

(2) Filter
Input [3]: [order_id#1, sold_on#2, __medallion_state#3]
Condition : ((isnotnull(sold_on#2) AND (__medallion_state#3 = row)) AND ((order_id#1 > A) OR isnull(order_id#1)))

(3) Project
Output [2]: [order_id#1, sold_on#2]

(4) Scan parquet
Output [1]: [day#4]
Location: PreparedDeltaFileIndex [file:/state/gold/days]

(5) BroadcastExchange
Arguments: HashedRelationBroadcastMode(List(input[0, date, true]),false), [plan_id=10]

(6) BroadcastHashJoin
Left keys [1]: [sold_on#2]
Right keys [1]: [day#4]
Join type: LeftOuter
Join condition: None

(7) HashAggregate
Keys [1]: [sold_on#2]
Functions [1]: [partial_count(1)]

(8) Exchange
Arguments: hashpartitioning(sold_on#2, 2), ENSURE_REQUIREMENTS, [plan_id=5]

(9) HashAggregate
Keys [1]: [sold_on#2]
Functions [1]: [count(1)]
"""
WINDOW = """== Physical Plan ==
Window (4)
+- Sort (3)
   +- Exchange (2)
      +- StreamingRelation (1)


(1) StreamingRelation
Output [2]: [id#1, at#2]
Arguments: FileSource[/land/orders], [id#1, at#2]

(2) Exchange
Arguments: SinglePartition, ENSURE_REQUIREMENTS, [plan_id=5]

(3) Sort
Arguments: [at#2 DESC NULLS LAST], false, 0

(4) Window
Arguments: [row_number() windowspecdefinition(at#2 DESC NULLS LAST, frame) AS place#3], [at#2 DESC NULLS LAST]
"""
PAIRS = """== Physical Plan ==
CartesianProduct Inner (3)
:- Scan parquet  (1)
+- Scan parquet  (2)


(1) Scan parquet
Output [1]: [a#1]
Location: PreparedDeltaFileIndex [file:/state/a]

(2) Scan parquet
Output [7]: [b#1, c#2, d#3, e#4, f#5, g#6, h#7]
Location: PreparedDeltaFileIndex [file:/state/b]

(3) CartesianProduct
Join type: Inner
Join condition: (a#1 < b#1)
"""
DISTINCT = """== Physical Plan ==
HashAggregate (4)
+- Exchange (3)
   +- HashAggregate (2)
      +- Scan OneRowRelation (1)


(1) Scan OneRowRelation
Output: []

(2) HashAggregate
Keys [1]: [a#1]
Functions: []

(3) Exchange
Arguments: hashpartitioning(a#1, 2), ENSURE_REQUIREMENTS, [plan_id=5]

(4) HashAggregate
Keys [1]: [a#1]
Functions: []
"""


def words(text: str) -> PlanWords:
    return plan_in_words(read_plan(text), lambda path: f"{path.rpartition('/')[2]} (5 rows)", "bronze.orders")


@pytest.mark.parametrize(
    ("plan", "steps"),
    [
        (
            DAILY,
            [
                "Reads orders (5 rows): 2 columns (order_id, sold_on).",
                "Keeps rows where (order_id > A) OR order_id IS NULL.",
                "Reads days (5 rows): 1 column (day).",
                "Joins orders to days (left join, on sold_on = day); days is held in memory whole (broadcast).",
                "Shuffles rows by sold_on.",
                "Groups by sold_on and computes count(1).",
            ],
        ),
        (
            WINDOW,
            [
                "Reads the new files of orders (5 rows): 2 columns (id, at).",
                "Brings all rows into one place.",
                "Computes row_number() over all rows, in the order of at descending.",
            ],
        ),
        (
            DISTINCT,
            ["Makes rows from values of the query itself.", "Shuffles rows by a.", "Keeps one row of each a."],
        ),
    ],
)
def test_a_plan_is_told_from_its_inputs_on(plan: str, steps: list[str]) -> None:
    assert list(words(plan).steps) == steps


@pytest.mark.parametrize(
    ("plan", "warnings"),
    [
        (DAILY, []),
        (WINDOW, ["a window without PARTITION BY brings all rows into one task"]),
        (PAIRS, ["every row is paired: a with b; join them on equal columns"]),
    ],
)
def test_what_is_likely_to_be_slow_is_said(plan: str, warnings: list[str]) -> None:
    assert list(words(plan).warnings) == warnings
