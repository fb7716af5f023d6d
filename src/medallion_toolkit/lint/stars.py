"""Stars of select lists, each with the relations whose columns it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medallion_toolkit.model import Relation
from medallion_toolkit.sql.relation_words import SET_OPERATORS
from medallion_toolkit.sql.tokens import Token

_ENDS = SET_OPERATORS | {"WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "QUALIFY"}
_BEFORE_ITEM = {"SELECT", "DISTINCT", "ALL", ","}


@dataclass(frozen=True)
class Star:
    """`*` or `alias.*`, and the tables and sources directly in its FROM that it takes columns of."""

    token: Token
    relations: tuple[Relation, ...]


def stars(tokens: Sequence[Token], relations: Sequence[Relation], base: int) -> Iterator[Star]:
    """The stars of a query's tokens; `base` is the offset of the query, from which relations count."""
    for at, token in enumerate(tokens):
        if token.key == "*" and (qualifier := _item(tokens, at)) is not None:
            yield Star(token, tuple(_read_by(tokens, at, relations, base, qualifier)))


def _item(tokens: Sequence[Token], at: int) -> str | None:
    """The star's qualifier in lower case, empty without one; None when the star is a product or count(*)."""
    first, qualifier = at, ""
    if at >= 2 and tokens[at - 1].key == ".":
        first, qualifier = at - 2, tokens[at - 2].text.strip("`").lower()
    before = tokens[first - 1].key if first else ""
    return qualifier if before in _BEFORE_ITEM and _is_in_list(tokens, first) else None


def _is_in_list(tokens: Sequence[Token], at: int) -> bool:
    """Whether the innermost open query, not an open function call, holds the token."""
    depth = 0
    for token in reversed(tokens[:at]):
        depth += (token.key == ")") - (token.key == "(")
        if depth < 0:
            return False
        if depth == 0 and token.key in ("SELECT", "FROM"):
            return token.key == "SELECT"
    return False


def _read_by(
    tokens: Sequence[Token], at: int, relations: Sequence[Relation], base: int, qualifier: str
) -> Iterator[Relation]:
    level, first, end = 0, None, len(tokens)
    opened: dict[int, int] = {}
    for index in range(at + 1, len(tokens)):
        level += (tokens[index].key == "(") - (tokens[index].key == ")")
        opened[tokens[index].start] = level
        if level < 0 or (level == 0 and first is not None and tokens[index].key in _ENDS):
            end = index
            break
        if level == 0 and tokens[index].key == "FROM":
            first = index
    if first is None:
        return
    for relation in relations:
        start = base + relation.span.start
        is_direct = tokens[first].start < start < tokens[end - 1].end and opened.get(start, 1) == 0
        if is_direct and qualifier in ("", _called(relation)):
            yield relation


def _called(relation: Relation) -> str:
    return (relation.alias or relation.name.rsplit(".", 1)[-1]).strip("`").lower()
