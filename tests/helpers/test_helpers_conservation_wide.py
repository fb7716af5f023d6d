"""300 columns, 200 rules, nested values, many failing rules a row: one place for each row, every reason once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from contract_samples import LINES, contract, plan_of, run_steps

from medallion import Contract, plan_tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

COLUMNS, ROWS = 300, 120
TYPES = {
    "string": ([None, "", " ", "abc", "ABC", "7", "\x00", "é" * 40], "length: {max: 3"),
    "int": ([None, "", "1", "-5", "1.5", "99999999999", "x"], "range: {min: 0"),
    "double": ([None, "NaN", "Infinity", "-1e400", "3", "abc"], "range: {min: 0, max: 100"),
    "decimal(10,2)": ([None, "NaN", "1.005", "12345678901", "-2"], "range: {min: 0"),
    "date": ([None, "", "2026-01-31", "2026-02-30", "0000-00-00"], "not_null: {severity: minor"),
    "array<struct<a: int, b: string>>": (
        [None, [], [(None, None)], [(1, "x"), (2, None)]],
        "not_null: {severity: minor",
    ),
    "struct<a: double, b: array<int>>": (
        [None, (None, None), (float("nan"), [None]), (1.0, [])],
        "not_null: {severity: minor",
    ),
    "map<string, int>": ([None, {}, {"": None}, {"k": 1}], "not_null: {severity: minor"),
}
ACTIONS = ("quarantine", "quarantine", "warn", "tag", "drop")


def wide_contract(mode: str) -> Contract:
    """Every column has a type rule unless it is text, 200 have one more; few drop, so that other ends are reached."""
    lines = ["table: silver.wide", "from: wide_conformed", f"quarantine: {mode}", "carry: [_row_id]", "columns:"]
    kinds = list(TYPES.items())
    for number in range(COLUMNS):
        kind, (_, rule) = kinds[number % len(kinds)]
        action = ACTIONS[number % 5] if number % 50 == 4 else ACTIONS[number % 4]
        rules = f", rules: [{rule}, on_fail: {action}}}]" if number < 200 else ""
        lines.append(f'  c{number}: {{type: "{kind}"{rules}}}')
    return contract("\n".join(lines) + "\n")


def wide_rows(spark: SparkSession) -> DataFrame:
    """A third of the rows is clean but for a few values, some stand twice."""
    chance = random.Random(3)
    kinds = [(kind, values) for kind, (values, _) in TYPES.items()]
    clean = ["abc", "1", "3", "-0", "2026-01-31", [(1, "x")], (1.0, []), {"k": 1}]
    rows = []
    for number in range(ROWS):
        row = [
            chance.choice(kinds[column % 8][1]) if number % 3 or chance.random() < 0.01 else clean[column % 8]
            for column in range(COLUMNS)
        ]
        rows.append((*row, f"r{number}"))
    rows += [(*row[:-1], f"{row[-1]} again") for row in rows[:20]]
    types = [kind if "<" in kind else "STRING" for kind, _ in kinds]
    schema = ", ".join(f"c{number} {types[number % 8]}" for number in range(COLUMNS))
    return spark.createDataFrame(rows, f"{schema}, _row_id STRING").repartition(4).localCheckpoint()


def test_wide_rows_end_in_one_place_with_every_reason(spark: SparkSession) -> None:
    one, rows = wide_contract("split"), wide_rows(spark)
    assert len(one.rules) > 400
    plans = plan_tables(one, {})
    judged = run_steps(rows, plan_of(plans, "silver.wide_checked").flows[0].steps)
    held = ", ".join(rule.condition for rule in one.rules)
    found = judged.selectExpr(
        "_row_id", "_dropped", "_errors.rule AS errors", "_tags", f"array({held}) AS held", "_source.c1 AS came"
    ).collect()
    assert len(found) == len({row["_row_id"] for row in found}) == ROWS + 20
    for row in found:
        failed = [rule for rule, is_held in zip(one.rules, row["held"], strict=True) if not is_held]
        assert None not in row["held"]
        assert row["_dropped"] == any(rule.on_fail == "drop" for rule in failed)
        reasons = [] if row["_dropped"] else [rule.name for rule in failed if rule.on_fail == "quarantine"]
        assert (row["errors"] or []) == reasons
        assert (row["_tags"] or []) == [rule.name for rule in failed if rule.on_fail == "tag"]
        assert row["errors"] != []
    ends = [("dropped" if row["_dropped"] else "quarantined" if row["errors"] else "valid") for row in found]
    assert set(ends) == {"dropped", "quarantined", "valid"}
    assert max(len(row["errors"] or ()) for row in found) > 50


def test_a_new_column_is_told_from_what_the_reader_adds_itself(spark: SparkSession) -> None:
    (rule,) = (one for one in contract(LINES + "evolution: fail\n").rules if one.name == "schema_known")
    texts = [None, '{"_file_path": "a.json"}', '{"loyalty": "1", "_file_path": "a.json"}', "no json", ""]
    rows = spark.createDataFrame([(text,) for text in texts], "_rescued_data STRING")
    held = rows.selectExpr("_rescued_data", f"{rule.condition} AS held", f"{rule.value} AS value").collect()
    assert {row["_rescued_data"]: row["held"] for row in held} == dict(
        zip(texts, [True, True, False, False, False], strict=True)
    )
    assert [row["value"] for row in held][2] == "loyalty"
