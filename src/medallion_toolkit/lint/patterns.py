"""Where a regular expression in an SQL literal ends with `$`, by position in the literal's source."""

from __future__ import annotations

from collections.abc import Iterator


def loose_ends(literal: str) -> tuple[int, ...]:
    r"""Offsets of every `$` that is an anchor in the pattern of an SQL string literal, none in multi-line patterns.

    >>> loose_ends("'^a$'"), loose_ends(r"'a\\$'"), loose_ends("'[$]'"), loose_ends("'(?m)a$'")
    ((3,), (), (), ())
    """
    if literal.startswith("$") or "(?m" in literal:
        return ()
    found = []
    escaped = in_class = False
    for sign, offset in _signs(literal):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "$":
            found.append(offset)
    return tuple(found)


def end_of_text(literal: str) -> str:
    r"""How `\z` is written in this kind of literal: raw ones keep a backslash, others double it."""
    return "\\z" if literal[0] in "rR" else "\\\\z"


def _signs(literal: str) -> Iterator[tuple[str, int]]:
    """Characters of the literal's value with their offset in its source."""
    is_raw = literal[0] in "rR"
    at, end = literal.index(literal[-1]) + 1, len(literal) - 1
    while at < end:
        if literal[at] == "\\" and not is_raw and at + 1 < end:
            yield literal[at + 1], at
            at += 2
        else:
            yield literal[at], at
            at += 1
