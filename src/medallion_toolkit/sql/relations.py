"""What a query reads: every table, file source and table function of its FROM and JOIN clauses.

A scope stack keeps common table expressions apart from tables: a name is one only behind its definition and
within its query.
"""

from __future__ import annotations

from collections.abc import Sequence

from medallion_toolkit.model import Relation
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.relation_reader import read_relation
from medallion_toolkit.sql.relation_words import FROM_ENDS, NOT_A_FUNCTION, QUERY_STARTS, SET_OPERATORS
from medallion_toolkit.sql.tokens import Token, tokenize

MAX_DEPTH = 200
_READING_STATEMENTS = QUERY_STARTS | {"INSERT", "MERGE", "DELETE", "UPDATE", "CREATE", "EXPLAIN", "CACHE", "("}


def find_relations(text: str, path: str = "<query>", line: int = 1, column: int = 1) -> tuple[Relation, ...]:
    """The relations of a bare query that begins at `line`:`column` of `path`; offsets count in `text`."""
    lines = Lines(text, path, line, column)
    return relations_of(tokenize(text), lines, 0)


def relations_of(
    tokens: Sequence[Token], lines: Lines, base: int, first: int = 0, end: int | None = None
) -> tuple[Relation, ...]:
    """The relations of the query in tokens[first:end], in the order of the text, offsets counted from `base`."""
    cursor = Cursor(tokens, lines, first, end)
    reader = RelationFinder(cursor, base)
    if cursor.key() in _READING_STATEMENTS:
        reader.read_query()
    else:
        reader.read_statement()
    return tuple(sorted(reader.found, key=lambda relation: relation.span.start))


class RelationFinder:
    """Walks through a query; `found` collects its relations."""

    def __init__(self, cursor: Cursor, base: int) -> None:
        self.cursor = cursor
        self.first = cursor.at
        self.is_merge = cursor.key() == "MERGE"
        self.base = base
        self.found: list[Relation] = []
        self.scopes: list[set[str]] = []
        self.depth = 0

    def is_defined(self, name: str) -> bool:
        """Whether `name` is a common table expression here."""
        return any(name in scope for scope in self.scopes)

    def read_query(self, in_from: bool = False) -> None:
        """Read to the closing parenthesis of this query (left standing) or to the end."""
        self.descend()
        self.scopes.append(set())
        cursor = self.cursor
        while not cursor.is_done() and cursor.key() != ")":
            in_from = self._step(in_from)
        if cursor.key() == ")" and len(self.scopes) == 1:
            raise cursor.error("MED204", "a parenthesis is closed that was never opened", cursor.at, ")")
        self.scopes.pop()
        self.depth -= 1

    def _step(self, in_from: bool) -> bool:
        """Read one element of a query; whether a comma behind it would add a relation."""
        cursor = self.cursor
        key = cursor.key()
        if key == "(":
            self.read_parenthesis()
        elif not key or self._is_part_of_name():
            cursor.at += 1
        elif key == "WITH" and self._begins_definitions():
            self._read_definitions()
        elif key in ("FROM", "JOIN", "TABLE", "USING") and self._begins_relations(key):
            cursor.at += 1
            read_relation(self)
            return key == "FROM" or in_from
        elif key == "," and in_from:
            cursor.at += 1
            read_relation(self)
        elif key == "LATERAL" and cursor.key(1) == "VIEW":
            cursor.at += 2
            return False
        else:
            cursor.at += 1
            return in_from and key not in FROM_ENDS
        return in_from

    def _is_part_of_name(self) -> bool:
        """Whether the word is a column or field (`t.from`), not a keyword."""
        return self._before() in (".", ":") and self.cursor.kind() == "word"

    def _before(self, distance: int = 1) -> str:
        """Key of the token `distance` before the next one, empty outside the query."""
        return self.cursor.key(-distance) if self.cursor.at - distance >= self.first else ""

    def _begins_relations(self, key: str) -> bool:
        before = self._before()
        if key == "FROM":
            return before != "DISTINCT" or self._before(2) not in ("IS", "NOT")
        if key == "TABLE":
            return before in ("", "(", "ALL", "DISTINCT") or before in SET_OPERATORS
        if key == "USING":
            return self.is_merge
        return True

    def _begins_definitions(self) -> bool:
        cursor = self.cursor
        if cursor.key(1) == "RECURSIVE" and cursor.key(2) != "AS":
            return True
        return cursor.kind(1) in ("word", "quoted") and cursor.key(2) in ("AS", "(")

    def _read_definitions(self) -> None:
        """WITH a AS (…), b (x, y) AS (…): each name is known behind its own definition."""
        cursor = self.cursor
        cursor.at += 1
        is_recursive = cursor.key(1) != "AS" and cursor.take("RECURSIVE")
        while True:
            name = cursor.identifier("the name of a common table expression").lower()
            if cursor.key() == "(":
                cursor.group()
            if cursor.take("MAX", "RECURSION", "LEVEL"):
                cursor.next()
            cursor.expect("AS")
            if cursor.key() != "(":
                raise cursor.unexpected("a query in parentheses")
            if is_recursive:
                self.scopes[-1].add(name)
            self.read_parenthesis()
            self.scopes[-1].add(name)
            if not cursor.take(","):
                return

    def read_parenthesis(self) -> None:
        """Read `( … )`: a query, a list or a function's arguments, with the queries inside them."""
        cursor = self.cursor
        opened = cursor.at
        inner = cursor.key(1)
        is_query = inner in ("SELECT", "WITH") or (inner in QUERY_STARTS and not self._follows_function())
        cursor.at += 1
        if is_query:
            self.read_query()
        else:
            self.read_expression()
        if not cursor.take(")"):
            raise cursor.error("MED204", "a parenthesis is never closed", opened, "(", ")")

    def _follows_function(self) -> bool:
        cursor = self.cursor
        if cursor.at <= self.first:
            return False
        before = cursor.tokens[cursor.at - 1]
        return before.kind in ("word", "quoted") and before.key not in NOT_A_FUNCTION

    def read_statement(self) -> None:
        """Read a statement that is no query, such as REVOKE SELECT … FROM: only its subqueries count."""
        cursor = self.cursor
        while not cursor.is_done():
            if cursor.key() == "(":
                self.read_parenthesis()
            else:
                cursor.at += 1

    def read_expression(self) -> None:
        """Read an expression to its closing parenthesis; FROM is an argument separator here."""
        self.descend()
        cursor = self.cursor
        while not cursor.is_done() and cursor.key() != ")":
            if cursor.key() == "(":
                self.read_parenthesis()
            elif cursor.key() == "SELECT" and not self._is_part_of_name():
                self.read_query()
            else:
                cursor.at += 1
        self.depth -= 1

    def descend(self) -> None:
        """Count one more level of nesting; SqlError where the text nests deeper than any query."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.cursor.error("MED204", "parentheses are nested too deeply", self.cursor.at)
