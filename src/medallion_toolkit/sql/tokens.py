"""Tokens of Databricks SQL with exact offsets; comments and blanks are left out.

`${name}`, `{{name}}` and `{name}` are letters of a word, since text may replace any part of a name.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

TokenKind = Literal["word", "quoted", "string", "number", "symbol", "broken"]


class Token(NamedTuple):
    """A piece of SQL: `key` is what grammar compares: the word in upper case, the symbol, else empty."""

    kind: TokenKind
    text: str
    start: int
    end: int
    key: str


_HOLE = r"\$\{[^{}\n]*\}|\{\{[^{}]*\}\}|\{\w+\}"
_TOKEN = re.compile(
    rf"""
      (?P<blank>(?:[\s\ufeff]+|--(?:\\\n|[^\r\n])*)+)
    | (?P<comment>/\*)
    | (?P<string>[rR](?:'[^']*'|"[^"]*")|[xX]?(?:'(?:[^'\\]|\\.|'')*+'|"(?:[^"\\]|\\.|"")*+")
                 |\$(?P<tag>[A-Za-z]*)\$.*?\$(?P=tag)\$)
    | (?P<quoted>`(?:[^`]|``)*+`)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:BD|bd|[LlSsYyDdFf])?(?!\w))
    | (?P<word>(?:\w+|{_HOLE}|\$\w+)+)
    | (?P<symbol><=>|=>|->|::|\|>|\|\||<=|>=|<>|!=|==|[^'"`])
    | (?P<broken>['"`])
    """,
    re.VERBOSE | re.DOTALL,
)
_LITERAL_KINDS: dict[str | None, TokenKind] = {
    "string": "string",
    "quoted": "quoted",
    "number": "number",
    "broken": "broken",
}
_LINE_COMMENT = re.compile(r"--(?:\\\n|[^\r\n])*")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# Where a quote that was forgotten must end at the latest: a new statement or notebook cell.
_NEXT_STATEMENT = re.compile(
    r";[ \t]*(?:--[^\n]*)?\r?\n|\n(?=[ \t]*(?:CREATE|APPLY)[ \t]+(?:OR|LIVE|STREAMING|MATERIALIZED|FLOW|TEMP|CHANGES))",
    re.IGNORECASE,
)


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """All tokens of text[start:end]. A quote or comment that is never closed gives one token `broken`."""
    stop = len(text) if end is None else end
    tokens = _scan(text, start, stop, False)
    if any(token.kind == "broken" for token in tokens):
        return _scan(text, start, stop, True)
    return tokens


def comment_end(text: str, start: int, end: int) -> int | None:
    """Offset behind the block comment that begins at `start`; None when it (or one inside it) is not closed."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start, end):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return None


def comment_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the comments of `text` are; one that is never closed is none."""
    spans: list[tuple[int, int]] = []
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        if found.lastgroup == "blank":
            spans += [line.span() for line in _LINE_COMMENT.finditer(text, found.start(), at)]
        elif found.lastgroup == "comment":
            end = comment_end(text, found.start(), len(text))
            spans += [(found.start(), end)] if end is not None else []
            at = end or at
    return tuple(spans)


def _scan(text: str, start: int, end: int, distrust_quotes: bool) -> list[Token]:
    tokens: list[Token] = []
    match = _TOKEN.match
    at = start
    while at < end and (found := match(text, at, end)):
        kind = found.lastgroup
        if kind == "blank":
            at = found.end()
        elif kind == "comment":
            at = _skip_comment(text, at, end, tokens)
        else:
            token = _token(kind, found.group(), at)
            if distrust_quotes and token.kind in ("string", "quoted", "broken"):
                token = _cut(token, text, end)
            tokens.append(token)
            at = token.end
    return tokens


def _token(kind: str | None, text: str, at: int) -> Token:
    end = at + len(text)
    if kind == "word":
        return Token("word", text, at, end, text.upper())
    if kind == "symbol":
        return Token("symbol", text, at, end, text)
    return Token(_LITERAL_KINDS[kind], text, at, end, "")


def _skip_comment(text: str, at: int, end: int, tokens: list[Token]) -> int:
    behind = comment_end(text, at, end)
    if behind is not None:
        return behind
    tokens.append(Token("broken", "/*", at, at + 2, ""))
    first = text.find("*/", at, end)
    if first >= 0:
        return first + 2
    boundary = _NEXT_STATEMENT.search(text, at, end)
    return boundary.start() if boundary else end


def _cut(token: Token, text: str, end: int) -> Token:
    """A quote that runs into the next statement ends before it: the statements behind stay readable."""
    if token.text.startswith("$"):
        return token
    boundary = _NEXT_STATEMENT.search(text, token.start, end if token.kind == "broken" else token.end)
    if boundary is None and token.kind != "broken":
        return token
    quoted = text[token.start : boundary.start() if boundary else end].rstrip()
    return Token("broken", quoted, token.start, token.start + len(quoted), "")
