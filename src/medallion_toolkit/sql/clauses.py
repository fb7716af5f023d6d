"""The clauses between a dataset's columns and its query."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from medallion_toolkit.sql.arguments import read_properties
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft
from medallion_toolkit.sql.literals import string_value

CLAUSE_STARTS = frozenset(
    {"AS", "CLUSTER", "COMMENT", "DEFAULT", "FLOW", "FROM", "LANGUAGE", "LOCATION", "OPTIONS", "PARTITIONED", "REFRESH",
     "SCHEDULE", "SELECT", "TBLPROPERTIES", "TRIGGER", "TAGS", "USING", "WITH"}
)  # fmt: skip
_WITH_CLAUSES = {"ROW", "METRICS", "SCHEMA", "TAGS"}


def read_clauses(cursor: Cursor, draft: Draft) -> None:
    """Read clauses up to AS, FLOW, a query without AS, or the end."""
    while not cursor.is_done():
        reader = _READERS.get(cursor.key())
        if reader is None or (cursor.key() == "WITH" and not _is_with_clause(cursor)):
            return
        at = cursor.at
        cursor.at += 1
        reader(cursor, draft, at)


def _is_with_clause(cursor: Cursor) -> bool:
    """WITH ROW FILTER and the like, not a common table expression of that name."""
    return cursor.key(1) in _WITH_CLAUSES and (cursor.key(2) not in ("AS", "(") or cursor.looks_at("WITH", "TAGS", "("))


def _comment(cursor: Cursor, draft: Draft, at: int) -> None:
    cursor.take("=")
    if draft.comment is not None:
        raise cursor.error("MED208", "COMMENT stands twice", at)
    draft.comment = cursor.string("the comment in quotes")


def _properties(cursor: Cursor, draft: Draft, at: int) -> None:
    if draft.properties:
        raise cursor.error("MED208", "TBLPROPERTIES stands twice", at)
    draft.properties = read_properties(cursor, *cursor.group())


def _options(cursor: Cursor, draft: Draft, at: int) -> None:
    draft.add_clause(cursor, "options", cursor.text(*cursor.group()), at)


def _using(cursor: Cursor, draft: Draft, at: int) -> None:
    draft.add_clause(cursor, "using", cursor.identifier("the table format"), at)


def _partitioned(cursor: Cursor, draft: Draft, at: int) -> None:
    cursor.expect("BY")
    draft.add_clause(cursor, "partitioned_by", cursor.text(*cursor.group()), at)
    _refuse_both(cursor, draft, at)


def _cluster(cursor: Cursor, draft: Draft, at: int) -> None:
    cursor.expect("BY")
    if cursor.key() in ("AUTO", "NONE"):
        text = cursor.next().key
    else:
        text = cursor.text(*cursor.group("the columns in parentheses, AUTO or NONE"))
    draft.add_clause(cursor, "cluster_by", text, at)
    _refuse_both(cursor, draft, at)


def _refuse_both(cursor: Cursor, draft: Draft, at: int) -> None:
    if "cluster_by" in draft.clauses and "partitioned_by" in draft.clauses:
        raise cursor.error("MED208", "PARTITIONED BY and CLUSTER BY exclude each other", at)


def _location(cursor: Cursor, draft: Draft, at: int) -> None:
    draft.add_clause(cursor, "location", cursor.string("the path in quotes"), at)


def _schedule(cursor: Cursor, draft: Draft, at: int) -> None:
    cursor.take("REFRESH")
    if cursor.key() not in ("EVERY", "CRON"):
        raise cursor.unexpected("EVERY or CRON", ("EVERY", "CRON"))
    draft.add_clause(cursor, "schedule", cursor.text(*cursor.until(CLAUSE_STARTS)), at)


def _trigger(cursor: Cursor, draft: Draft, at: int) -> None:
    if not cursor.looks_at("ON", "UPDATE"):
        raise cursor.unexpected("ON UPDATE")
    draft.add_clause(cursor, "trigger", cursor.text(*cursor.until(CLAUSE_STARTS)), at)


def _refresh_policy(cursor: Cursor, draft: Draft, at: int) -> None:
    cursor.expect("POLICY")
    words = ["AUTO", "INCREMENTAL", "FULL"]
    if cursor.key() not in words:
        raise cursor.unexpected("AUTO, INCREMENTAL, INCREMENTAL STRICT or FULL", words)
    first = cursor.at
    cursor.at += 1
    cursor.take("STRICT")
    draft.add_clause(cursor, "refresh_policy", cursor.text(first, cursor.at), at)


def _default_collation(cursor: Cursor, draft: Draft, at: int) -> None:
    cursor.expect("COLLATION")
    draft.add_clause(cursor, "default_collation", cursor.identifier("a collation"), at)


def _with(cursor: Cursor, draft: Draft, at: int) -> None:
    if cursor.take("ROW", "FILTER"):
        first = cursor.at
        cursor.name("the filter function")
        if cursor.take("ON"):
            cursor.group("the columns in parentheses")
        draft.add_clause(cursor, "row_filter", cursor.text(first, cursor.at), at)
    elif cursor.key() == "TAGS":
        _tags(cursor, draft, cursor.at)
    elif cursor.take("METRICS"):
        draft.add_clause(cursor, "metrics", "", at)
    else:
        cursor.expect("SCHEMA")
        draft.add_clause(cursor, "schema_binding", cursor.text(*cursor.until(CLAUSE_STARTS)), at)


def _tags(cursor: Cursor, draft: Draft, at: int) -> None:
    raise cursor.error(
        "MED216",
        f"pipelines do not accept TAGS{f' of {draft.name}' if draft.name else ''}",
        at,
        "TAGS",
        help_text="a job sets them: ALTER TABLE … SET TAGS, or SET TAG ON TABLE",
    )


def _language(cursor: Cursor, draft: Draft, at: int) -> None:
    """LANGUAGE YAML AS $$…$$ of a metric view: its definition is no query."""
    cursor.expect("YAML", "AS")
    token = cursor.next()
    if token.kind != "string" or "metrics" not in draft.clauses:
        raise cursor.error("MED204", "LANGUAGE YAML belongs to a view WITH METRICS", at, token.text[:20], "$$ … $$")
    draft.clauses["metrics"] = string_value(token.text)


_READERS: Mapping[str, Callable[[Cursor, Draft, int], None]] = {
    "CLUSTER": _cluster,
    "COMMENT": _comment,
    "DEFAULT": _default_collation,
    "LANGUAGE": _language,
    "LOCATION": _location,
    "OPTIONS": _options,
    "PARTITIONED": _partitioned,
    "REFRESH": _refresh_policy,
    "SCHEDULE": _schedule,
    "TAGS": _tags,
    "TBLPROPERTIES": _properties,
    "TRIGGER": _trigger,
    "USING": _using,
    "WITH": _with,
}
