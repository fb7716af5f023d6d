"""Words that stand for nothing, for yes and for no: the lists are those of the project's own helper package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medallion_toolkit.engine.files.rescue import literal

from .model import BOOLEANS, EVERY_TYPE, ValueForm, Write, template

_BROKEN = "\ufffd|Ã[\u0080-\u00bf\u2018-\u201e\u2020-\u203a]|Â[\u00a0-\u00bf]|â€"


@dataclass(frozen=True)
class TextWords:
    """What text says instead of a value, in lower case."""

    placeholders: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


def mapped_words(meanings: Mapping[str, str]) -> Write:
    """SQL that puts the meaning in the place of each word that was seen.

    >>> mapped_words({"two": "2"})("pieces", ("Two",))
    "CASE lower(trim(pieces)) WHEN 'two' THEN '2' ELSE pieces END"
    """

    def write(text: str, seen: Sequence[str]) -> str:
        cases = (f"WHEN {literal(word)} THEN {literal(meanings[word])}" for word in _words(seen, meanings))
        return f"CASE lower(trim({text})) {' '.join(cases)} ELSE {text} END"

    return write


def word_forms(words: TextWords) -> tuple[ValueForm, ...]:
    """The forms that are words, blanks and signs rather than numbers and dates."""
    booleans = {**dict.fromkeys(words.yes, "true"), **dict.fromkeys(words.no, "false")}
    return (
        ValueForm(
            "MED896",
            "a word that stands for nothing",
            EVERY_TYPE,
            _one_of((*words.placeholders, "")),
            ("n/a", "-", ""),
            _absent(words.placeholders),
            normalize="null_if_placeholder",
        ),
        ValueForm(
            "MED897",
            "a word for yes or no",
            BOOLEANS,
            _one_of(booleans),
            ("ja", "Nein"),
            mapped_words(booleans),
            normalize="boolean",
        ),
        ValueForm(
            "MED889",
            "letters read in the wrong encoding",
            EVERY_TYPE,
            rf".*(?:{_BROKEN}).*",
            ("MÃ¼ller", "Caf\ufffd"),
            advice="the encoding of the files where they are read: read_files(…, encoding => 'windows-1252')",
        ),
        ValueForm(
            "MED895",
            "blanks around the value",
            EVERY_TYPE,
            r"\s+\S.*|.*\S\s+",
            ("12\u00a0", "\u00a0 7.5"),
            template(r"regexp_replace({x}, r'(?U)^\s+|\s+$', '')"),
            normalize="trim",
            with_blanks=True,
        ),
    )


def _absent(placeholders: Iterable[str]) -> Write:
    known = frozenset((*placeholders, ""))

    def write(text: str, seen: Sequence[str]) -> str:
        words = ", ".join(literal(word) for word in _words(seen, known))
        return f"CASE WHEN lower(trim({text})) NOT IN ({words}) THEN {text} END"

    return write


def _words(seen: Sequence[str], known: Iterable[str]) -> list[str]:
    """The known words among the values, each once."""
    listed = frozenset(known)
    return [word for word in dict.fromkeys(value.strip().lower() for value in seen) if word in listed]


def _one_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words)
