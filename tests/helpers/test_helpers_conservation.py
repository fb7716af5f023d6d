"""Every row ends in exactly one place, with every reason; a delete never ends in quarantine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from contract_samples import CUSTOMERS, LINES, ORDERS, contract, plan_of, run_steps
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from medallion import Contract, plan_tables, render_sql
from medallion_toolkit.sql.reader import read_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

# Many rows in few examples: each example is a Spark run, so none is spent on shrinking.
SPARK_RUNS = settings(
    max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None
)

CARRIED = "_row_id STRING, _source_file STRING, _ingestion_timestamp TIMESTAMP, _batch_id STRING, _rescued_data STRING"
WORDS = [
    None, "", "O-1", "O-2", "C-1", "paid", "lost", "10.00", "12,50", "-1", "NaN", "1e9", "EUR", "eur", "a@x.org", "a@x",
    "2026-01-01", "2026-01-02T10:00:00Z", "2026-02-30", "delete", "insert", "1", "7", "99999999999999999999",
    "true", "no",
]  # fmt: skip


def rows_strategy(columns: int) -> st.SearchStrategy[list[tuple[str | None, ...]]]:
    return st.lists(st.tuples(*[st.sampled_from(WORDS)] * columns), min_size=200, max_size=300)


def frame(spark: SparkSession, one: Contract, rows: list[tuple[str | None, ...]]) -> DataFrame:
    columns = ", ".join(f"{column.name} STRING" for column in one.columns)
    data = [(*row, f"r{number}", "file", None, "batch", None) for number, row in enumerate(rows)]
    return spark.createDataFrame(data, f"{columns}, {CARRIED}")


def checked(source: DataFrame, one: Contract) -> DataFrame:
    plan = plan_of(plan_tables(one, {}), f"silver.{one.name}_checked")
    assert plan.flows
    return run_steps(source, plan.flows[0].steps).cache()


def split(source: DataFrame, one: Contract) -> dict[str, DataFrame]:
    found = {"checked": checked(source, one)}
    for plan in plan_tables(one, {}):
        if plan.flows and plan.role != "checked":
            found[plan.role] = run_steps(found["checked"], plan.flows[0].steps)
    return found


def ids(rows: DataFrame) -> list[str]:
    return sorted(row["_row_id"] for row in rows.select("_row_id").collect())


def check_conservation(spark: SparkSession, one: Contract, rows: list[tuple[str | None, ...]]) -> None:
    parts = split(frame(spark, one, rows), one)
    valid = ids(parts["valid"] if "valid" in parts else parts["table"])
    quarantined = ids(parts["quarantine"])
    dropped = ids(parts["checked"].where("_dropped")) if one.rules_that("drop") else []
    assert sorted(valid + quarantined + dropped) == sorted(f"r{number}" for number in range(len(rows)))
    check_reasons(parts["checked"], one)


def check_reasons(judged: DataFrame, one: Contract) -> None:
    """The reasons of a row are the rules it fails, each once, and never an empty list."""
    verdicts = [f"{rule.condition} AS `{rule.name}`" for rule in one.rules]
    dropped = "_dropped" if one.rules_that("drop") else "false"
    for row in judged.selectExpr("_errors", f"{dropped} AS gone", *verdicts).collect():
        failed = [rule.name for rule in one.rules_that("quarantine") if row[rule.name] is False]
        assert {row[rule.name] for rule in one.rules} <= {True, False}
        assert [error["rule"] for error in row["_errors"] or []] == ([] if row["gone"] else failed)
        assert row["_errors"] is None or row["_errors"]


@settings(SPARK_RUNS)
@given(rows=rows_strategy(10))
def test_rows_of_a_history_with_deletes_are_conserved(spark: SparkSession, rows: list[tuple[str | None, ...]]) -> None:
    check_conservation(spark, contract(ORDERS), rows)


@settings(SPARK_RUNS)
@given(rows=rows_strategy(4))
def test_rows_of_an_append_flow_with_drops_are_conserved(
    spark: SparkSession, rows: list[tuple[str | None, ...]]
) -> None:
    check_conservation(spark, contract(LINES), rows)


@settings(SPARK_RUNS)
@given(rows=rows_strategy(6))
def test_rows_of_a_contract_that_only_warns_are_conserved(
    spark: SparkSession, rows: list[tuple[str | None, ...]]
) -> None:
    check_conservation(spark, contract(CUSTOMERS + "on_fail: warn\n"), rows)


def test_a_delete_with_only_its_key_and_sequence_is_valid(spark: SparkSession) -> None:
    orders = contract(ORDERS)
    delete = ("O-1", None, None, None, None, None, None, "delete", "2026-01-02", "2")
    keyless = (None, None, None, None, None, None, None, "delete", "2026-01-02", "3")
    late = ("O-1", None, None, None, None, None, None, "delete", "yesterday?", "4")
    parts = split(frame(spark, orders, [delete, keyless, late]), orders)
    assert ids(parts["valid"]) == ["r0"]
    reasons = {row["_row_id"]: [error["rule"] for error in row["_errors"]] for row in parts["quarantine"].collect()}
    assert reasons == {"r1": ["order_id_present"], "r2": ["changed_at_typed"]}


def test_quarantine_keeps_values_as_they_came_and_hides_classified_ones_in_reasons(spark: SparkSession) -> None:
    orders = contract(ORDERS)
    row = ("O-1", "C-1", "paid", "12,50", "EUR", "not an address", "2026-01-01", "insert", "2026-01-02", "1")
    (kept,) = split(frame(spark, orders, [row]), orders)["quarantine"].collect()
    assert kept["order_amount"] == "12,50"
    assert [(error["rule"], error["value"], error["columns"], error["severity"]) for error in kept["_errors"]] == [
        ("order_amount_typed", "12,50", ["order_amount"], "major"),
        ("contact_email_email", "***", ["contact_email"], "major"),
    ]
    assert kept["_errors"][0]["message"] == "order_amount must be of its declared type."


def test_a_part_of_a_nested_value_that_does_not_cast_is_not_lost(spark: SparkSession) -> None:
    types = ("array<int>", "array<struct<sku: string, price: double>>", "map<string, date>")
    columns = "".join(f'  c{number}: {{type: "{kind}"}}\n' for number, kind in enumerate(types))
    one = contract(f"table: silver.baskets\nfrom: baskets_conformed\ncolumns:\n{columns}")
    came = "c0 ARRAY<STRING>, c1 ARRAY<STRUCT<sku: STRING, price: STRING>>, c2 MAP<STRING, STRING>"
    rows = [
        (["1", None, " 2"], [("null", None), ("a", "01.50")], {"k": "2026-01-01", "n": None}),
        (["1", "x"], [("a", "12,50")], {"k": "2026-02-30"}),
        (None, None, None),
        ([], [], {}),
    ]
    data = [(*row, f"r{number}", "file", None, "batch", None) for number, row in enumerate(rows)]
    parts = split(spark.createDataFrame(data, f"{came}, {CARRIED}"), one)
    assert ids(parts["table"]) == ["r0", "r2", "r3"]
    (kept,) = parts["quarantine"].collect()
    assert [error["rule"] for error in kept["_errors"]] == ["c0_typed", "c1_typed", "c2_typed"]
    assert (kept["c0"], kept["c1"]) == ("[1, x]", "[{a, 12,50}]")


def test_reasons_of_a_rule_over_several_columns_show_all_of_them(spark: SparkSession) -> None:
    orders = contract(ORDERS)
    row = ("O-1", "C-1", "paid", "1", "EUR", None, "2026-01-02", "insert", "2026-01-01", "1")
    (kept,) = split(frame(spark, orders, [row]), orders)["quarantine"].collect()
    (error,) = kept["_errors"]
    assert (error["rule"], error["columns"]) == ("changed_not_before_ordered", ["ordered_at", "changed_at"])
    assert error["value"] == "ordered_at=2026-01-02, changed_at=2026-01-01"


def test_the_flag_form_keeps_every_row_with_its_verdict(spark: SparkSession) -> None:
    lines = contract(LINES.replace("limits:", "quarantine: flag\nlimits:"))
    source = frame(spark, lines, [("L-1", "1", "2.5", "true"), ("L-2", "0", None, None), (None, "x", None, None)])
    plan = plan_tables(lines, {})[0]
    assert plan.flows
    rows = run_steps(source, plan.flows[0].steps).orderBy("_row_id").collect()
    verdicts = [(row["_is_valid"], [error["rule"] for error in row["_validation_errors"] or []]) for row in rows]
    assert verdicts == [
        (True, []),
        (False, ["quantity_in_range"]),
        (False, ["line_id_present", "quantity_typed"]),
    ]


@pytest.mark.parametrize("text", [ORDERS, CUSTOMERS, LINES])
def test_declared_columns_are_the_columns_of_the_query(spark: SparkSession, text: str) -> None:
    one = contract(text)
    parts = split(frame(spark, one, [("1",) * len(one.columns)]), one)
    for plan in plan_tables(one, {}):
        if plan.flows and plan.columns:
            declared = ", ".join(f"{column.name} {column.type}" for column in plan.columns)
            empty = spark.createDataFrame([], declared)
            assert [(f.name, f.dataType.simpleString()) for f in parts[plan.role].schema] == [
                (f.name, f.dataType.simpleString()) for f in empty.schema
            ]


@pytest.mark.parametrize(
    "text",
    [ORDERS, CUSTOMERS, LINES, *(LINES + f"quarantine: {mode}\n" for mode in ("flag", "tag", "{stored: false}"))],
)
def test_the_printed_sql_gives_the_same_rows(spark: SparkSession, text: str) -> None:
    one = contract(text)
    width = len(one.columns)
    source = frame(
        spark, one, [tuple(WORDS[(7 * row + column) % len(WORDS)] for column in range(width)) for row in range(60)]
    )
    queries = {
        str(statement.target or statement.name): statement.query.text
        for statement in read_sql(render_sql(one, {}), "rendered.sql").statements
        if statement.query and not str(statement.flow_name).endswith("_from_replay")
    }
    made: dict[str, DataFrame] = {str(one.source): source}
    for plan in plan_tables(one, {}):
        if not plan.flows:
            continue
        made[plan.name] = run_steps(made[plan.flows[0].source], plan.flows[0].steps)
        made[plan.flows[0].source].createOrReplaceTempView("source_rows")
        query = queries[plan.name].replace(" WITH (SKIPCHANGECOMMITS)", "")
        printed = spark.sql(query.replace(f"STREAM({plan.flows[0].source})", "source_rows"))
        assert printed.columns == made[plan.name].columns
        assert comparable(printed) == comparable(made[plan.name])


def comparable(rows: DataFrame) -> list[str]:
    """The rows as text, without the moment they were judged at."""
    return sorted(
        str([None if isinstance(value, float) and math.isnan(value) else value for value in row])
        for row in rows.drop("_checked_at").collect()
    )
