"""The renderer of template texts: Go's rules where it renders, a refusal with a place where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medallion_toolkit.errors import ConfigError
from medallion_toolkit.scaffold.go_template import render

VALUES = {"name": "shop", "sample": "yes", "blank": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: {{.name}}\n", "name: shop\n"),
        ("{{ .name }}", "shop"),
        ('{{if eq .sample "yes"}}a{{else}}b{{end}}', "a"),
        ('{{if eq .sample "no"}}a{{else}}b{{end}}', "b"),
        ('{{if ne .blank ""}}a{{end}}', ""),
        ('{{if eq .sample "yes"}}{{if eq .blank ""}}x{{else}}y{{end}}z{{end}}', "xz"),
        ('a\n{{- if eq .sample "yes"}}\nb\n{{- end}}\nc', "a\nb\nc"),
        ('a\n{{- if eq .sample "no"}}\nb\n{{- end}}\nc', "a\nc"),
        ("a \n\t{{- .name -}} \n b", "ashopb"),
        ("{{/* a note */}}a{{- /* }} in a note */ -}} b", "ab"),
        ("{{/* two\nlines */ -}}\na", "a"),
        ("{{`{{job.start_time}}`}}", "{{job.start_time}}"),
        ('{{"a\\"}}b\\n"}}', 'a"}}b\n'),
        ("${{ not ours }", None),
        ("${name} and }} and {", "${name} and }} and {"),
        ("{{.name}}{{.name}}", "shopshop"),
        ("{{if eq .name .sample}}same{{else}}other{{end}}", "other"),
        ("ünïcode {{.name}} ✓", "ünïcode shop ✓"),
        ("", ""),
    ],
)
def test_text_renders_as_go_renders_it(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ConfigError) as caught:
            render(text, VALUES, "f.tmpl")
        assert caught.value.code == "MED602"
    else:
        assert render(text, VALUES, "f.tmpl") == expected


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("\n\n{{range .names}}{{end}}", "MED601", 3),
        ("{{with .name}}{{end}}", "MED601", 1),
        ("a\n{{.name | upper}}", "MED601", 2),
        ("{{upper .name}}", "MED601", 1),
        ("{{if .name}}a{{end}}", "MED601", 1),
        ('{{if and (eq .name "a") (eq .name "b")}}a{{end}}', "MED601", 1),
        ('{{if eq .name "a"}}a{{else if eq .name "b"}}b{{end}}', "MED601", 1),
        ('{{$x := "a"}}', "MED601", 1),
        ("{{.name.first}}", "MED601", 1),
        ('{{template "x" .}}', "MED601", 1),
        ('{{skip "a"}}', "MED601", 1),
        ("\n{{.nmae}}", "MED603", 2),
        ('{{if eq .name "a"}}a', "MED602", 1),
        ("a{{end}}", "MED602", 1),
        ("{{else}}", "MED602", 1),
        ('{{if eq .name "a"}}{{else}}{{else}}{{end}}', "MED602", 1),
        ("{{ .name", "MED602", 1),
        ('{{"a\\q"}}', "MED602", 1),
    ],
)
def test_other_constructs_are_refused_with_their_place(text: str, code: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        render(text, VALUES, "template/f.tmpl")
    assert (caught.value.code, caught.value.place and caught.value.place.line) == (code, line)
    assert caught.value.place is not None
    assert caught.value.place.path == "template/f.tmpl"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        render("{{.nmae}}", VALUES, "f.tmpl")
    assert caught.value.help == "did you mean name?"


def test_skip_hands_its_pattern_on_and_prints_nothing() -> None:
    patterns: list[str] = []
    assert render('{{- skip "a/*" -}}\n{{skip `b`}}c', VALUES, "f.tmpl", patterns.append) == "c"
    assert patterns == ["a/*", "b"]


def test_skip_in_a_branch_not_taken_is_no_skip() -> None:
    patterns: list[str] = []
    render('{{if eq .sample "no"}}{{skip "a"}}{{end}}', VALUES, "f.tmpl", patterns.append)
    assert patterns == []


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_braces_comes_back_unchanged(text: str) -> None:
    assert render(text, VALUES, "f.tmpl") == text


@given(st.text(alphabet=st.characters(exclude_characters="`", exclude_categories=("Cs",))))
def test_a_raw_string_prints_itself(text: str) -> None:
    assert render(f"<{{{{`{text}`}}}}>", VALUES, "f.tmpl") == f"<{text}>"
