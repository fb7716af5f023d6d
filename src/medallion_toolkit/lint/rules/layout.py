"""MED629: a dataset where nobody looks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject, Made
from medallion_toolkit.lint.samples import BRONZE

_SNAKE = re.compile(r"_?[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


def check(project: LintProject) -> Iterator[Found]:
    laid_out = [made for made in project.made if _folder(made) is not None]
    seen: Counter[str] = Counter()
    for made in sorted(laid_out, key=lambda one: (one.file.path, one.statement.span.start)):
        seen[made.file.path] += 1
        problem = _problem(made, seen[made.file.path])
        if problem is not None:
            yield Found(made.place, *problem)


def _problem(made: Made, number: int) -> tuple[str, str] | None:
    written = (made.statement.name or made.shown).rsplit(".", 1)[-1].strip("`")
    path, folder = PurePosixPath(made.file.path), _folder(made)
    if not _SNAKE.match(written):
        return f"{written} is no lower_snake name", "names are compared without case; write them in lower case and _"
    if number > 1:
        return f"{written} is dataset {number} of {path.name}", f"give it a file of its own: sql/{folder}/{written}.sql"
    if path.stem != written:
        return f"{written} stands in {path.name}", f"rename the file: sql/{made.layer or folder}/{written}.sql"
    if made.layer is not None and made.layer != folder:
        return f"{made.layer}.{written} stands in sql/{folder}/", f"move the file: sql/{made.layer}/{written}.sql"
    return None


def _folder(made: Made) -> str | None:
    """The layer that the file's folder names; None for projects that are laid out another way."""
    parts = PurePosixPath(made.file.path).parts
    return parts[1] if len(parts) == 3 and parts[0] == "sql" else None


RULE = LintRule(
    code="MED629",
    name="layout",
    level="warning",
    why="One dataset a file, sql/<layer>/<dataset>.sql: what is called somewhere is found without searching.",
    check=check,
    offends=Example({"sql/silver/raw_orders.sql": BRONZE, "sql/bronze/orders.sql": "-- moved\n"}),
    fine=Example({"sql/bronze/orders.sql": BRONZE}),
)
