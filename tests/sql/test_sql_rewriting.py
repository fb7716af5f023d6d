"""Changing SQL by position."""

from __future__ import annotations

from medallion_toolkit.model import Span
from medallion_toolkit.sql.relations import find_relations
from medallion_toolkit.sql.rewriting import rewrite


def test_only_the_spans_change():
    sql = "SELECT  a -- from t\nFROM STREAM(t) x,\tu"
    replacements = [(relation.span, f"v{number}") for number, relation in enumerate(find_relations(sql))]

    assert rewrite(sql, replacements) == "SELECT  a -- from t\nFROM v0 x,\tv1"


def test_lines_keep_their_numbers():
    sql = "SELECT *\nFROM STREAM read_files(\n  '/p',\n  format => 'csv'\n) x\nWHERE y"
    (relation,) = find_relations(sql)
    changed = rewrite(sql, [(relation.span, "v")])

    assert changed.splitlines()[4:] == [" x", "WHERE y"]


def test_order_of_replacements_does_not_matter_and_inner_ones_go_with_the_outer():
    spans = {name: Span(start, end, 1, start + 1) for name, start, end in (("a", 0, 1), ("fg", 5, 7), ("efgh", 4, 8))}

    assert rewrite("abcdefghij", [(spans["fg"], "!"), (spans["efgh"], "-"), (spans["a"], "A")]) == "Abcd-ij"


def test_no_replacement_changes_nothing():
    assert rewrite("SELECT 1\n", []) == "SELECT 1\n"
