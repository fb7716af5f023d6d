"""Queries that differ only in names of their own: common table expressions, aliases of tables, quotes of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medallion_toolkit.model import SqlQuery
from medallion_toolkit.plan.shapes import FlowShape
from medallion_toolkit.sql.literals import string_value
from medallion_toolkit.sql.rewriting import rewrite
from medallion_toolkit.sql.tokens import tokenize

if TYPE_CHECKING:
    from sqlglot import exp

_NAME = re.compile(r"[^\W\d]\w*|`.*`", re.DOTALL)
_QUOTES = "'\""


def differ_in_names_only(was: FlowShape, now: FlowShape) -> bool:
    """Whether two flows have other words and yet make the same rows; False where that cannot be told."""
    if was.query is None or now.query is None or was.words == now.words or len(was.words) != len(now.words):
        return False
    if not all(_may_be_same(*pair) for pair in zip(was.words, now.words, strict=True)):
        return False
    texts = _plain(was.query), _plain(now.query)
    return texts[0] is not None and texts[0] == texts[1]


def _may_be_same(word: str, other: str) -> bool:
    """The same word, two names, or one text in two kinds of quotes."""
    if word == other:
        return True
    if word[0] in _QUOTES and other[0] in _QUOTES:
        return string_value(word) == string_value(other)
    return all(_NAME.fullmatch(one) is not None for one in (word, other))


def _plain(query: SqlQuery) -> str | None:
    """The query with names of its own replaced by numbers; None where sqlglot does not read it."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    relations = []
    for relation in query.relations:
        written = " ".join(
            token.key or token.text for token in tokenize(query.text[relation.span.start : relation.span.end])
        )
        alias = "" if relation.alias else f" AS `{relation.name.rpartition('.')[2].strip('`')}`"
        relations.append((relation.span, f"`{written.replace('`', '')}`{alias}"))
    try:
        tree = parse_one(rewrite(query.text, relations), read="databricks")
    except (SqlglotError, RecursionError):
        return None
    own: dict[str, str] = {}
    for alias_node in tree.find_all(exp.TableAlias):
        own.setdefault(alias_node.name.lower(), f"_{len(own)}")
    for identifier in tree.find_all(exp.Identifier):
        _rename(identifier, own)
    return tree.sql(dialect="databricks", comments=False)


def _rename(identifier: exp.Identifier, own: dict[str, str]) -> None:
    """Names in their own case do not count; a column's name is left alone unless it stands for a whole row."""
    from sqlglot import exp

    name, parent = identifier.name.lower(), identifier.parent
    is_output = isinstance(parent, exp.Alias | exp.PropertyEQ) or (
        isinstance(parent, exp.Column | exp.Dot)
        and parent.args.get("table") is not None
        and identifier.arg_key == "this"
    )
    identifier.set("this", name if is_output else own.get(name, name))
    identifier.set("quoted", False)
