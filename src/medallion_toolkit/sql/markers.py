"""Values for the parameter markers `:name` of job SQL, put in as string literals.

Spark's own `args` cannot be used: with Delta's parser in front, Spark 4.2 leaves markers unbound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from medallion_toolkit.errors import Place, SqlError, nearest
from medallion_toolkit.model import Relation, Span
from medallion_toolkit.sql.literals import string_value
from medallion_toolkit.sql.rewriting import rewrite
from medallion_toolkit.sql.tokens import Token, tokenize


def fill_markers(text: str, values: Mapping[str, str], place: Place) -> str:
    """`text` with each `:name` replaced; a name without a value is an SqlError. `a:b` paths are left alone."""
    tokens = tokenize(text)
    found = [
        (Span(colon.start, name.end, 0, 0), _literal(name.text, values, place))
        for before, colon, name in zip([None, *tokens], tokens, tokens[1:], strict=False)
        if colon.key == ":" and name.kind == "word" and name.start == colon.end and not _touches(before, colon)
    ]
    return rewrite(text, found)


def _touches(before: Token | None, colon: Token) -> bool:
    return before is not None and before.end == colon.start and (before.kind != "symbol" or before.text in ")]")


def marker_value(name: str, values: Mapping[str, str], place: Place) -> str:
    """The value of `:name`; SqlError with the nearest known name when there is none."""
    if name not in values:
        close = nearest(name, values)
        raise SqlError(
            "MED222",
            f"nothing gives the parameter {name}",
            place=place,
            expected=", ".join(f":{known}" for known in values) or "no parameters",
            help=f"did you mean :{close}?" if close else None,
        )
    return values[name]


def _literal(name: str, values: Mapping[str, str], place: Place) -> str:
    escaped = marker_value(name, values, place).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def named_relation(relation: Relation, values: Mapping[str, str], place: Place) -> Relation:
    """IDENTIFIER(:x), also with `||` and with parts behind it, as the table it names; any other relation as it is."""
    if relation.name != "IDENTIFIER" or relation.kind != "function":
        return relation
    name = identifier_text(relation.arguments["text"], values, place)
    return relation if name is None else replace(relation, name=name, kind="table", arguments={})


def identifier_text(text: str, values: Mapping[str, str], place: Place) -> str | None:
    """The name that `IDENTIFIER(…)` with parts behind it stands for; None when the expression is not plain text."""
    tokens = tokenize(text)
    close = max((index for index, token in enumerate(tokens) if token.key == ")"), default=-1)
    if len(tokens) < 4 or tokens[0].key != "IDENTIFIER" or close < 2:
        return None
    parts: list[str] = []
    index = 2
    while index < close:
        token = tokens[index]
        if token.kind == "string":
            parts.append(string_value(token.text))
        elif token.key == ":" and index + 1 < close:
            index += 1
            parts.append(marker_value(tokens[index].text, values, place))
        elif token.key != "||":
            return None
        index += 1
    return "".join(parts) + text[tokens[close].end :].strip()
