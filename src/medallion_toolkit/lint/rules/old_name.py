"""MED635: names of an earlier time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from medallion_toolkit.lint.findings import Edit, Example, Found, LintRule
from medallion_toolkit.lint.old_python import old_python
from medallion_toolkit.lint.project import LintProject, SqlText, shown_path
from medallion_toolkit.sql.statements import Statement
from medallion_toolkit.sql.tokens import Token

_NOW = {
    "streaming_table": "STREAMING TABLE",
    "materialized_view": "MATERIALIZED VIEW",
}


def check(project: LintProject) -> Iterator[Found]:
    published = _with_schema(project)
    for file in project.sql:
        for statement in file.parsed.statements:
            tokens = file.tokens_of(statement)
            yield from _headers(file, statement, tokens)
            yield from _live_names(file, tokens, file.path in published)
            yield from _apply_changes(file, statement, tokens)
    for text in project.python:
        yield from old_python(project, text)


def _headers(file: SqlText, statement: Statement, tokens: list[Token]) -> Iterator[Found]:
    """CREATE [STREAMING] LIVE TABLE and VIEW."""
    if not statement.live:
        return
    last = next(at for at, token in enumerate(tokens) if token.key in ("TABLE", "VIEW"))
    start, end = tokens[0].start, tokens[last].end
    kind = _NOW.get(statement.kind)
    private = "PRIVATE " if statement.private else ""
    written = f"CREATE OR REFRESH {private}{kind}" if kind else "CREATE TEMPORARY VIEW"
    words = " ".join(token.key for token in tokens[: last + 1])
    has_comment = file.text[start:end].split() != [token.text for token in tokens[: last + 1]]
    edits = () if has_comment else (Edit(file.path, start, end, written),)
    yield Found(file.place(start, end), f"{words} is an old name", f"write {written}", edits)


def _live_names(file: SqlText, tokens: list[Token], is_published: bool) -> Iterator[Found]:
    for before, token, dot in zip([None, *tokens], tokens, tokens[1:], strict=False):
        if token.key != "LIVE" or dot.key != "." or (before is not None and before.key == "."):
            continue
        name = next((one for one in tokens if one.start == dot.end), None)
        hidden = name is not None and _defines(tokens, name)
        safe = is_published and name is not None and not hidden
        edits = (Edit(file.path, token.start, dot.end, ""),) if safe else ()
        help = "leave out LIVE.: the name means the same" if is_published else "give the pipeline schema: first"
        yield Found(file.place(token.start, dot.end), "LIVE. is an old name", help, edits)


def _defines(tokens: list[Token], name: Token) -> bool:
    """Whether a common table expression of that name would hide the dataset."""
    return any(
        one.key == name.key and following.key == "AS" and behind.key == "("
        for one, following, behind in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _apply_changes(file: SqlText, statement: Statement, tokens: list[Token]) -> Iterator[Found]:
    for token, following in pairwise(tokens):
        if (token.key, following.key) != ("APPLY", "CHANGES"):
            continue
        in_flow = statement.flow_name is not None and token is not tokens[0]
        edits = (Edit(file.path, token.start, following.end, "AUTO CDC"),) if in_flow else ()
        help = "write CREATE FLOW name AS AUTO CDC INTO …; a flow with a new name reads its source from the beginning"
        yield Found(file.place(token.start, following.end), "APPLY CHANGES is an old name", help, edits)


def _with_schema(project: LintProject) -> set[str]:
    """Files of pipelines that publish to a schema; with `target:` LIVE. still has a meaning of its own."""
    pipelines = project.project.bundle.resources.get("pipelines", {})
    found = set()
    for pipeline in project.project.bundle.pipelines:
        if "schema" in pipelines.get(pipeline.key, {}):
            found |= {shown_path(file, project.root) for file in pipeline.files}
    return found


_OLD = """CREATE STREAMING LIVE TABLE copied
AS SELECT order_id FROM STREAM(LIVE.orders_conformed);
"""
_CURRENT = """CREATE OR REFRESH STREAMING TABLE copied
AS SELECT order_id FROM STREAM(orders_conformed);
"""

RULE = LintRule(
    code="MED635",
    name="old_name",
    level="warning",
    why="LIVE, dlt and APPLY CHANGES still work, and every page, example and new feature uses the current names.",
    check=check,
    offends=Example({"sql/silver/copied.sql": _OLD}),
    fine=Example({"sql/silver/copied.sql": _CURRENT}),
    fixes=True,
)
