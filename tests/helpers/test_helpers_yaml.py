"""YAML is read as editors read it, every key with its place, nothing twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medallion import MedallionContractError
from medallion.yaml_files.positions import ListNode, MapNode, ScalarNode, read_yaml


def scalars(text: str) -> list[object]:
    node = read_yaml(text, "a.yml")
    assert isinstance(node, ListNode)
    return [item.value for item in node.items if isinstance(item, ScalarNode)]


def refused(text: str) -> MedallionContractError:
    with pytest.raises(MedallionContractError) as raised:
        read_yaml(text, "a.yml")
    return raised.value


def test_words_that_old_yaml_takes_for_booleans_or_numbers_stay_text() -> None:
    assert scalars("[NO, on, yes, 12:30, 2026-01-01, 007, 1_000, '5']") == [
        "NO", "on", "yes", "12:30", "2026-01-01", "007", "1_000", "5",
    ]  # fmt: skip


def test_numbers_booleans_and_nothing_are_what_they_look_like() -> None:
    assert scalars("[1, -2, 0.10, 1e3, true, False, null, ~]") == [
        1, -2, Decimal("0.10"), Decimal(1000), True, False, None, None,
    ]  # fmt: skip
    assert str(scalars("[0.10]")[0]) == "0.10"


def test_every_key_knows_its_line_and_column() -> None:
    node = read_yaml("a: 1\nb:\n  - {c: 2}\n", "a.yml")
    assert isinstance(node, MapNode)
    second = node.entries[1]
    assert (second.key, second.position.line, second.position.column) == ("b", 2, 1)
    assert isinstance(second.value, ListNode)
    inner = second.value.items[0]
    assert isinstance(inner, MapNode)
    assert (inner.entries[0].position.line, inner.entries[0].position.column) == (3, 6)


def test_a_key_that_stands_twice_names_both_lines() -> None:
    error = refused("a: 1\nb: 2\na: 3\n")
    assert (error.code, error.line, error.column, error.help) == ("MED302", 3, 1, "the first one is in line 1")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1,\nb: 2", 2), ("a: b: c", 1), ("\tkeys: 1", 1), ("a: !!python/object:os.system x\n", 1), ("? [a]\n: 1", 1)],
)
def test_what_is_no_plain_yaml_is_refused_at_its_place(text: str, line: int) -> None:
    error = refused(text)
    assert (error.code, error.path, error.line) == ("MED301", "a.yml", line)


def test_an_empty_file_is_no_contract() -> None:
    assert refused("# nothing\n").message == "the file is empty"


def test_what_no_yaml_begins_with_is_named_once() -> None:
    error = refused("a: 1\n\tb: 2")
    assert (error.line, error.found) == (2, "character '\\t' that cannot start any token")


def test_an_alias_that_contains_itself_is_refused() -> None:
    assert refused("&a [*a]").message == "an alias contains itself"


def test_a_text_alias_means_what_it_points_at() -> None:
    assert scalars("[&x a, *x]") == ["a", "a"]


@pytest.mark.parametrize(
    "text", ["[" * 100_000 + "]" * 100_000, "- " * 50_000, "a: {b: " * 20_000 + "1" + "}" * 20_000]
)
def test_what_is_nested_too_deeply_is_refused_and_ends_no_process(text: str) -> None:
    assert refused(text).message in ("nested too deeply", "not readable as YAML")


def test_places_count_characters_whatever_their_size() -> None:
    node = read_yaml("{a: '\U0001f600é', b: 1}", "a.yml")
    assert isinstance(node, MapNode)
    assert (node.entries[1].position.line, node.entries[1].position.column) == (1, 11)
