"""A statement while it is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Cdc, Column, Expectation, Relation, Span
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.relation_words import QUERY_STARTS
from medallion_toolkit.sql.relations import relations_of
from medallion_toolkit.sql.statements import InlineFlow, QueryText, Statement, StatementKind


@dataclass
class Draft:
    """Collects the parts of one Statement; what was read stays when a later part is wrong."""

    span: Span
    kind: StatementKind = "other"
    name: str | None = None
    name_span: Span | None = None
    flow_name: str | None = None
    target: str | None = None
    flags: set[str] = field(default_factory=set)
    flow: InlineFlow | None = None
    columns: list[Column] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    comment: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    clauses: dict[str, str] = field(default_factory=dict)
    query: QueryText | None = None
    cdc: Cdc | None = None
    source: Relation | None = None

    def add_clause(self, cursor: Cursor, name: str, text: str, at: int) -> None:
        """Note a clause; SqlError when it stands twice."""
        if name in self.clauses:
            raise cursor.error("MED208", f"{name.replace('_', ' ').upper()} stands twice", at)
        self.clauses[name] = text

    def read_query(self, cursor: Cursor) -> None:
        """The rest of the statement is the query."""
        key = cursor.key()
        is_query = key in QUERY_STARTS or key == "(" or key.startswith(("${", "{"))
        if cursor.is_done() or not is_query:
            raise cursor.unexpected("a query: SELECT, WITH, FROM or VALUES", QUERY_STARTS)
        self.query = query_text(cursor, cursor.at, cursor.end)
        cursor.at = cursor.end

    def finish(self, error: MedallionError | None = None) -> Statement:
        flags = self.flags
        return Statement(
            kind="invalid" if error else self.kind,
            span=self.span,
            name=self.name,
            name_span=self.name_span,
            flow_name=self.flow_name,
            target=self.target,
            or_refresh="or_refresh" in flags,
            or_replace="or_replace" in flags,
            if_not_exists="if_not_exists" in flags,
            private="private" in flags,
            temporary="temporary" in flags,
            live="live" in flags,
            once="once" in flags,
            by_name="by_name" in flags,
            flow=self.flow,
            columns=tuple(self.columns),
            expectations=tuple(self.expectations),
            comment=self.comment,
            properties=self.properties,
            clauses=self.clauses,
            query=self.query,
            cdc=self.cdc,
            source=self.source,
            error=error,
        )


def query_text(cursor: Cursor, first: int, end: int) -> QueryText:
    """The query in tokens[first:end] with what it reads."""
    start = cursor.tokens[first].start
    relations = relations_of(cursor.tokens, cursor.lines, start, first, end)
    return QueryText(cursor.text(first, end), cursor.span(first, end), relations)
