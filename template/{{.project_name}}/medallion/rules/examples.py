"""Examples of rules as questions: one SQL text for many, so that a rule's examples are its tests everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..sql.column_types import ColumnType, read_type, typed_expression
from ..sql.words import literal
from .kinds import Example, Row, RowExample, RowRuleKind, RuleKind, RuleRefused, Subject

# Texts that casts, patterns and parsers stumble over: every rule has to decide each of them.
HARD_TEXTS: tuple[str | None, ...] = (
    None, "", " ", "\n", "\t", "\x00", "NaN", "nan", "Infinity", "-inf", "-0", "1e400", "-1e-400", "9" * 60,
    "0." + "1" * 60, "12,50", "1_000", "0x1F", "1e3", "2026-02-30", "0000-00-00", "10000-01-01", "-290000-01-01",
    "2026-01-01T25:00:00", "2026-03-29 02:30:00", "2026-01-01 00:00:00+99:00", "24:00", "now", "epoch", "true",
    "TRUE ", "yes", "٣", "½", "\u00a0", "'", '"', "\\", "\\'", "${silver}", "a@x.org\n", "a." * 300, "(" * 200, "😀",
    "e\u0301", "EUR\n", "127", "-128", "2147483647", "-2147483648", "9223372036854775807", "-9223372036854775808",
    "9" * 20 + "." + "9" * 18, "9" * 10 + ".99", "1.7976931348623157e308", "4.9e-324", "3.4028235e38",
    "5881580-07-11", "-5877641-06-23", "9999-12-31", "0001-01-01", "294247-01-10T04:00:54.775807Z",
    "-290308-12-21T19:59:05.224192Z", '{"id": 1, "to": {"city": 7}}', '{"id": ', '{"a": 1, "a": 2}', "[" * 2000,
    '["a", null]', '{"size": null}', "a" * 20_000, "1" * 20_000, "a-" * 10_000, "1 " * 10_000, "a.b@" * 5_000,
    "é " * 5_000, "<a>" * 5_000,
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A condition over columns of these types; `came` are values as they came, `holds` what is said of them.

    `sql` reads the columns by their names; a value as it came stands in `came_<name>`.
    """

    rule: str
    sql: str
    types: tuple[tuple[str, str], ...]
    came: tuple[str | None, ...]
    holds: bool


def questions(kind: RuleKind | RowRuleKind) -> tuple[Question, ...]:
    """The examples of a kind of rule."""
    if isinstance(kind, RuleKind):
        return tuple(column_question(kind, example, example.type) for example in kind.examples)
    return tuple(row_question(kind, example) for example in kind.examples)


def column_question(kind: RuleKind, example: Example, sql_type: str) -> Question:
    """An example of a rule of a column, on a column of a type."""
    types = dict.fromkeys(("value", *example.beside), sql_type)
    sql = kind.sql(subject(sql_type, "value", row_of(types)), example.parameters)
    return Question(kind.name, sql, tuple(types.items()), (example.value, *example.beside.values()), example.holds)


def row_question(kind: RowRuleKind, example: RowExample) -> Question:
    """An example of a rule of a row."""
    types = {name: example.types.get(name, "string") for name in example.values}
    sql = kind.sql(row_of(types), example.parameters)
    return Question(kind.name, sql, tuple(types.items()), tuple(example.values.values()), example.holds)


def subject(sql_type: str, name: str = "value", row: Row | None = None) -> Subject:
    """A column of that type as a rule sees it."""
    column_type = type_of(sql_type)
    return Subject(name, name, name if column_type.is_text else f"came_{name}", column_type, row or Row())


def row_of(types: Mapping[str, str]) -> Row:
    """Columns of these types as a rule of a row sees them."""
    return Row({name.lower(): subject(sql_type, name) for name, sql_type in types.items()})


def type_of(sql_type: str) -> ColumnType:
    """The type of that name."""
    column_type = read_type(sql_type)
    if column_type is None:
        raise RuleRefused("an example has an unknown type", found=sql_type, expected="a type of docs/contracts.md")
    return column_type


def example_queries(asked: Sequence[Question], at_once: int = 60) -> Iterator[str]:
    """SQL that gives `number` (its place in `asked`) and `holds` for each question; few queries for many questions."""
    numbered = sorted(enumerate(asked), key=lambda one: (one[1].sql, one[1].types, one[0]))
    parts = [list(part) for _, part in groupby(numbered, key=lambda one: (one[1].sql, one[1].types))]
    for start in range(0, len(parts), at_once):
        yield " UNION ALL ".join(_part(part) for part in parts[start : start + at_once])


def hard_query(question: Question) -> str:
    """SQL that counts in `undecided` for how many hard texts a condition is NULL; an error of it is the rule's own.

    Every text meets others: column n has the text that stands 7 n further.
    """
    names = [name for name, _ in question.types]
    texts = [
        HARD_TEXTS[(at + 7 * step) % len(HARD_TEXTS)] for at in range(len(HARD_TEXTS)) for step in range(len(names))
    ]
    rows = [texts[at : at + len(names)] for at in range(0, len(texts), len(names))]
    values = ", ".join(f"({', '.join(map(text_literal, row))})" for row in rows)
    came = ", ".join(f"came_{name}" for name in names)
    typed = ", ".join([came, *typed_columns(question.types)])
    return (
        f"SELECT {undecided_count(question.sql)} AS undecided FROM (SELECT {typed} FROM VALUES {values} AS t({came}))"
    )


def undecided_count(condition: str) -> str:
    """SQL for how many rows a condition neither holds nor fails.

    `… IS NULL` would not do: the optimizer knows that a coalesce is never NULL and would not ask the condition at all.
    What is true or false has four letters or five.
    """
    return f"count_if(coalesce(length(CAST(({condition}) AS STRING)), 0) < 4)"


def _part(part: list[tuple[int, Question]]) -> str:
    """One query for the examples that ask the same condition of the same types."""
    question = part[0][1]
    came = [f"came_{name}" for name, _ in question.types]
    rows = ", ".join(f"({number}, {', '.join(map(text_literal, one.came))})" for number, one in part)
    columns = ", ".join(["number", *came, *typed_columns(question.types)])
    values = f"VALUES {rows} AS t(number, {', '.join(came)})"
    return f"SELECT number, {question.sql} AS holds FROM (SELECT {columns} FROM {values})"


def typed_columns(types: Iterable[tuple[str, str]]) -> Iterator[str]:
    """SQL that makes each column out of what came."""
    return (f"{typed(f'came_{name}', sql_type)} AS {name}" for name, sql_type in types)


def typed(source: str, sql_type: str) -> str:
    """SQL for text as a value of the type; a nested value is read from JSON."""
    column_type = type_of(sql_type)
    if column_type.family == "nested":
        return f"from_json({source}, {literal(column_type.sql)})"
    return source if column_type.is_text else typed_expression(source, column_type)


def text_literal(text: str | None) -> str:
    """The text as SQL, NULL included."""
    return "CAST(NULL AS STRING)" if text is None else literal(text)
