"""What a kind of rule is: a name, its parameters, one SQL text, one sentence, and examples.

Three kinds: of one column (`RuleKind`), of several columns of one row (`RowRuleKind`), of a whole table
(`TableRuleKind`). Modules of this folder hold them by topic; `library.py` lists them. The SQL text never raises
and is wrapped so that it is never NULL: a rule of a column holds for an absent value unless it is about absence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ..errors import did_you_mean
from ..model.contract import RuleLimit
from ..sql.column_types import ColumnType, Family
from ..yaml_files.shapes import Key

Value = str | int | Decimal | bool
Parameters = Mapping[str, Value | tuple[Value, ...]]
Dimension = Literal["completeness", "validity", "accuracy", "consistency", "uniqueness", "timeliness"]
DIMENSIONS: tuple[Dimension, ...] = (
    "completeness", "validity", "accuracy", "consistency", "uniqueness", "timeliness",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """The columns of a contract, by their name in lower case."""

    columns: Mapping[str, Subject] = field(default_factory=dict)

    def column(self, name: str) -> Subject:
        """The column of that name; an unknown one is refused with the nearest."""
        found = self.columns.get(name.lower())
        if found is None:
            known = [subject.name for subject in self.columns.values()]
            raise ColumnUnknown(
                "a rule names a column the contract does not have",
                found=name,
                expected=", ".join(known),
                help=did_you_mean(name, known),
            )
        return found


@dataclass(frozen=True)
class Subject:
    """The column under a rule: `sql` is its typed value, `source` the value as it came; `row` has its neighbours."""

    name: str
    sql: str
    source: str
    type: ColumnType
    row: Row = Row()


@dataclass(frozen=True)
class Example:
    """A value as it came, in a column of `type`, and whether the rule holds for it.

    `beside` gives other columns of the row, of the same type. A value of a nested type is written as JSON.
    """

    value: str | None
    holds: bool
    parameters: Parameters = field(default_factory=dict)
    type: str = "string"
    about: str = ""
    beside: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleKind:
    """One kind of rule of a column.

    `main` names the parameter of the short form (`regex: '^A'`); `families` are the column types it
    fits, None means all; `holds_for_null` is False only where absence itself is judged;
    `implied` kinds come from the contract (types) and cannot be written. `names_columns` lists the
    parameters whose values are columns of the same row.
    """

    name: str
    suffix: str
    about: str
    condition: Callable[[Subject, Parameters], str]
    message: Callable[[str, Parameters], str]
    examples: tuple[Example, ...]
    parameters: tuple[Key, ...] = ()
    main: str | None = None
    families: tuple[Family, ...] | None = None
    holds_for_null: bool = True
    implied: bool = False
    dimension: Dimension = "validity"
    names_columns: tuple[str, ...] = ()

    def sql(self, subject: Subject, parameters: Parameters) -> str:
        """The total condition: true or false for every value, NULL included."""
        condition = self.condition(subject, parameters)
        if not self.holds_for_null:
            return f"coalesce({condition}, false)"
        return f"({subject.sql} IS NULL OR coalesce({condition}, false))"


@dataclass(frozen=True)
class RowExample:
    """Values of a row as they came, by column, and whether the rule holds; columns without a type are text."""

    values: Mapping[str, str | None]
    holds: bool
    parameters: Parameters = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class RowRuleKind:
    """One kind of rule over several columns of a row: `rules: {contact_given: {any_of: [email, phone]}}`.

    The SQL text of `condition` decides NULL itself; what remains NULL is a violation. `about` says what
    absent values mean. `reads_sql` lists the parameters that are SQL over columns of the row.
    """

    name: str
    about: str
    condition: Callable[[Row, Parameters], str]
    message: Callable[[Parameters], str]
    examples: tuple[RowExample, ...]
    parameters: tuple[Key, ...]
    main: str | None = None
    dimension: Dimension = "consistency"
    names_columns: tuple[str, ...] = ()
    reads_sql: tuple[str, ...] = ()

    def sql(self, row: Row, parameters: Parameters) -> str:
        """The total condition: true or false for every row."""
        return f"coalesce({self.condition(row, parameters)}, false)"


@dataclass(frozen=True)
class TableSubject:
    """What a table rule is asked of: `column` is None where the rule stands under the contract's `rules`.

    `where` decides which rows are judged, `limit` how many of them may fail; `known` has every column by its name
    in lower case, carried ones too.
    """

    table: str
    row: Row
    keys: tuple[str, ...] = ()
    column: Subject | None = None
    where: str | None = None
    limit: RuleLimit | None = None
    known: Mapping[str, ColumnType] = field(default_factory=dict)

    @property
    def relation(self) -> str:
        """SQL for the rows that are judged."""
        return f"(SELECT * FROM {table_mark(self.table)} WHERE {self.where})" if self.where else table_mark(self.table)


@dataclass(frozen=True)
class TableExample:
    """Rows as they came, in columns of these types, and whether the rule holds; `column` is where it stands."""

    rows: tuple[Mapping[str, str | None], ...]
    types: Mapping[str, str]
    holds: bool
    parameters: Parameters
    column: str | None = None
    about: str = ""
    other_tables: Mapping[str, tuple[Mapping[str, str | None], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TableRuleKind:
    """One kind of rule over all rows of a table.

    `query` gives SQL of one row: `metric DOUBLE`, `observed STRING`, `limit_value STRING`, `ok BOOLEAN` (never NULL).
    Tables stand in it as `table_mark("silver.orders")`, so that one text serves job, pipeline and laptop.
    `suffix` ends the derived name of a rule under a column; kinds without one stand under `rules` only.
    `counts_rows` kinds take a `limit`; `may_sample` says that a share of the rows gives nearly the same figure.
    """

    name: str
    about: str
    query: Callable[[TableSubject, Parameters], str]
    message: Callable[[str, Parameters], str]
    examples: tuple[TableExample, ...]
    parameters: tuple[Key, ...] = ()
    main: str | None = None
    suffix: str | None = None
    families: tuple[Family, ...] | None = None
    dimension: Dimension = "consistency"
    names_columns: tuple[str, ...] = ()
    counts_rows: bool = False
    may_sample: bool = False


AnyKind = RuleKind | RowRuleKind | TableRuleKind


def table_mark(table: str) -> str:
    """The mark of a table in the SQL of a table rule: `[[silver.orders]]`."""
    return f"[[{table}]]"


class RuleRefused(ValueError):
    """A rule whose parameters make no sense; the reader of the contract adds the place."""

    def __init__(self, message: str, *, found: str, expected: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.found = found
        self.expected = expected
        self.help = help


class ColumnUnknown(RuleRefused):
    """SQL that names a column which is not there."""


def number_of(parameters: Parameters, name: str) -> int | Decimal | None:
    """The number given for a parameter, or None."""
    value = parameters.get(name)
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def text_of(parameters: Parameters, name: str) -> str:
    """The text given for a parameter."""
    return str(parameters[name])
