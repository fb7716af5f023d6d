"""Classes put into the text of contracts: flow, block and JSON forms, and texts that have no place for them."""

from __future__ import annotations

import pytest
import yaml

from medallion_toolkit.scanning.contract_text import with_classes, written_classes

FLOW = "table: silver.t\ncolumns:\n  a:   {type: string}   # first\n  b: {type: string, rules: [\n    regex: 'x}'], }\n"
BLOCK = """table: silver.t
columns:
    a:
        type: string
        rules:
            - not_null
    b:
        type: int"""
JSON = '{"table": "silver.t", "columns": {"a": {"type": "string"}, "b": {"type": "int", "rules": ["not_null"]}}}\n'


@pytest.mark.parametrize("text", [FLOW, BLOCK, JSON])
def test_a_class_is_added_and_nothing_else_changes(text: str) -> None:
    change = with_classes("contracts/silver/t.yml", text, {"A": "pii", "b": "confidential"})
    assert change is not None
    read = yaml.safe_load(change.after)
    assert (read["columns"]["a"].pop("class"), read["columns"]["b"].pop("class")) == ("pii", "confidential")
    assert read == yaml.safe_load(text)
    assert written_classes(text) == {}
    assert written_classes(change.after) == {"a": "pii", "b": "confidential"}
    removed = [line for line in change.diff.splitlines()[2:] if line.startswith("-")]
    assert len(removed) == {FLOW: 2, BLOCK: 1, JSON: 1}[text]
    assert change.diff.startswith("--- a/contracts/silver/t.yml\n+++ b/contracts/silver/t.yml\n@@")


def test_a_file_without_a_newline_at_the_end_gives_a_diff_that_git_reads() -> None:
    change = with_classes("t.yml", BLOCK, {"b": "pii"})
    assert change is not None
    assert change.diff.endswith(
        "-        type: int\n\\ No newline at end of file\n+        type: int\n+        class: pii\n"
        "\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "table: {name: silver.t}\nschema:\n  columns:\n    - {name: a, type: string}\n",
        "table: silver.t\ncolumns:\n  a: {}\n",
        "table: silver.t\ncolumns:\n  b: {type: string}\n",
        "- a\n",
    ],
)
def test_a_text_without_a_place_for_the_class_gives_no_change(text: str) -> None:
    assert with_classes("t.yml", text, {"a": "pii"}) is None


def test_columns_that_share_an_anchor_are_not_changed_together() -> None:
    shared = "table: silver.t\ncolumns:\n  a: &text {type: string}\n  b: *text\n"
    assert with_classes("t.yml", shared, {"a": "pii", "b": "pii"}) is None
