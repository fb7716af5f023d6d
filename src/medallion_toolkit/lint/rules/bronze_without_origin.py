"""MED631: bronze rows that cannot be told apart or traced."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject, Made
from medallion_toolkit.lint.samples import BRONZE


def check(project: LintProject) -> Iterator[Found]:
    for made in project.made_in("bronze"):
        query = made.statement.query
        if made.node.dataset.kind != "streaming_table" or query is None:
            continue
        missing = _missing(made, any(relation.kind == "files" for relation in query.relations))
        if missing:
            yield Found(
                made.place,
                f"rows of bronze.{made.shown} have no {' and no '.join(name for name, _ in missing)}",
                f"select {', '.join(f'{sql} AS {name}' for name, sql in missing)}",
            )


def _missing(made: Made, reads_files: bool) -> list[tuple[str, str]]:
    words = {token.text.strip("`").lower() for token in made.file.query_tokens(made.statement)}
    missing = [("_row_id", "uuid()")] if "_row_id" not in words else []
    is_traced = not reads_files or bool({"_metadata", "_source_file"} & words)
    return [*missing, *([] if is_traced else [("_source_file", "_metadata.file_path")])]


RULE = LintRule(
    code="MED631",
    name="bronze_without_origin",
    level="warning",
    why="Quarantine, replay and every count of rows name a bronze row by _row_id and say which file it came from.",
    check=check,
    offends=Example(
        {"sql/bronze/orders.sql": BRONZE.replace(", uuid() AS _row_id, _metadata.file_path AS _source_file", "")}
    ),
    fine=Example({"sql/bronze/orders.sql": BRONZE}),
)
