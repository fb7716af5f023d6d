"""`_metadata` of a file source: there when it is named, and never part of `*`.

A source is bound as a view, and a view cannot have hidden columns. So the column is added only where the query
names it, and every `*` of that SELECT leaves it out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.model import Relation, Span
from medallion_toolkit.sql.relation_words import QUERY_STARTS, SET_OPERATORS
from medallion_toolkit.sql.tokens import Token, tokenize

Edit = tuple[Span, str]
_BEFORE_STAR = ("SELECT", "DISTINCT", "ALL", ",", ".", "(")


@dataclass(frozen=True)
class MetadataUse:
    """Positions of the relations whose `_metadata` the query names, and what changes in its text for it."""

    exposed: frozenset[int] = frozenset()
    edits: tuple[Edit, ...] = ()


@dataclass
class _Select:
    """One SELECT: its relations, and the tokens that name `_metadata` or are a `*`, by index."""

    parent: _Select | None
    relations: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    stars: list[int] = field(default_factory=list)


def metadata_use(text: str, relations: Sequence[Relation]) -> MetadataUse:
    """Where `text` names the metadata of its file sources; positions count in `relations`."""
    files = {relation.span.start: index for index, relation in enumerate(relations) if relation.kind == "files"}
    if not files or "_metadata" not in text.lower():
        return MetadataUse()
    tokens = tokenize(text)
    inside = [relation.span for relation in relations if relation.kind == "files"]
    selects = _selects(tokens, files, inside)
    exposed: set[int] = set()
    edits: list[Edit] = []
    for select in selects:
        for index in select.names:
            owner = _owner(select)
            if owner is not None:
                exposed |= _named(tokens, index, relations, owner.relations)
                edits.append((_span(tokens[index]), _renamed(tokens, index)))
    for select in selects:
        mine = [index for index in select.relations if index in exposed]
        for star in select.stars:
            edits += _starred(tokens, star, [relations[index] for index in mine])
    return MetadataUse(frozenset(exposed), tuple(edits))


def _selects(tokens: Sequence[Token], files: dict[int, int], inside: Sequence[Span]) -> list[_Select]:
    """Every SELECT with what stands in it directly; the arguments of a source are no part of the query."""
    current = _Select(None)
    found, stack = [current], [current]
    for index, token in enumerate(tokens):
        if token.start in files:
            current.relations.append(files[token.start])
        if any(span.start <= token.start < span.end for span in inside):
            continue
        if token.key == "(":
            stack.append(current)
            if index + 1 < len(tokens) and tokens[index + 1].key in QUERY_STARTS:
                current = _Select(current)
                found.append(current)
        elif token.key == ")":
            current = stack.pop()
        elif token.key in SET_OPERATORS and tokens[index - 1].key != "*":
            current = _Select(current.parent)
            found.append(current)
        elif token.key == "_METADATA" or token.text.lower() == "`_metadata`":
            current.names.append(index)
        elif token.key == "*" and _is_star(tokens, index):
            current.stars.append(index)
    return found


def _is_star(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1].key if index else ""
    return before in _BEFORE_STAR and not (before == "(" and index > 1 and tokens[index - 2].key == "COUNT")


def _owner(select: _Select | None) -> _Select | None:
    """The nearest SELECT around that reads files."""
    while select is not None and not select.relations:
        select = select.parent
    return select


def _named(tokens: Sequence[Token], index: int, relations: Sequence[Relation], near: Sequence[int]) -> set[int]:
    """The relations that `_metadata` or `alias._metadata` may mean."""
    if index < 2 or tokens[index - 1].key != ".":
        return set(near)
    alias = tokens[index - 2].text.strip("`").lower()
    return {position for position in near if (relations[position].alias or "").lower() == alias}


def _renamed(tokens: Sequence[Token], index: int) -> str:
    """The name of the bound column; as an output column of its own it keeps the name readers know."""
    before = tokens[index - 1].key if index else ""
    behind = tokens[index + 1].key if index + 1 < len(tokens) else ""
    is_output = before in ("SELECT", "DISTINCT", "ALL", ",") and behind in (",", "FROM")
    return f"{METADATA} AS `_metadata`" if is_output else METADATA


def _starred(tokens: Sequence[Token], index: int, exposed: Sequence[Relation]) -> list[Edit]:
    """The edit that leaves the metadata of the exposed relations out of a `*`."""
    if index > 1 and tokens[index - 1].key == ".":
        alias = tokens[index - 2].text.strip("`").lower()
        exposed = [relation for relation in exposed if (relation.alias or "").lower() == alias]
    names = ", ".join(f"`{each.alias}`.{METADATA}" if each.alias else METADATA for each in exposed)
    if not names:
        return []
    if index + 2 < len(tokens) and tokens[index + 1].key == "EXCEPT" and tokens[index + 2].key == "(":
        bracket = tokens[index + 2]
        return [(_span(bracket), f"({names}, ")]
    return [(_span(tokens[index]), f"* EXCEPT ({names})")]


def _span(token: Token) -> Span:
    return Span(token.start, token.end, 0, 0)
