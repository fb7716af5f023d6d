"""What a pipeline declares, whichever language declared it: datasets and the flows that feed them.

SQL files and Python files both end here; graph, engine, lint and plan read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from medallion_toolkit.errors import Place

Action = Literal["warn", "drop", "fail"]
ReadMode = Literal["stream", "batch"]
DatasetKind = Literal["streaming_table", "materialized_view", "view", "temporary_view", "sink"]
FlowKind = Literal["append", "complete", "replace_where", "auto_cdc", "auto_cdc_from_snapshot"]


@dataclass(frozen=True)
class Expectation:
    """A named row-level condition as the pipeline knows it."""

    name: str
    condition: str
    action: Action
    place: Place


@dataclass(frozen=True)
class Column:
    """A column of a declared column list; `type` is the SQL type text, None when only a name is given."""

    name: str
    type: str | None = None
    comment: str | None = None
    not_null: bool = False
    mask: str | None = None
    generated: str | None = None
    default: str | None = None


@dataclass(frozen=True)
class Cdc:
    """The clauses of AUTO CDC. Expressions are SQL text; `columns` None means all.

    With `ignore_null_updates` a NULL of `ignore_null_columns` (None means all) without `ignore_null_except`
    leaves the value that is there.
    """

    source: str
    keys: tuple[str, ...]
    sequence_by: str
    scd_type: int = 1
    delete_when: str | None = None
    truncate_when: str | None = None
    columns: tuple[str, ...] | None = None
    except_columns: tuple[str, ...] = ()
    track_history: tuple[str, ...] | None = None
    track_history_except: tuple[str, ...] = ()
    ignore_null_updates: bool = False
    ignore_null_columns: tuple[str, ...] | None = None
    ignore_null_except: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """Half-open character range [start, end) in a file's text, with the line and column of its start."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True)
class Relation:
    """One thing a query reads: a table, a file source or another table function.

    `name` is the text as written (`${bronze}.orders`, `orders`, `LIVE.orders`) or the function's name;
    `arguments` are the named arguments of a function and the options of STREAM … WITH, values as SQL text
    without quotes for string literals; `path` is the first positional argument of a file source.
    `span` covers everything that has to be replaced when the relation is bound: STREAM, parentheses,
    the name, a function's arguments and a WITH option list, but not the alias.
    """

    name: str
    kind: Literal["table", "files", "function"]
    mode: ReadMode
    span: Span
    alias: str | None = None
    path: str | None = None
    format: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionStatement:
    """A statement that declares a variable or temporary function for the queries behind it, or sets a variable."""

    text: str
    place: Place


@dataclass(frozen=True)
class SqlQuery:
    """A query as its author wrote it: `text` is the slice of the file, spans count in that slice.

    `configuration` holds the values of `${name}`; names without a catalog or schema belong to
    `catalog` and `schema`. `session` are the declarations in force, in the order of the file.
    """

    text: str
    place: Place
    relations: tuple[Relation, ...]
    catalog: str
    schema: str
    configuration: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    session: tuple[SessionStatement, ...] = ()


@dataclass(frozen=True)
class PythonSource:
    """A source that is no table, as Python code reads it: `format` with its options, `path` where one is given."""

    format: str
    mode: ReadMode
    place: Place
    path: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PythonQuery:
    """A dataset function; calling it returns a DataFrame and needs a session.

    `reads` are (name as written, mode) pairs seen without a session, None when that was not possible;
    `sources` are files and other sources as far as they were seen.
    """

    function: Callable[[], object]
    place: Place
    reads: tuple[tuple[str, ReadMode], ...] | None = None
    sources: tuple[PythonSource, ...] = ()


Query = SqlQuery | PythonQuery


@dataclass(frozen=True)
class Flow:
    """A query that feeds a dataset; `replace_where` is the SQL predicate of the rows it replaces."""

    name: str
    target: str
    kind: FlowKind
    place: Place
    query: Query | None = None
    cdc: Cdc | None = None
    once: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    replace_where: str | None = None


@dataclass(frozen=True)
class Dataset:
    """A table, view or sink of a pipeline. `name` has three parts, one for temporary views and sinks.

    `handler` is what a foreach-batch sink calls with each batch and its number. `decorators` of the project's helper
    package stand above its function: `@silver python/tables.py:12`; `rendered` gives what they make as SQL.
    """

    name: str
    kind: DatasetKind
    pipeline: str
    place: Place
    comment: str | None = None
    columns: tuple[Column, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    handler: Callable[[object, int], object] | None = field(default=None, repr=False, compare=False)
    decorators: tuple[str, ...] = field(default=(), repr=False, compare=False)
    rendered: Callable[[], str] | None = field(default=None, repr=False, compare=False)
