"""docs/fidelity.md: every behaviour of the platform that a local run relies on, with the test that proves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from medallion_toolkit.generate.fidelity_marks import FidelityMark, fidelity_marks

_HEAD = """\
# What a local run does as the workspace does

<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->

Every row is a documented behaviour that pipelines rely on, the page that documents it, and the test of this
repository that proves what the local engine does with it. Nothing else happens:

| verdict | means | rows |
|---|---|---|
| same | a local run gives the rows, counts or errors that the documentation promises | {same} |
| refused | the local engine says no, with a code, the file and the line, before anything is written | {refused} |
| not shown | it belongs to the workspace (permissions, quotas, cost); a run here gives the same rows | {not_shown} |

`medallion run --explain-differences` lists, for one project, what was translated, what is refused and what is not
shown, each with its place. A behaviour that has no row here and no code in [errors](errors.md) is a defect.
A source is a page of the Databricks documentation, by its path, or a command of its CLI.
"""
_NOT_SHOWN = "What only the workspace shows"
_AREAS = (
    ("Styles of projects", r"styles|without_bundle|differences"),
    ("AUTO CDC and snapshots", r"cdc|snapshot|scd|history"),
    ("Expectations and quarantine", r"expect|quarantine|conservation|gates"),
    ("Sinks", r"sink"),
    ("Stateful streams", r"stateful|watermark|window|dedup"),
    ("Record sources: Kafka, JDBC, managed ingestion", r"kafka|record|jdbc|connect|kinesis|external|mapped"),
    ("Files", r"file|format|evolution|rescue|read_files|auto_loader"),
    ("Streaming reads", r"stream|change_feed|reads?(?:_|$)"),
    ("Failures, restarts, locks", r"crash|kill|lock|restart|recover|atomic"),
    ("Changes of schema and code", r"change|schema|fingerprint|skip|unchanged|widen"),
    ("Columns, masks, constraints", r"mask|filter|constraint|generated|columns?(?:_|$)|private"),
    ("Flows", r"flow|append|backfill|replace"),
    ("Bundles and configuration", r"^project|bundle|parameter|config"),
    ("Pipeline Python", r"^python"),
    ("Pipeline SQL", r"^sql|query|function"),
)
_REST = "Updates"
# Sections of our notes on the platform and the documentation pages they stand for.
_NOTES = re.compile(r"platform\.md §\s?(\d+(?:\.\d+)?)")
_PAGES = {
    "2": "ldp/developer/sql-ref",
    "2.1": "ldp-sql-ref-create-streaming-table",
    "2.2": "ldp-sql-ref-create-materialized-view",
    "2.3": "ldp-sql-ref-create-view",
    "2.4": "ldp-sql-ref-create-flow",
    "2.5": "ldp-sql-ref-apply-changes-into",
    "2.6": "ldp/expectations",
    "3": "ldp/developer/python-ref",
    "4": "ingestion/cloud-object-storage/auto-loader/options",
    "5": "ldp/parameters",
    "6": "ldp/limitations",
    "7": "ldp/expectation-patterns",
    "7.1": "ldp/expectation-patterns",
    "7.2": "ldp/monitor-event-logs",
    "8.1": "database-objects/tags",
    "8.2": "data-governance/unity-catalog/abac",
    "8.3": "data-governance/unity-catalog/filters-and-masks",
    "11": "ldp/developer/sql-ref, older names",
}


def fidelity_page(root: Path) -> str:
    """The page, from the marks of the tests below `root`."""
    marks = fidelity_marks(root)
    counts = {verdict: sum(mark.verdict == verdict for mark in marks) for verdict in ("same", "refused", "not shown")}
    parts = [_HEAD.format(same=counts["same"], refused=counts["refused"], not_shown=counts["not shown"])]
    for area in (*(title for title, _ in _AREAS), _REST, _NOT_SHOWN):
        rows = sorted((mark for mark in marks if area_of(mark) == area), key=_order)
        if rows:
            parts.append(f"## {area}\n\n{_table(rows)}\n")
    return "\n".join(parts)


def area_of(mark: FidelityMark) -> str:
    """The section of a row: what only the workspace shows, else by the name of the test file."""
    if mark.verdict == "not shown":
        return _NOT_SHOWN
    file = PurePosixPath(mark.place.path).stem.removeprefix("test_").removeprefix("engine_")
    return next((title for title, words in _AREAS if re.search(words, file)), _REST)


def _order(mark: FidelityMark) -> tuple[str, str, str, str]:
    return _page(mark.source), mark.statement, mark.place.path, mark.test


def _table(marks: Sequence[FidelityMark]) -> str:
    return "\n".join(["| statement | source | verdict | test |", "|---|---|---|---|", *map(_row, marks)])


def _row(mark: FidelityMark) -> str:
    verdict = f"refused, [{mark.code}](errors.md)" if mark.code else mark.verdict
    test = f"[{mark.place.path}::{mark.test}](../{mark.place.path})"
    return f"| {_cell(mark.statement)} | {_cell(_page(mark.source))} | {verdict} | {test} |"


def _page(source: str) -> str:
    return _NOTES.sub(lambda match: _PAGES.get(match[1], "ldp"), source)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
