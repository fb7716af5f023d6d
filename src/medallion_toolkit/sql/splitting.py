"""Statements of an SQL file: cut at `;`, at notebook cells and where a `;` was forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medallion_toolkit.sql.tokens import Token, tokenize

_CELL = re.compile(r"^[ \t]*-- COMMAND -+[ \t]*\r?$", re.MULTILINE)
_BLOCK_OPENERS = {"BEGIN", "CASE"}
_LOOP_OPENERS = {"IF", "WHILE", "FOR", "REPEAT", "LOOP"}
_BLOCK_STARTS = {"BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", ";"}
_CREATED = {"OR", "STREAMING", "MATERIALIZED", "LIVE", "INCREMENTAL", "TEMPORARY", "TEMP", "PRIVATE", "FLOW", "VIEW",
            "TABLE"}  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """One statement's tokens. `next_unseparated` is the offset of a statement that follows without `;`."""

    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    next_unseparated: int | None = None


def split_statements(text: str) -> tuple[Chunk, ...]:
    """The statements of `text` in order, without separators and surrounding comments."""
    chunks: list[Chunk] = []
    for start, end in _cells(text):
        for group in _at_semicolons(tokenize(text, start, end)):
            chunks += _at_forgotten_semicolons(text, group)
    return tuple(chunks)


def _cells(text: str) -> list[tuple[int, int]]:
    marks = list(_CELL.finditer(text))
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    return list(zip(starts, ends, strict=True))


def _at_semicolons(tokens: list[Token]) -> list[list[Token]]:
    groups: list[list[Token]] = [[]]
    depth = 0
    for index, token in enumerate(tokens):
        if token.key == ";" and depth == 0:
            groups.append([])
            continue
        groups[-1].append(token)
        if groups[-1][0].key == "BEGIN":
            depth = max(depth + _block_step(tokens, index), 0)
    return [group for group in groups if group]


def _block_step(tokens: list[Token], index: int) -> int:
    """How a token changes the nesting of BEGIN … END blocks."""
    key = tokens[index].key
    before = tokens[index - 1].key if index else ";"
    if key == "END":
        return -1
    if before == "END":
        return 0
    starts_loop = key in _LOOP_OPENERS and before in _BLOCK_STARTS | {":"}
    return int(key in _BLOCK_OPENERS or starts_loop)


def _at_forgotten_semicolons(text: str, tokens: list[Token]) -> list[Chunk]:
    cuts = [0]
    if tokens[0].key not in ("BEGIN", "EXPLAIN"):
        cuts += [index for index in range(1, len(tokens)) if _begins_statement(text, tokens, index)]
    chunks = []
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        part = tuple(tokens[cut:following])
        start, end = part[0].start, part[-1].end
        behind = tokens[following].start if following is not None else None
        chunks.append(Chunk(text[start:end], start, end, part, behind))
    return chunks


def _begins_statement(text: str, tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if token.key not in ("CREATE", "APPLY") or index + 1 == len(tokens):
        return False
    following, before = tokens[index + 1].key, tokens[index - 1]
    begins = following in _CREATED if token.key == "CREATE" else following == "CHANGES" and before.key != "AS"
    return begins and "\n" in text[before.end : token.start]
