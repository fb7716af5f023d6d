"""Tokens: kinds, offsets, quotes, comments."""

from __future__ import annotations

import pytest

from medallion_toolkit.sql.literals import name_value, string_value
from medallion_toolkit.sql.tokens import comment_spans, tokenize


def texts(sql):
    return [token.text for token in tokenize(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a.b", ["a", ".", "b"]),
        ("${bronze}.orders", ["${bronze}", ".", "orders"]),
        ("raw_${x}_{{ y }}{z}", ["raw_${x}_{{ y }}{z}"]),
        ("a<=>b", ["a", "<=>", "b"]),
        ("a=>1", ["a", "=>", "1"]),
        ("ARRAY<ARRAY<INT>>", ["ARRAY", "<", "ARRAY", "<", "INT", ">", ">"]),
        ("x::int|>y||z", ["x", "::", "int", "|>", "y", "||", "z"]),
        ("1.5e3 10L 2024_orders 3.14BD", ["1.5e3", "10L", "2024_orders", "3.14BD"]),
        ("größe.`a``b`", ["größe", ".", "`a``b`"]),
        ("a -- b; 'c\n d", ["a", "d"]),
        ("a /* b /* c */ ; */ d", ["a", "d"]),
        ("a -- goes on \\\n b\n c", ["a", "c"]),
        ("'a''b' \"c\"\"d\" 'e\\'f'", ["'a''b'", '"c""d"', "'e\\'f'"]),
        ("r'\\' R\"\\\" x'1F'", ["r'\\'", 'R"\\"', "x'1F'"]),
        ("$$it's; -- a$$ $tag$ $$ $tag$", ["$$it's; -- a$$", "$tag$ $$ $tag$"]),
        ("\ufeffSELECT", ["SELECT"]),
        ("a\r\nb", ["a", "b"]),
    ],
)
def test_text_is_cut_into_tokens(sql, expected):
    assert texts(sql) == expected


def test_offsets_are_exact():
    sql = "SELECT  'a;b' -- c\n FROM ${x}.t"

    assert [sql[token.start : token.end] for token in tokenize(sql)] == texts(sql)


def test_an_open_quote_ends_before_the_next_statement():
    sql = "SELECT 'open;\nSELECT 'x'"
    tokens = tokenize(sql)

    assert [(token.kind, token.text) for token in tokens][1] == ("broken", "'open")
    assert tokens[-1].text == "'x'"


def test_a_string_over_several_lines_is_no_open_quote():
    sql = "SELECT 'a\nb', `c"

    assert [token.kind for token in tokenize(sql)] == ["word", "string", "symbol", "broken"]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("'it''s'", "it's"),
        (r"'a\'b\n\t\\'", "a'b\n\t\\"),
        (r"'\u0041\101\%'", "AA\\%"),
        (r"r'\d+\z'", r"\d+\z"),
        ('"say ""hi"""', 'say "hi"'),
        ("$$it's$$", "it's"),
        ("$x$a$x$", "a"),
        ("x'1F'", "1F"),
    ],
)
def test_a_literal_gives_its_value(literal, value):
    assert string_value(literal) == value


def test_a_quoted_name_loses_its_back_ticks():
    assert [name_value(token) for token in tokenize("`a``b` c")] == ["a`b", "c"]


def test_comments_are_found_but_not_in_strings():
    sql = "a /* b */ '-- c' -- d\n/* open"

    assert [sql[start:end] for start, end in comment_spans(sql)] == ["/* b */", "-- d"]
