"""What the reader finds in an SQL file: statements, their clauses and their queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Cdc, Column, Expectation, Relation, Span

StatementKind = Literal[
    "streaming_table",
    "materialized_view",
    "view",
    "temporary_view",
    "table",
    "flow_insert",
    "flow_auto_cdc",
    "use",
    "set",
    "declare",
    "other",
    "invalid",
]
InlineFlow = Literal["insert", "auto_cdc", "replace_where", "replace_using"]


@dataclass(frozen=True)
class QueryText:
    """A query as written: `text` is the slice `span` of the file; offsets of `relations` count in `text`."""

    text: str
    span: Span
    relations: tuple[Relation, ...]


@dataclass(frozen=True)
class Statement:
    """One statement. `kind` is "invalid" exactly when `error` says why; names are as written.

    `clauses` holds the text behind a clause's keyword, without outer parentheses; of USE the new `catalog`
    and `schema`, of SET the name and value. `source` is what AUTO CDC reads.
    """

    kind: StatementKind
    span: Span
    name: str | None = None
    name_span: Span | None = None
    flow_name: str | None = None
    target: str | None = None
    or_refresh: bool = False
    or_replace: bool = False
    if_not_exists: bool = False
    private: bool = False
    temporary: bool = False
    live: bool = False
    once: bool = False
    by_name: bool = False
    flow: InlineFlow | None = None
    columns: tuple[Column, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    comment: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    query: QueryText | None = None
    cdc: Cdc | None = None
    source: Relation | None = None
    error: MedallionError | None = None

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """Everything the statement reads."""
        if self.source is not None:
            return (self.source,)
        return self.query.relations if self.query else ()


@dataclass(frozen=True)
class SqlFile:
    """All statements of a file, in its order."""

    path: str
    text: str
    statements: tuple[Statement, ...]
