"""File patterns as the platform reads them: `?`, `*`, `[a-c]`, `[^a]`, `{one,two}`, one folder level at a time."""

from __future__ import annotations

import re
from functools import lru_cache

MAGIC = re.compile(r"[*?\[{]")


def has_pattern(text: str) -> bool:
    """Whether `text` is a pattern and not the name of one file or folder."""
    return MAGIC.search(text) is not None


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """A pattern for one name, to be used with `fullmatch`; a pattern that is not closed matches itself."""
    try:
        return re.compile("".join(_pieces(text)), re.DOTALL)
    except re.error:
        return re.compile(re.escape(text))


def _pieces(text: str) -> list[str]:
    pieces, at, depth = [], 0, 0
    while at < len(text):
        sign = text[at]
        end = text.find("]", at + 2) if sign == "[" else -1
        if sign == "\\" and at + 1 < len(text):
            pieces.append(re.escape(text[at + 1]))
            at += 1
        elif end > 0:
            inner = text[at + 1 : end].replace("\\", "\\\\")
            pieces.append(f"[{'^' + inner[1:] if inner[0] in '!^' else inner}]")
            at = end
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            pieces.append("(?:" if sign == "{" else ")")
        elif sign == "," and depth:
            pieces.append("|")
        else:
            pieces.append({"*": "[^/]*", "?": "[^/]"}.get(sign, re.escape(sign)))
        at += 1
    return pieces


def split_pattern(text: str) -> tuple[str, list[str]]:
    """The folder before the first pattern of a path, and the names behind it; braces may hold a `/`."""
    parts, depth, name = [], 0, ""
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "/" and depth <= 0:
            parts.append(name)
            name = ""
        else:
            name += sign
    parts.append(name)
    first = next((index for index, part in enumerate(parts) if has_pattern(part)), len(parts))
    return "/".join(parts[:first]) or "/", [part for part in parts[first:] if part]
