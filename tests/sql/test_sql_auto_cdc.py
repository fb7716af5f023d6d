"""Clauses of AUTO CDC that say which NULLs leave a value as it is."""

from __future__ import annotations

import pytest

from medallion_toolkit.sql.reader import read_sql

HEAD = "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id)"
CHOICES = [
    ("", False, None, ()),
    ("IGNORE NULL UPDATES", True, None, ()),
    ("IGNORE NULL UPDATES ON (name, `home city`)", True, ("name", "home city"), ()),
    ("IGNORE NULL UPDATES ON name, city", True, ("name", "city"), ()),
    ("IGNORE NULL UPDATES ON * EXCEPT (name)", True, None, ("name",)),
]


@pytest.mark.parametrize(("clause", "is_ignored", "columns", "kept"), CHOICES)
def test_null_updates_are_ignored_for_all_or_for_chosen_columns(
    clause: str, is_ignored: bool, columns: tuple[str, ...] | None, kept: tuple[str, ...]
) -> None:
    [statement] = read_sql(f"{HEAD} {clause} SEQUENCE BY ts;", "flows.sql").statements
    assert statement.cdc is not None
    assert statement.error is None
    found = (statement.cdc.ignore_null_updates, statement.cdc.ignore_null_columns, statement.cdc.ignore_null_except)
    assert found == (is_ignored, columns, kept)
