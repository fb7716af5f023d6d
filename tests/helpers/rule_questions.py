"""What the tests ask of every rule of the library: its examples, and texts that are hard to read or arbitrary."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING

from medallion.rules.examples import (
    Question,
    column_question,
    example_queries,
    questions,
    type_of,
    typed_columns,
    undecided_count,
)
from medallion.rules.kinds import RowRuleKind, RuleKind
from medallion.rules.library import ROW_RULE_KINDS, RULE_KINDS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TYPES = (
    "string", "boolean", "tinyint", "int", "bigint", "decimal(12,2)", "decimal(38,18)", "float", "double", "date",
    "timestamp", "timestamp_ntz", "binary",
)  # fmt: skip
_ALPHABETS = (
    "0123456789", "0123456789.,eE:-+ T", "abcXYZ@./_- ", '{}[]":,0a\\', "".join(map(chr, range(1, 0x500))),
    "\u200b😀\u0301ß\u0130\ufb01",
)  # fmt: skip


def usable_with(kind: RuleKind, sql_type: str) -> bool:
    """Whether the rule fits columns of the type."""
    return kind.families is None or type_of(sql_type).family in kind.families


def asked_examples() -> list[Question]:
    """Every example of every rule of a column or a row."""
    kinds: tuple[RuleKind | RowRuleKind, ...] = (*RULE_KINDS, *ROW_RULE_KINDS)
    return [question for kind in kinds for question in questions(kind)]


def distinct_questions() -> dict[tuple[str, tuple[tuple[str, str], ...]], str]:
    """Every condition of the library once, by its text and types; rules without parameters on every type they fit."""
    asked = asked_examples()
    for kind in RULE_KINDS:
        if not kind.parameters:
            asked += [column_question(kind, kind.examples[0], one) for one in TYPES if usable_with(kind, one)]
    found: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    for question in asked:
        found.setdefault((question.sql, question.types), f"{question.rule}_{len(found)}")
    return found


def answers(spark: SparkSession, asked: list[Question]) -> list[bool | None]:
    """The verdict on each question, in order."""
    found = {row["number"]: row["holds"] for sql in example_queries(asked) for row in spark.sql(sql).collect()}
    return [found[number] for number in range(len(asked))]


def arbitrary_texts(count: int, seed: int) -> list[str | None]:
    """Texts of random length and alphabet, the same for one seed."""
    chosen = Random(seed)
    return ["".join(chosen.choices(chosen.choice(_ALPHABETS), k=chosen.randint(1, 40))) for _ in range(count)]


def undecided(spark: SparkSession, texts: Sequence[str | None], at_once: int = 60) -> list[str]:
    """Names of conditions that were NULL in a row of these texts; an error of Spark ends the test.

    Every text meets its neighbours: column number n of a rule has the text 7 n rows further.
    """
    turned = [tuple(texts[(at + 7 * step) % len(texts)] for step in range(4)) for at in range(len(texts))]
    rows = spark.createDataFrame(turned, "c0 STRING, c1 STRING, c2 STRING, c3 STRING")
    by_types = sorted(distinct_questions().items(), key=lambda one: one[0][1])
    wrong: list[str] = []
    for types, asked in groupby(by_types, key=lambda one: one[0][1]):
        came = rows.selectExpr(*(f"c{at} AS came_{name}" for at, (name, _) in enumerate(types)))
        values = came.selectExpr("*", *typed_columns(types))
        conditions = [(name, sql) for (sql, _), name in asked]
        for start in range(0, len(conditions), at_once):
            nulls = [f"{undecided_count(sql)} AS `{name}`" for name, sql in conditions[start : start + at_once]]
            counts = values.selectExpr(*nulls).collect()[0].asDict()
            wrong += [name for name, count in counts.items() if count]
    return wrong
