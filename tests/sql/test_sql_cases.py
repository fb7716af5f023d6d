"""Statements and what the reader must find in them: tests/sql/cases/*.sql.

A case begins with `-- case: what it shows`; each `-- => {…}` behind its SQL is what one statement, in order,
must at least say in `medallion parse --json`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from medallion_toolkit.sql.reader import read_sql
from medallion_toolkit.sql.survey_output import statement_as_dict

CASES = Path(__file__).parent / "cases"
EXPECTED = "-- => "
WHOLE = ("clauses", "properties", "arguments")


def read_cases():
    for file in sorted(CASES.glob("*.sql")):
        for block in re.split(r"^-- case: ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, body = block.split("\n", 1)
            lines = body.splitlines()
            sql = "\n".join(line for line in lines if not line.startswith(EXPECTED)).rstrip()
            expected = [json.loads(line.removeprefix(EXPECTED)) for line in lines if line.startswith(EXPECTED)]
            yield pytest.param(sql, expected, id=f"{file.stem}: {title}")


@pytest.mark.parametrize(("sql", "expected"), list(read_cases()))
def test_statements_say_what_the_case_states(sql, expected):
    statements = [statement_as_dict(statement) for statement in read_sql(sql, "case.sql").statements]

    assert [shown(wanted, found) for wanted, found in zip(expected, statements, strict=True)] == expected


def shown(wanted, found, key=None):
    """The part of `found` that `wanted` talks about: its keys, but every item of lists and all of WHOLE."""
    if isinstance(wanted, dict) and isinstance(found, dict) and key not in WHOLE:
        return {name: shown(value, found.get(name), name) for name, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [shown(*pair) for pair in zip(wanted, found, strict=True)]
    return found


def test_every_kind_of_statement_has_a_case():
    kinds = {wanted.get("kind") for case in read_cases() for wanted in case.values[1]}

    assert kinds >= {
        "streaming_table", "materialized_view", "view", "temporary_view", "table", "flow_insert", "flow_auto_cdc",
        "use", "set", "declare", "other", "invalid",
    }  # fmt: skip
