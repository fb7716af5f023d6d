"""Conditions whose text shows that they are never NULL."""

from __future__ import annotations

import pytest

from medallion_toolkit.sql.conditions import is_decided


@pytest.mark.parametrize(
    "condition",
    [
        "coalesce(a > 0, false)",
        "((a IS NULL) OR coalesce(a RLIKE '^x', FALSE))",
        "(coalesce(k = 'delete', false) OR (s IS NULL OR coalesce(s IN ('a', 'b') AND t, false)))",
        "NOT coalesce(a BETWEEN 1 AND 2, true) AND b IS NOT NULL",
        "(a > 0) IS TRUE",
        "(CASE WHEN a THEN b END) IS NOT FALSE",
    ],
)
def test_these_are_never_null(condition: str) -> None:
    assert is_decided(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "a > 0",
        "coalesce(a, b)",
        "coalesce(a > 0, false) = b",
        "a IS NULL OR a > 0",
        "a BETWEEN 1 AND b IS NULL",
        "CASE WHEN a IS NULL THEN b END",
        "(a > 0) AND (b IS NOT NULL)",
        "coalesce(a > 0, false) OR",
        "",
    ],
)
def test_these_may_be(condition: str) -> None:
    assert not is_decided(condition)
