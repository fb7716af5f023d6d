"""Cutting files into statements."""

from __future__ import annotations

import pytest

from medallion_toolkit.sql.splitting import split_statements


def cut(sql):
    return [chunk.text for chunk in split_statements(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        (" ; ;; -- only a comment\n", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';' AS a, `;`, \";\"; SELECT 2", ["SELECT ';' AS a, `;`, \";\"", "SELECT 2"]),
        ("SELECT 1 -- a;b\n; /* c;d */ SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ${a;b}; SELECT {{ c;d }}", ["SELECT ${a;b}", "SELECT {{ c;d }}"]),
        ("SELECT $$ ; $$; SELECT 2", ["SELECT $$ ; $$", "SELECT 2"]),
    ],
)
def test_semicolons_separate_statements(sql, expected):
    assert cut(sql) == expected


@pytest.mark.fidelity(
    "Cells of SQL notebooks separate statements without semicolons, with and without the notebook's head line",
    source="ldp/developer/sql-dev",
    verdict="same",
)
@pytest.mark.parametrize("header", ["", "-- Databricks notebook source\n"])
def test_notebook_cells_separate_statements_without_semicolons(header):
    sql = (
        f"{header}-- MAGIC %md\n-- MAGIC # It's a title; CREATE nothing\n\n"
        "-- COMMAND ----------\n\n-- DBTITLE 1,Orders\nSELECT 1\n\n-- COMMAND ----------\nSELECT 2;\nSELECT 3\n"
    )

    assert cut(sql) == ["SELECT 1", "SELECT 2", "SELECT 3"]


def test_cells_end_open_quotes():
    assert cut("SELECT 'open\n-- COMMAND ----------\nSELECT 'x'") == ["SELECT 'open", "SELECT 'x'"]


def test_windows_line_ends_are_kept():
    assert cut("SELECT\r\n1;\r\n-- COMMAND ----------\r\nSELECT 2") == ["SELECT\r\n1", "SELECT 2"]


def test_a_forgotten_semicolon_separates_and_is_noted():
    first, second, third = split_statements(
        "SELECT 1\nCREATE OR REFRESH STREAMING TABLE t\nAPPLY CHANGES INTO t FROM s KEYS (a) SEQUENCE BY b"
    )

    assert first.next_unseparated == second.start
    assert second.next_unseparated == third.start
    assert third.next_unseparated is None


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN\nCREATE MATERIALIZED VIEW v AS SELECT 1",
        "CREATE FLOW f AS\nAPPLY CHANGES INTO t FROM s KEYS (a) SEQUENCE BY b",
        "SELECT a,\ncreate, apply FROM t",
    ],
)
def test_words_that_only_look_like_a_new_statement_do_not_separate(sql):
    assert cut(sql) == [sql]


def test_a_script_block_is_one_statement():
    block = (
        "BEGIN\n  DECLARE x INT;\n  IF x > 0 THEN SELECT CASE WHEN x = 1 THEN 2 END; END IF;\n"
        "  WHILE x < 3 DO SET x = x + 1; END WHILE;\n  BEGIN SELECT 1; END;\nEND"
    )

    assert cut(f"{block};\nSELECT 2;") == [block, "SELECT 2"]
