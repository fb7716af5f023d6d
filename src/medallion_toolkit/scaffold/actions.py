"""Template text cut into text and actions, with Go's rules for white space, comments and strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medallion_toolkit.errors import ConfigError, Place

_BLANK = " \t\r\n"
_TOKEN = re.compile(r'\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<word>[^\s"`]+))')
_ACTION = re.compile(
    r"""-?\s*/\*.*?\*/\s*-?\}\}  |  (?: "(?:[^"\\\n]|\\.)*" | `[^`]*` | (?!\}\})[^"`] )* \}\}""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Text:
    """Copied as it stands."""

    text: str


@dataclass(frozen=True)
class Action:
    """What stands between the braces: words and strings; `place` is where the braces open."""

    words: tuple[Word, ...]
    source: str
    place: Place


@dataclass(frozen=True)
class Word:
    """One part of an action; `is_string` tells `"eq"` from `eq`."""

    text: str
    is_string: bool


def cut(text: str, path: str) -> tuple[Text | Action, ...]:
    """Text and actions in order; comments are gone and trimmed white space with them."""
    pieces: list[Text | Action] = []
    position, trims_next = 0, False
    while (opening := text.find("{{", position)) >= 0:
        place = _place(text, opening, path)
        closing = _end_of_action(text, opening, place)
        inner = text[opening + 2 : closing]
        trims_before = inner.startswith("-") and inner[1:2] in tuple(_BLANK)
        trims_after = inner.endswith("-") and inner[-2:-1] in tuple(_BLANK)
        pieces.append(Text(_trimmed(text[position:opening], trims_next, trims_before)))
        inner = inner[1 if trims_before else 0 : -1 if trims_after else None].strip(_BLANK)
        if not inner.startswith("/*"):
            pieces.append(Action(_words(inner, place), inner, place))
        position, trims_next = closing + 2, trims_after
    pieces.append(Text(_trimmed(text[position:], trims_next, False)))
    return tuple(piece for piece in pieces if piece != Text(""))


def refused(action: Action, expected: str) -> ConfigError:
    """The error for a construct that only the Databricks CLI renders."""
    return ConfigError(
        "MED601",
        "a template construct that only the Databricks CLI can render",
        place=action.place,
        found=f"{{{{{action.source}}}}}",
        expected=expected,
        next="databricks bundle init",
    )


def _trimmed(text: str, at_start: bool, at_end: bool) -> str:
    text = text.lstrip(_BLANK) if at_start else text
    return text.rstrip(_BLANK) if at_end else text


def _end_of_action(text: str, opening: int, place: Place) -> int:
    """Where the closing braces of the action stand; strings and comments may hold braces of their own."""
    match = _ACTION.match(text, opening + 2)
    if match is None:
        raise ConfigError("MED602", "braces of a template that do not close", place=place, found="{{", expected="}}")
    return match.end() - 2


def _words(inner: str, place: Place) -> tuple[Word, ...]:
    words: list[Word] = []
    for match in _TOKEN.finditer(inner):
        string = match["string"]
        words.append(Word(_unquoted(string, place), True) if string else Word(match["word"], False))
    return tuple(words)


def _unquoted(string: str, place: Place) -> str:
    if string.startswith("`"):
        return string[1:-1]

    def value(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise ConfigError("MED602", "an escape that templates do not have", place=place, found=match[0])
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", value, string[1:-1])


def _place(text: str, position: int, path: str) -> Place:
    line = text.count("\n", 0, position) + 1
    return Place(path, line, position - text.rfind("\n", 0, position), 2)
