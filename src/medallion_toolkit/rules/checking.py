"""The examples of a project's own rules, asked on the local engine; each rule also has to decide hard texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from medallion_toolkit.engine.spark_errors import translated as spark_errors
from medallion_toolkit.errors import MedallionError, Place, RunError, SqlError
from medallion_toolkit.python.helper_rules import OwnPatterns, OwnRules, Pattern
from medallion_toolkit.python.project_modules import project_package, translated

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from medallion_toolkit.engine.session import SessionOnDemand


class Question(Protocol):
    """An example of a rule as the helper package asks it."""

    @property
    def rule(self) -> str: ...
    @property
    def sql(self) -> str: ...
    @property
    def types(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def came(self) -> tuple[str | None, ...]: ...
    @property
    def holds(self) -> bool: ...


class Examples(Protocol):
    """What is needed of the helper package's module about examples."""

    def questions(self, kind: object) -> Sequence[Question]: ...
    def example_queries(self, asked: Sequence[Question]) -> Iterable[str]: ...
    def hard_query(self, question: Question) -> str: ...


class Patterns(Protocol):
    """What is needed of the helper package's module about patterns."""

    def example_query(self, pattern: Pattern) -> str: ...
    def hard_query(self, pattern: Pattern) -> str: ...


WRONG_EXAMPLE = "MED396"


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an own rule or pattern: an example that comes out differently, or SQL that raises."""

    rule: str
    place: str
    what: str
    sql: str


@dataclass(frozen=True)
class Checked:
    """The own rules and patterns of a project and what their examples showed."""

    rules: int
    patterns: int
    examples: int
    wrong: tuple[Wrong, ...]

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "rules": self.rules,
            "patterns": self.patterns,
            "examples": self.examples,
            "wrong": [asdict(one) for one in self.wrong],
        }

    def as_text(self) -> str:
        """The same for a terminal; the first line says where it was asked."""
        if not self.rules + self.patterns:
            return (
                'local · nothing of this project; pyproject.toml names modules of rules: [tool.medallion] rules = ["…"]'
            )
        counted = f"rules of this project {self.rules}, patterns {self.patterns}, examples {self.examples}"
        lines = [f"{WRONG_EXAMPLE} {one.place}  {one.rule}: {one.what}\n    {one.sql}" for one in self.wrong]
        return "\n".join([f"local · {counted}: {f'{len(lines)} wrong' if lines else 'all as stated'}", *lines])


def check_own_rules(project: Path, source: SessionOnDemand) -> Checked:
    """Ask every example of the project's own rules and patterns; Spark starts only when there are some."""
    package = project_package(project)
    examples = cast(Examples, import_module(f"{package.__name__}.rules.examples"))
    own = cast(OwnRules, import_module(f"{package.__name__}.rules.own"))
    with translated():
        declared = own.own_rules()
        asked = [(str(one.position), list(examples.questions(one.value))) for one in declared]
        made = cast(OwnPatterns, import_module(f"{package.__name__}.normalize.own")).own_patterns()
    if not asked and not made:
        return Checked(0, 0, 0, ())
    spark = source.spark()
    wrong = [found for place, questions in asked for found in _wrong(spark, examples, place, questions)]
    patterns = cast(Patterns, import_module(f"{package.__name__}.normalize.kinds"))
    for one in made:
        wrong += _wrong_pattern(spark, patterns, str(one.position), one.value)
    count = sum(len(questions) for _, questions in asked) + sum(len(one.value.examples) for one in made)
    return Checked(len(asked), len(made), count, tuple(wrong))


def _wrong_pattern(spark: SparkSession, patterns: Patterns, place: str, pattern: Pattern) -> Iterator[Wrong]:
    sql = patterns.example_query(pattern)
    try:
        with spark_errors(Place(place)):
            made = spark.sql(sql).collect()[0]
            spark.sql(patterns.hard_query(pattern)).collect()
    except (SqlError, RunError) as error:
        yield Wrong(pattern.name, place, f"its SQL raises: {_said(error)}", sql)
        return
    for number, example in enumerate(pattern.examples):
        if made[number] != example.result:
            yield Wrong(pattern.name, place, f"{example.value!r} becomes {made[number]!r}, not {example.result!r}", sql)


def _wrong(spark: SparkSession, examples: Examples, place: str, asked: Sequence[Question]) -> Iterator[Wrong]:
    rule = asked[0].rule
    try:
        with spark_errors(Place(place)):
            queries = examples.example_queries(asked)
            holds = {row["number"]: row["holds"] for sql in queries for row in spark.sql(sql).collect()}
    except (SqlError, RunError) as error:
        yield Wrong(rule, place, f"its SQL raises: {_said(error)}", asked[0].sql)
        return
    for number, question in enumerate(asked):
        if holds[number] is not question.holds:
            yield Wrong(rule, place, f"{_told(question)} {'fails' if question.holds else 'holds'}", question.sql)
    for question in {one.sql: one for one in asked}.values():
        try:
            with spark_errors(Place(place)):
                spark.sql(examples.hard_query(question)).collect()
        except (SqlError, RunError) as error:
            yield Wrong(rule, place, f"its SQL raises for text that is hard to read: {_said(error)}", question.sql)


def _told(question: Question) -> str:
    named = zip((name for name, _ in question.types), question.came, strict=True)
    return ", ".join(f"{name} {'NULL' if value is None else repr(value)}" for name, value in named)


def _said(error: MedallionError) -> str:
    return " ".join(part for part in (error.message, error.found) if part)
