"""Conditions whose text alone shows that they are never NULL."""

from __future__ import annotations

from collections.abc import Sequence

from medallion_toolkit.sql.tokens import Token, tokenize

_TRUTH = {"TRUE", "FALSE"}
# In these an AND may belong to something other than the condition itself.
_UNCLEAR = {"BETWEEN", "CASE"}


def is_decided(condition: str) -> bool:
    """Whether every row makes the condition true or false, as far as its outermost form tells; False when unsure.

    >>> is_decided("a IS NULL OR coalesce(a > 0, false)"), is_decided("a > 0")
    (True, False)
    """
    return _is_decided(tokenize(condition))


def _is_decided(tokens: Sequence[Token]) -> bool:
    if not tokens or any(token.key in _UNCLEAR for token in _outermost(tokens)):
        return False
    terms = _terms(tokens)
    if len(terms) > 1:
        return all(_is_decided(term) for term in terms)
    if tokens[0].key == "NOT":
        return _is_decided(tokens[1:])
    if tokens[0].key == "(" and _closing(tokens, 0) == len(tokens) - 1:
        return _is_decided(tokens[1:-1])
    return _is_test(tokens) or _is_coalesced(tokens)


def _terms(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Parts between the outermost AND and OR."""
    found, start, depth = [], 0, 0
    for at, token in enumerate(tokens):
        depth += (token.key in ("(", "[")) - (token.key in (")", "]"))
        if depth == 0 and token.key in ("AND", "OR"):
            found.append(tokens[start:at])
            start = at + 1
    return [*found, tokens[start:]]


def _outermost(tokens: Sequence[Token]) -> list[Token]:
    found, depth = [], 0
    for token in tokens:
        depth += (token.key in ("(", "[")) - (token.key in (")", "]"))
        if depth == 0:
            found.append(token)
    return found


def _is_test(tokens: Sequence[Token]) -> bool:
    """`… IS [NOT] NULL`, `… IS [NOT] TRUE`."""
    words = [token.key for token in tokens[-3:]]
    return words[-1] in _TRUTH | {"NULL"} and (words[-2:-1] == ["IS"] or words[:2] == ["IS", "NOT"])


def _is_coalesced(tokens: Sequence[Token]) -> bool:
    """`coalesce(…, true)` or `coalesce(…, false)`."""
    is_call = len(tokens) > 4 and tokens[0].key == "COALESCE" and tokens[1].key == "("
    return is_call and _closing(tokens, 1) == len(tokens) - 1 and tokens[-2].key in _TRUTH and tokens[-3].key == ","


def _closing(tokens: Sequence[Token], opened: int) -> int:
    depth = 0
    for at in range(opened, len(tokens)):
        depth += (tokens[at].key == "(") - (tokens[at].key == ")")
        if depth == 0:
            return at
    return -1
