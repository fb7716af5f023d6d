"""MED624: a column that what the query reads does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from medallion_toolkit.errors import did_you_mean
from medallion_toolkit.lint.columns import Columns, KnownColumns, called
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject, Made
from medallion_toolkit.lint.samples import CONFORMED
from medallion_toolkit.lint.unresolved import unresolved_columns
from medallion_toolkit.lint.words import NO_COLUMNS
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.sql.literals import name_value
from medallion_toolkit.sql.tokens import Token, tokenize


def check(project: LintProject) -> Iterator[Found]:
    known = KnownColumns(project)
    for made in project.made:
        query = made.node.flows[0].query if made.node.flows else None
        if isinstance(query, SqlQuery) and made.statement.query is not None:
            yield from _unknown(known, made, query)


def _unknown(known: KnownColumns, made: Made, query: SqlQuery) -> Iterator[Found]:
    columns = [known.of_relation(made.node, query, relation) for relation in query.relations]
    sources = [one for one in columns if one is not None]
    tokens = tokenize(query.text)
    if len(sources) < len(columns) or not _is_suspicious(tokens, query, sources):
        return
    base = made.statement.query.span.start if made.statement.query else 0
    for table, name in unresolved_columns(query, sources):
        token = _token(tokens, table, name)
        yield Found(
            made.file.place(base + token.start, base + token.end) if token else made.place,
            f"nothing that {made.shown} reads has the column {f'{table}.' if table else ''}{name}",
            did_you_mean(name, {column for source in sources for column in source})
            or f"there are {', '.join(_all(sources))}",
        )


def _is_suspicious(tokens: Sequence[Token], query: SqlQuery, sources: Sequence[Columns]) -> bool:
    """Whether any word is not explained by the words of SQL, columns of the sources and names the query gives."""
    columns = {column for source in sources for column in source}
    explained = columns | {called(one) for one in query.relations} | _named(tokens)
    spans = [(relation.span.start, relation.span.end) for relation in query.relations]
    for at, token in enumerate(tokens):
        if token.kind not in ("word", "quoted") or token.key in NO_COLUMNS or "{" in token.text:
            continue
        following = tokens[at + 1].key if at + 1 < len(tokens) else ""
        is_call = following in ("(", "=>") or any(start <= token.start < end for start, end in spans)
        is_field = at > 1 and tokens[at - 1].key == "." and name_value(tokens[at - 2]).lower() in columns
        if not is_call and not is_field and name_value(token).lower() not in explained:
            return True
    return False


def _named(tokens: Sequence[Token]) -> set[str]:
    """Names that the query gives: behind AS, and common table expressions before `AS (`."""
    given = {name_value(one).lower() for before, one in pairwise(tokens) if before.key == "AS"}
    named = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return given | {name_value(one).lower() for one, word, opened in named if (word.key, opened.key) == ("AS", "(")}


def _token(tokens: Sequence[Token], table: str, name: str) -> Token | None:
    for at, token in enumerate(tokens):
        if token.kind in ("word", "quoted") and name_value(token).lower() == name.lower():
            before = [one.text.strip("`").lower() for one in tokens[max(at - 2, 0) : at]]
            if not table or before == [table.lower(), "."]:
                return token
    return None


def _all(sources: Sequence[Mapping[str, str | None]]) -> list[str]:
    return sorted({column for source in sources for column in source if not column.startswith("_")})[:12]


RULE = LintRule(
    code="MED624",
    name="unknown_column",
    level="error",
    why="The update would stop at the first row, in the workspace, minutes after the deployment.",
    check=check,
    offends=Example({"sql/silver/orders_conformed.sql": CONFORMED.replace("amount,", "amonut AS amount,")}),
    fine=Example({"sql/silver/orders_conformed.sql": CONFORMED}),
)
