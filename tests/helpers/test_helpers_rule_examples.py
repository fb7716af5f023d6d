"""Every rule does what its examples say, and none raises or answers NULL whatever text comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from medallion.column_types import read_type, typed_expression
from medallion.rules.kinds import Example, RuleKind, Subject
from medallion.rules.library import RULE_KINDS
from medallion.sql_words import literal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

# Many rows in few examples: each example is a Spark run, so none is spent on shrinking.
SPARK_RUNS = settings(
    max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None
)

TYPES = (
    "string", "boolean", "tinyint", "int", "bigint", "decimal(12,2)", "decimal(38,18)", "float", "double", "date",
    "timestamp", "timestamp_ntz", "binary",
)  # fmt: skip
HARD_TEXTS = [
    None, "", " ", "\n", "\t", "\x00", "NaN", "nan", "Infinity", "-inf", "-0", "1e400", "-1e-400", "9" * 60,
    "0." + "1" * 60,
    "12,50", "1_000", "0x1F", "1e3", "2026-02-30", "0000-00-00", "10000-01-01", "-290000-01-01", "2026-01-01T25:00:00",
    "2026-03-29 02:30:00", "2026-01-01 00:00:00+99:00", "24:00", "now", "epoch", "true", "TRUE ", "yes", "٣",
    "½", "\u00a0",
    "'", '"', "\\", "\\'", "${silver}", "a@x.org\n", "a." * 300, "(" * 200, "😀", "e\u0301", "EUR\n",
]  # fmt: skip


def subject(sql_type: str) -> Subject:
    column_type = read_type(sql_type)
    assert column_type is not None
    return Subject("value", "value", "came" if not column_type.is_text else "value", column_type)


def typed(sql_type: str) -> str:
    column_type = read_type(sql_type)
    assert column_type is not None
    return "came" if column_type.is_text else typed_expression("came", column_type)


def usable_with(kind: RuleKind, sql_type: str) -> bool:
    column_type = read_type(sql_type)
    return column_type is not None and (kind.families is None or column_type.family in kind.families)


def examples() -> list[tuple[RuleKind, Example]]:
    return [(kind, example) for kind in RULE_KINDS for example in kind.examples]


def test_every_example_of_every_rule_holds_or_fails_as_stated(spark: SparkSession) -> None:
    asked = [
        f"SELECT {number} AS number, {kind.sql(subject(example.type), example.parameters)} AS holds "
        f"FROM (SELECT came, {typed(example.type)} AS value FROM "
        f"(SELECT {'CAST(NULL AS STRING)' if example.value is None else literal(example.value)} AS came))"
        for number, (kind, example) in enumerate(examples())
    ]
    holds = {row["number"]: row["holds"] for row in spark.sql(" UNION ALL ".join(asked)).collect()}
    wrong = [
        (kind.name, example) for number, (kind, example) in enumerate(examples()) if holds[number] is not example.holds
    ]
    assert wrong == []


def test_every_rule_has_an_example_that_holds_one_that_fails_and_one_without_a_value() -> None:
    for kind in RULE_KINDS:
        assert {example.holds for example in kind.examples} == {True, False}, kind.name
        assert any(example.value is None for example in kind.examples), kind.name


def conditions() -> dict[str, tuple[str, str]]:
    """Every rule on every type it fits, with the parameters of its examples: SQL of the value, SQL of the rule."""
    found: dict[str, tuple[str, str]] = {}
    for kind, example in examples():
        for sql_type in {example.type, *TYPES} if not kind.parameters else {example.type}:
            if usable_with(kind, sql_type):
                sql = kind.sql(subject(sql_type), example.parameters)
                found[f"{kind.name}_{len(found)}"] = (typed(sql_type), sql)
    return found


def verdicts(spark: SparkSession, texts: list[str | None]) -> list[str]:
    """Names of rules that were NULL for any text; an error of Spark ends the test."""
    rows = spark.createDataFrame([(text,) for text in texts], "came STRING")
    rules = conditions()
    values = [f"{value} AS v{index}" for index, (value, _) in enumerate(rules.values())]
    typed_rows = rows.selectExpr("came", *values)
    nulls = [
        f"count_if(({sql.replace('value', f'v{index}')}) IS NULL) AS `{name}`"
        for index, (name, (_, sql)) in enumerate(rules.items())
    ]
    counts = typed_rows.selectExpr(*nulls).collect()[0].asDict()
    return [name for name, count in counts.items() if count]


def test_no_rule_raises_or_is_null_for_text_that_is_hard_to_read(spark: SparkSession) -> None:
    assert verdicts(spark, HARD_TEXTS) == []


@settings(SPARK_RUNS)
@given(
    texts=st.lists(
        st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"-?[0-9.,eE:\- T]{1,30}")), min_size=300, max_size=500
    )
)
def test_no_rule_raises_or_is_null_for_arbitrary_text(spark: SparkSession, texts: list[str | None]) -> None:
    assert verdicts(spark, texts) == []


def test_a_format_reads_dates_as_they_are_written(spark: SparkSession) -> None:
    date, timestamp = read_type("date"), read_type("timestamp")
    assert date is not None
    assert timestamp is not None
    values = "VALUES ('31.12.2026 23:59'), ('2026-12-31'), ('32.12.2026 00:00'), (NULL)"
    rows = spark.sql(
        f"SELECT {typed_expression('came', date, 'dd.MM.yyyy HH:mm')} AS day,"
        f" {typed_expression('came', timestamp, 'dd.MM.yyyy HH:mm')} AS moment FROM {values} AS t(came)"
    ).collect()
    assert [(str(row["day"]), str(row["moment"])) for row in rows] == [
        ("2026-12-31", "2026-12-31 23:59:00"),
        *[("None", "None")] * 3,
    ]


def test_numbers_that_are_no_numbers_fail_a_range(spark: SparkSession) -> None:
    rule = next(kind for kind in RULE_KINDS if kind.name == "range")
    condition = rule.sql(subject("double"), {"min": 0, "max": 10})
    values = "VALUES (double('NaN')), (double('Infinity')), (-0.0D), (10.0D), (NULL)"
    rows = spark.sql(f"SELECT {condition} AS holds FROM {values} AS t(value)").collect()
    assert [row["holds"] for row in rows] == [False, False, True, True, True]
