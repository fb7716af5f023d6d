"""MED630: bronze that a full refresh may empty."""

from __future__ import annotations

from collections.abc import Iterator

from medallion_toolkit.lint.findings import Edit, Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject, Made
from medallion_toolkit.lint.samples import BRONZE

_PROPERTY = "'pipelines.reset.allowed' = 'false'"


def check(project: LintProject) -> Iterator[Found]:
    for made in project.made_in("bronze"):
        dataset = made.node.dataset
        allowed = dataset.properties.get("pipelines.reset.allowed", "true").strip("'\"").lower()
        if dataset.kind == "streaming_table" and allowed != "false":
            yield Found(
                made.place,
                f"a full refresh would empty bronze.{made.shown} and read only the files that are still there",
                f"TBLPROPERTIES ({_PROPERTY})",
                _edits(made) if "pipelines.reset.allowed" not in dataset.properties else (),
            )


def _edits(made: Made) -> tuple[Edit, ...]:
    """Into the TBLPROPERTIES that are there, else a line of its own before AS."""
    tokens = made.file.tokens_of(made.statement)
    query = made.statement.query
    if query is None:
        return ()
    head = [token for token in tokens if token.start < query.span.start]
    at = next((index for index, token in enumerate(head) if token.key == "TBLPROPERTIES"), None)
    if at is not None and at + 1 < len(head) and head[at + 1].key == "(":
        behind = head[at + 1].end
        return (Edit(made.file.path, behind, behind, f"{_PROPERTY}, "),)
    if at is None and head and head[-1].key == "AS":
        start, line_end = head[-1].start, "\r\n" if "\r\n" in made.file.text else "\n"
        return (Edit(made.file.path, start, start, f"TBLPROPERTIES ({_PROPERTY}){line_end}"),)
    return ()


RULE = LintRule(
    code="MED630",
    name="bronze_may_be_reset",
    level="warning",
    why="Bronze keeps what the landing folder no longer has; `pipelines.reset.allowed = false` refuses a full refresh.",
    check=check,
    offends=Example(
        {"sql/bronze/orders.sql": BRONZE.replace("TBLPROPERTIES ('pipelines.reset.allowed' = 'false')\n", "")}
    ),
    fine=Example({"sql/bronze/orders.sql": BRONZE}),
    fixes=True,
)
