"""Columns of a query that nothing it reads gives, by sqlglot's scopes; where a scope is not closed, none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.model import SqlQuery
from medallion_toolkit.sql.rewriting import rewrite

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    from medallion_toolkit.lint.columns import Columns

_HOLE = re.compile(r"\$\{[^{}\n]*\}")
_RELATION = "__relation_"


def unresolved_columns(query: SqlQuery, sources: Sequence[Columns]) -> tuple[tuple[str, str], ...]:
    """(qualifier or empty, column) of what is certainly unknown; `sources` are the columns of the query's relations."""
    from sqlglot.optimizer.scope import build_scope

    tree = _parsed(query)
    root = build_scope(tree) if tree is not None else None
    if root is None:
        return ()
    found = [column for scope in root.traverse() for column in _unresolved(scope, sources)]
    return tuple(dict.fromkeys(found))


def _parsed(query: SqlQuery) -> exp.Expr | None:
    """The query with each relation replaced by a name of its number; its alias, or own name, stays."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    names = []
    for index, relation in enumerate(query.relations):
        alias = "" if relation.alias else f" AS `{relation.name.rsplit('.', 1)[-1].strip('`')}`"
        names.append((relation.span, f"{_RELATION}{index}{alias}"))
    try:
        return parse_one(_HOLE.sub("__hole", rewrite(query.text, names)), read="databricks")
    except (SqlglotError, RecursionError):
        return None


def _unresolved(scope: Scope, sources: Sequence[Columns]) -> Iterator[tuple[str, str]]:
    given = _given(scope, sources)
    if given is None:
        return
    everything = {name for columns in given.values() for name in columns}
    aliases = {one.alias.lower() for one in _selects(scope) if one.alias}
    for column in scope.columns:
        name, table = column.name.lower(), column.table.lower()
        if not name or name.startswith("__hole") or table in everything or column.args.get("db"):
            continue
        if table and table in given and name not in given[table]:
            yield column.table, column.name
        if not table and name not in everything | aliases:
            yield "", column.name


def _given(scope: Scope, sources: Sequence[Columns]) -> dict[str, set[str]] | None:
    """Columns by the name of each source, outer queries included; None when one of them may have any column."""
    from sqlglot import exp

    if scope.expression.find(exp.Pivot, exp.Lateral, exp.UDTF, exp.Lambda):
        return None
    given: dict[str, set[str]] = {}
    around: Scope | None = scope
    while around is not None:
        for name, source in around.sources.items():
            columns = _columns(source, sources)
            if columns is None:
                return None
            given.setdefault(name.lower(), columns)
        around = around.parent if around.is_correlated_subquery or around.is_subquery else None
    return given


def _columns(source: Scope | exp.Expr, sources: Sequence[Columns]) -> set[str] | None:
    from sqlglot import exp

    if isinstance(source, exp.Table):
        index = source.name.removeprefix(_RELATION)
        return set(sources[int(index)]) if index.isdigit() else None
    names = [name.lower() for name in getattr(source.expression, "named_selects", [])]
    return None if not names or "*" in names or "" in names else set(names)


def _selects(scope: Scope) -> Sequence[exp.Expr]:
    from sqlglot import exp

    return scope.expression.selects if isinstance(scope.expression, exp.Select) else ()
