"""Columns of a `schema=` text such as `id BIGINT NOT NULL COMMENT 'key', name STRING MASK m`."""

from __future__ import annotations

import re

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.model import Column

_TOKEN = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`]|``)*`|[\w.$]+|\s+|.", re.DOTALL)
_OPEN = {"(": 1, "<": 1, "[": 1, ")": -1, ">": -1, "]": -1}
_TYPE_ENDS = {"NOT", "NULL", "COMMENT", "MASK", "GENERATED", "DEFAULT", "CONSTRAINT", "PRIMARY", "REFERENCES"}
_TABLE_CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK"}


def read_schema_text(text: str, place: Place) -> tuple[Column, ...]:
    """The columns in order; table constraints in the text are left out."""
    items = [item for item in split_items(text) if item]
    return tuple(_column(item, place) for item in items if item[0].upper() not in _TABLE_CONSTRAINTS)


def split_items(text: str, *, keep_spaces: bool = False) -> list[list[str]]:
    """Tokens between the commas that stand outside of brackets."""
    items: list[list[str]] = [[]]
    depth = 0
    for token in _TOKEN.findall(text):
        depth += _OPEN.get(token, 0)
        if token == "," and depth == 0:
            items.append([])
        elif keep_spaces or depth or not token.isspace():
            items[-1].append(token)
    return items


def _column(tokens: list[str], place: Place) -> Column:
    name, rest = tokens[0].strip("`").replace("``", "`"), tokens[1:]
    if rest[:1] == [":"]:
        rest = rest[1:]
    end = next((i for i, token in enumerate(rest) if token.upper() in _TYPE_ENDS), len(rest))
    if not rest[:end]:
        raise PipelineError("MED253", f"Column {name} of the schema has no type.", place=place, found=name)
    clauses = [token.upper() for token in rest[end:]]
    return Column(
        name=name,
        type="".join(rest[:end]).strip(),
        comment=_quoted_after(rest[end:], clauses, "COMMENT"),
        not_null="NOT" in clauses,
        mask=_text_after(rest[end:], clauses, "MASK"),
        generated=_text_after(rest[end:], clauses, "GENERATED"),
    )


def _quoted_after(tokens: list[str], clauses: list[str], word: str) -> str | None:
    if word not in clauses[:-1]:
        return None
    quoted = tokens[clauses.index(word) + 1]
    return re.sub(r"\\(.)", r"\1", quoted[1:-1].replace("''", "'"))


def _text_after(tokens: list[str], clauses: list[str], word: str) -> str | None:
    if word not in clauses[:-1]:
        return None
    start = clauses.index(word) + 1
    stop = next((i for i in range(start, len(tokens)) if clauses[i] in _TYPE_ENDS), len(tokens))
    return " ".join(tokens[start:stop])
