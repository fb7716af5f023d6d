"""The part of Go's templates that our template uses: values, strings, if/else/end with eq and ne, skip.

Anything else is refused with its place rather than rendered differently from the Databricks CLI.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from medallion_toolkit.errors import ConfigError, did_you_mean
from medallion_toolkit.scaffold.actions import Action, Text, Word, cut, refused

_OTHER_BLOCKS = ("range", "with", "define", "block", "template", "break", "continue")
_EXPECTED = '{{.name}}, {{"text"}}, {{if eq .name "text"}}, {{else}}, {{end}} or {{skip "pattern"}}'


@dataclass(frozen=True)
class Choice:
    """`{{if …}}`: one of two lists of parts."""

    condition: Action
    yes: tuple[Part, ...]
    no: tuple[Part, ...]


Part = Text | Action | Choice
Skip = Callable[[str], None]


def render(text: str, values: Mapping[str, str], path: str, skip: Skip | None = None) -> str:
    """The text with its actions carried out.

    >>> render('{{if eq .a "x"}}yes{{else}}no{{end}} {{.a}}', {"a": "x"}, "file.tmpl")
    'yes x'
    """
    pieces = list(cut(text, path))
    parts = _read_parts(pieces, None)
    return _Rendering(values, skip).of(parts)


def _read_parts(pieces: list[Text | Action], opened: Action | None) -> tuple[Part, ...]:
    """Parts up to the end of the text, or inside an if up to its else or end, which stay in `pieces`."""
    parts: list[Part] = []
    while pieces:
        piece = pieces[0]
        keyword = _keyword(piece)
        if keyword in ("else", "end"):
            if opened is None and isinstance(piece, Action):
                raise ConfigError("MED602", f"{keyword} without an if", place=piece.place, found=keyword)
            return tuple(parts)
        if keyword in _OTHER_BLOCKS and isinstance(piece, Action):
            raise refused(piece, _EXPECTED)
        pieces.pop(0)
        parts.append(_read_choice(piece, pieces) if keyword == "if" and isinstance(piece, Action) else piece)
    if opened is not None:
        raise ConfigError("MED602", "an if that has no end", place=opened.place, expected="{{end}}")
    return tuple(parts)


def _read_choice(action: Action, pieces: list[Text | Action]) -> Choice:
    yes = _read_parts(pieces, action)
    no: tuple[Part, ...] = ()
    if _keyword(pieces[0]) == "else":
        _refuse_more_words(pieces.pop(0))
        no = _read_parts(pieces, action)
        if _keyword(pieces[0]) == "else":
            raise ConfigError("MED602", "a second else", place=action.place, expected="{{end}}")
    _refuse_more_words(pieces.pop(0))
    return Choice(action, yes, no)


def _keyword(piece: Text | Action) -> str | None:
    if isinstance(piece, Text) or not piece.words or piece.words[0].is_string:
        return None
    return piece.words[0].text


def _refuse_more_words(piece: Text | Action) -> None:
    if isinstance(piece, Action) and len(piece.words) != 1:
        raise refused(piece, _EXPECTED)


class _Rendering:
    def __init__(self, values: Mapping[str, str], skip: Skip | None) -> None:
        self._values = values
        self._skip = skip

    def of(self, parts: Sequence[Part]) -> str:
        return "".join(self._one(part) for part in parts)

    def _one(self, part: Part) -> str:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Choice):
            return self.of(part.yes if self._holds(part.condition) else part.no)
        return self._printed(part)

    def _printed(self, action: Action) -> str:
        if len(action.words) == 1:
            return self._value(action.words[0], action)
        is_skip = len(action.words) == 2 and action.words[0] == Word("skip", False) and action.words[1].is_string
        if not is_skip or self._skip is None:
            raise refused(action, _EXPECTED)
        self._skip(action.words[1].text)
        return ""

    def _holds(self, action: Action) -> bool:
        words = action.words[1:]
        if len(words) != 3 or words[0].is_string or words[0].text not in ("eq", "ne"):
            raise refused(action, '{{if eq .name "text"}} or {{if ne .name "text"}}')
        is_equal = self._value(words[1], action) == self._value(words[2], action)
        return is_equal if words[0].text == "eq" else not is_equal

    def _value(self, word: Word, action: Action) -> str:
        if word.is_string:
            return word.text
        name = word.text.removeprefix(".")
        if not word.text.startswith(".") or not name.isidentifier():
            raise refused(action, _EXPECTED)
        if name not in self._values:
            raise ConfigError(
                "MED603",
                f"the template asks for {name}, which is no prompt",
                place=action.place,
                found=name,
                expected=", ".join(self._values),
                help=did_you_mean(name, self._values),
            )
        return self._values[name]
