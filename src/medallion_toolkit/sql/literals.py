"""Values of SQL string literals and quoted names."""

from __future__ import annotations

import re

from medallion_toolkit.sql.tokens import Token

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))", re.DOTALL)
_CONTROL = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def string_value(literal: str) -> str:
    """The text that a string literal stands for: `'it''s'` gives it's, `r'\\d'` and `$$…$$` stay as they are."""
    if literal.startswith("$"):
        width = literal.index("$", 1) + 1
        return literal[width:-width]
    if literal[0] in "rR":
        return literal[2:-1]
    body = literal[literal.index(literal[-1]) + 1 : -1].replace(literal[-1] * 2, literal[-1])
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(found: re.Match[str]) -> str:
    short, long, octal, other = found.groups()
    if short or long:
        return chr(min(int(short or long, 16), 0x10FFFF))
    return chr(int(octal, 8)) if octal else _CONTROL.get(other, other)


def name_value(token: Token) -> str:
    """An identifier without its back-ticks."""
    return token.text[1:-1].replace("``", "`") if token.kind == "quoted" else token.text
