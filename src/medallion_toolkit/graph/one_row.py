"""Does a query give one row for each row it reads? Asked of the parsed query; what is not understood says no.

WHERE is allowed: a row that the present query leaves out does not come back, and is counted as gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, PipelineError, Place
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.rewriting import rewrite
from medallion_toolkit.sql.tokens import Token, tokenize

if TYPE_CHECKING:
    from sqlglot import exp

ROW_ID = "_row_id"
GENERATORS = ("JSON_TUPLE", "INLINE_OUTER", "STACK_OUTER", "VARIANT_EXPLODE", "VARIANT_EXPLODE_OUTER")
# Kinds of sqlglot's tree; the first that fits says why.
REASONS = {
    "SetOperation": "the query puts rows of several queries together",
    "Distinct": "DISTINCT makes one row of several",
    "Group": "GROUP BY makes one row of several",
    "Having": "HAVING belongs to groups of rows",
    "Window": "a window looks at other rows, and only some rows are replayed",
    "Qualify": "QUALIFY looks at other rows, and only some rows are replayed",
    "Limit": "a limit leaves out rows by their number",
    "Fetch": "a limit leaves out rows by their number",
    "Offset": "an offset leaves out rows by their number",
    "TableSample": "a sample leaves out rows by chance",
    "Pivot": "PIVOT makes one row of several",
    "Lateral": "LATERAL makes several rows of one",
    "Join": "a join may make several rows of one",
    "UDTF": "a table function makes several rows of one",
    "AggFunc": "an aggregate makes one row of several",
}
_HOLE = re.compile(r"\$\{[^{}\n]*\}")


def refused_query(query: SqlQuery, table: str) -> MedallionError | None:
    """Why rows of `table` cannot be replayed through the query, with the place of the word that stands for it."""
    tree = _parsed(query)
    if tree is None:
        return _refusal(query, table, "", "the query is not understood", "write it as SELECT … FROM STREAM(…)")
    for word, reason in _reasons(tree):
        return _refusal(query, table, word, reason, "do it in a later table, which replayed rows reach like all others")
    if not _passes_row_id(tree):
        help_text = f"select {ROW_ID} as the bronze table has it: it says which row is replayed"
        return _refusal(query, table, ROW_ID, f"the query does not pass on {ROW_ID}", help_text)
    return None


def _parsed(query: SqlQuery) -> exp.Select | None:
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    names = ((relation.span, f"__relation_{index}") for index, relation in enumerate(query.relations))
    text = _HOLE.sub("__hole", rewrite(query.text, list(names)))
    try:
        tree = parse_one(text, read="databricks")
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Select) else _set_operation(tree)


def _set_operation(tree: exp.Expr) -> exp.Select | None:
    """UNION and its like as something to find a reason in; other statements are not understood."""
    from sqlglot import exp

    return exp.select("*").from_(tree.subquery("__set")) if isinstance(tree, exp.SetOperation) else None


def _reasons(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    """What may make several rows of one, or one of several, each with the word to look for."""
    from sqlglot import exp

    for node in tree.walk():
        if isinstance(node, exp.Anonymous) and node.name.upper() in GENERATORS:
            yield node.name.upper(), "it makes several rows of one"
        for kind, reason in REASONS.items():
            if isinstance(node, getattr(exp, kind)):
                yield _word(node, kind), reason
                break


def _word(node: exp.Expr, kind: str) -> str:
    """The word of the query that the reason is about."""
    if kind in ("SetOperation", "AggFunc", "UDTF"):
        return str(node.sql_name() if hasattr(node, "sql_name") else type(node).__name__).upper()
    return {"Window": "OVER", "Lateral": "LATERAL"}.get(kind, kind.upper())


def _passes_row_id(tree: exp.Select) -> bool:
    """Whether the outermost list has `_row_id` under its own name, unchanged, or a star that brings it."""
    from sqlglot import exp

    for item in tree.expressions:
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            return True
        plain = item.this if isinstance(item, exp.Alias) else item
        if item.alias_or_name.lower() == ROW_ID:
            return isinstance(plain, exp.Column) and plain.name.lower() == ROW_ID
    return False


def _refusal(query: SqlQuery, table: str, word: str, reason: str, help_text: str) -> MedallionError:
    return PipelineError(
        "MED375",
        f"rows of {table} cannot be replayed: {reason}",
        place=_place(query, word),
        help=help_text,
    )


def _place(query: SqlQuery, word: str) -> Place:
    """Where the word stands in the file, else where the query begins."""
    lines = Lines(query.text, query.place.path, query.place.line, query.place.column)
    found = next((token for token in tokenize(query.text) if _says(token, word)), None)
    return lines.place(found.start, found.end) if found else query.place


def _says(token: Token, word: str) -> bool:
    return bool(word) and token.kind == "word" and token.key.replace("_", "") == word.replace("_", "").upper()
