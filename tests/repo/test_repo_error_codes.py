"""Codes and their list belong together, one meaning each."""

from __future__ import annotations

import re

from repository import files_ending, shown

from medallion_toolkit.error_codes import CODES

CODE = re.compile(r"[\"'](MED\d{3})[\"']")


def used_codes() -> dict[str, list[str]]:
    """Every code in the sources and the places it stands."""
    places: dict[str, list[str]] = {}
    for path in files_ending(".py"):
        if shown(path).startswith(("src/", "template/")) and path.name != "error_codes.py":
            for code in CODE.findall(path.read_text(encoding="utf-8")):
                places.setdefault(code, []).append(shown(path))
    return places


def test_every_code_in_the_sources_is_listed() -> None:
    assert {code: places for code, places in used_codes().items() if code not in CODES} == {}


def test_every_listed_code_can_be_met() -> None:
    assert sorted(set(CODES) - set(used_codes())) == []


def test_the_list_is_sorted_and_each_title_says_something_else() -> None:
    assert list(CODES) == sorted(CODES)
    assert len(set(CODES.values())) == len(CODES)
    assert [code for code, title in CODES.items() if title.endswith(".") or len(title) > 90] == []
