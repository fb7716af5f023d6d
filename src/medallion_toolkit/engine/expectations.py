"""Expectations in one pass: counts by `observe`, dropped rows by a filter, failing rows by an error.

A predicate that is NULL is a violation (Rule 1); the counts are exact because they are taken from the
very rows that are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import literal
from medallion_toolkit.engine.spark_errors import first_sentence
from medallion_toolkit.errors import MedallionError, SqlError, did_you_mean
from medallion_toolkit.model import Action, Expectation
from medallion_toolkit.sql.conditions import is_decided

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, Observation


_OF_SQL = ("AnalysisException", "ParseException")


@dataclass(frozen=True)
class Outcome:
    """Rows of one expectation; `unknown` of the failed ones are those whose condition was NULL."""

    name: str
    action: Action
    passed: int
    failed: int
    unknown: int = 0


@dataclass(frozen=True)
class Counts:
    """Rows of a flow: read from its query, written, dropped by expectations, and per expectation."""

    rows_in: int = 0
    written: int = 0
    dropped: int = 0
    deleted: int = 0
    expectations: tuple[Outcome, ...] = field(default=())

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.rows_in + other.rows_in,
            self.written + other.written,
            self.dropped + other.dropped,
            self.deleted + other.deleted,
            _merged(self.expectations, other.expectations),
        )


def _merged(left: Sequence[Outcome], right: Sequence[Outcome]) -> tuple[Outcome, ...]:
    found = {outcome.name: outcome for outcome in left}
    for outcome in right:
        known = found.get(outcome.name, Outcome(outcome.name, outcome.action, 0, 0))
        found[outcome.name] = Outcome(
            outcome.name,
            outcome.action,
            known.passed + outcome.passed,
            known.failed + outcome.failed,
            known.unknown + outcome.unknown,
        )
    return tuple(found.values())


def holds(condition: str) -> str:
    """The condition as SQL that is never NULL."""
    return f"coalesce(({condition}), false)"


def check_conditions(frame: DataFrame, expectations: Sequence[Expectation]) -> None:
    """Raise SqlError at the first expectation that the columns of `frame` cannot answer."""
    from pyspark.errors import AnalysisException, ParseException

    if not expectations:
        return
    try:
        frame.selectExpr(*(holds(rule.condition) for rule in expectations))
    except (AnalysisException, ParseException) as error:
        if len(expectations) == 1:
            raise _unanswerable(expectations[0], frame.columns, str(error)) from error
        for rule in expectations:
            check_conditions(frame, [rule])


def _unanswerable(rule: Expectation, columns: Sequence[str], text: str) -> SqlError:
    words = re.findall(r"\w+", rule.condition)
    unknown = next((word for word in words if f"`{word}`" in text), rule.condition)
    return SqlError(
        "MED223",
        f"expectation {rule.name} cannot be judged: {first_sentence(text)}",
        place=rule.place,
        help=did_you_mean(unknown, columns) or f"columns: {', '.join(columns)}",
    )


def of_a_rule(error: MedallionError, expectations: Sequence[Expectation]) -> MedallionError:
    """The error of a dataset's own function as one of the rule that is to blame; itself where none is.

    The function of a contract's table makes its reasons out of the rules, so what a rule cannot say fails there.
    """
    quoted = re.findall(r"`([^`]+)`", error.message)
    blamed = (rule for rule in expectations if _is_blamed(rule, error.message, quoted[:1]))
    rule = next(blamed, None) if error.code == "MED257" and error.message.partition(":")[0] in _OF_SQL else None
    if rule is None:
        return error
    return SqlError(
        "MED223",
        f"expectation {rule.name} cannot be judged: {first_sentence(error.message)}",
        place=rule.place,
        found=rule.condition,
        help=did_you_mean(quoted[0], quoted[1:]) if quoted else None,
    )


def _is_blamed(rule: Expectation, message: str, names: Sequence[str]) -> bool:
    from pyspark.errors import AnalysisException, ParseException
    from pyspark.sql import SparkSession

    if not message.startswith("ParseException"):
        return not set(names).isdisjoint(re.findall(r"\w+", rule.condition))
    session = SparkSession.getActiveSession()
    try:
        return session is not None and session.range(0).selectExpr(rule.condition) is None
    except ParseException:
        return True
    except AnalysisException:
        return False


def observed(frame: DataFrame, observation: Observation, expectations: Sequence[Expectation]) -> DataFrame:
    """`frame` counted by `observation`, without the rows that drop expectations reject."""
    return enforced(frame.observe(observation, *_counters(frame, expectations)), expectations)


def counted(frame: DataFrame, expectations: Sequence[Expectation]) -> Counts:
    """What the expectations find in all rows of a batch DataFrame; nothing is dropped and nothing fails."""
    row = frame.agg(*_counters(frame, expectations)).collect()[0]
    return counts_of(row.asDict(), expectations)


def kept_rows(expectations: Sequence[Expectation]) -> str:
    """The condition of rows that no drop expectation rejects; `true` when there is none."""
    return " AND ".join(holds(rule.condition) for rule in expectations if rule.action == "drop") or "true"


def enforced(frame: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """`frame` without the rows that drop expectations reject; reading it fails where a fail expectation is broken."""
    kept = kept_rows(expectations)
    return _guarded(frame if kept == "true" else frame.where(kept), expectations)


def _counters(frame: DataFrame, expectations: Sequence[Expectation]) -> list[Column]:
    from pyspark.sql.functions import expr

    columns = [expr("count(1)").alias("rows_in"), expr(f"count_if({kept_rows(expectations)})").alias("written")]
    columns += [
        expr(f"count_if(NOT {holds(rule.condition)})").alias(f"failed_{index}")
        for index, rule in enumerate(expectations)
    ]
    columns += [
        expr(f"count_if(({expectations[index].condition}) IS NULL)").alias(f"unknown_{index}")
        for index in _nullable(frame, expectations)
    ]
    return columns


def _nullable(frame: DataFrame, expectations: Sequence[Expectation]) -> list[int]:
    """Positions of the expectations that some row may leave undecided."""
    unclear = [index for index, rule in enumerate(expectations) if not is_decided(rule.condition)]
    if not unclear:
        return []
    schema = frame.selectExpr(*(f"({expectations[index].condition})" for index in unclear)).schema
    return [index for index, column in zip(unclear, schema.fields, strict=True) if column.nullable]


def _guarded(frame: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """Stop the write at the first row that breaks a fail expectation; the check stands in the written query."""
    for rule in expectations:
        if rule.action == "fail":
            message = literal(f"[EXPECTATION_VIOLATION] {rule.name}")
            frame = frame.where(f"CASE WHEN {holds(rule.condition)} THEN true ELSE raise_error({message}) END")
    return frame


def counts_of(metrics: Mapping[str, object], expectations: Sequence[Expectation]) -> Counts:
    """Counts from what an observation saw."""
    values = {name: int(str(value or 0)) for name, value in metrics.items()}
    rows_in, written = values.get("rows_in", 0), values.get("written", 0)
    outcomes = tuple(_outcome(rule, index, rows_in, values) for index, rule in enumerate(expectations))
    return Counts(rows_in, written, rows_in - written, 0, outcomes)


def _outcome(rule: Expectation, index: int, rows_in: int, values: Mapping[str, int]) -> Outcome:
    failed = values.get(f"failed_{index}", 0)
    return Outcome(rule.name, rule.action, rows_in - failed, failed, values.get(f"unknown_{index}", 0))
