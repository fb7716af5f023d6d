"""The text of an error on the terminal keeps every fact: beside the source line, or below the headline."""

from __future__ import annotations

from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, WorkspaceError, render_error


def test_the_reason_of_a_refusal_is_shown_though_nothing_else_was_expected() -> None:
    error = WorkspaceError("MED703", "the workspace refused to answer a query", found="User lacks SELECT on a.b")
    assert render_error(error).splitlines() == [
        "MED703 the workspace refused to answer a query",
        "found: User lacks SELECT on a.b",
    ]


def test_a_whole_file_as_place_keeps_what_was_found_and_expected() -> None:
    error = ConfigError("MED751", "ignore is a list", place=Place("pyproject.toml"), found="7", expected="a list")
    assert render_error(error).splitlines() == [
        "MED751 ignore is a list   pyproject.toml",
        "found: 7   expected: a list",
    ]


def test_a_line_of_a_file_has_its_facts_behind_the_caret_only(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("keys: 7\n")
    error = ConfigError("MED300", "no list", place=Place("a.yml", 1, 7), found="7", expected="a list", next="edit")
    assert render_error(error, tmp_path).splitlines() == [
        "MED300 no list   a.yml:1:7",
        "     1 | keys: 7",
        "       |       ^ found 7 expected a list",
        "next: edit",
    ]
