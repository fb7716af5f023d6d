"""Names and values as SQL text, and SQL text as words.

>>> identifier("order_id"), identifier("order id"), literal("it's"), literal(Decimal("0.10"))
('order_id', '`order id`', "'it\\\\'s'", '0.10')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for lists that are easier to read as one.

    >>> sorted(word_set("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Words the grammar may take for something else when they stand where a column is meant.
_RESERVED = word_set(
    "all and anti any as array between both by case cast check collate column constraint create cross cube current "
    "current_date current_time current_timestamp current_user date day distinct else end escape except exists false "
    "fetch filter for foreign from full function grant group grouping having hour in inner intersect interval into is "
    "join lateral leading left like limit map minus minute month named_struct natural not null of offset on only or "
    "order outer overlaps primary qualify references right rlike second select semi session_user set some struct "
    "table then time timestamp to trailing true union unique unknown user using values when where window with within "
    "year"
)

Kind = Literal["word", "quoted", "text", "number", "sign"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      |(?P<text>[rR]?'(?:\\.|[^'\\])*'|[rR]?"(?:\\.|[^"\\])*")
      |(?P<quoted>`(?:``|[^`])+`)
      |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[A-Za-z]*)
      |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
      |(?P<sign><=>|<>|!=|<=|>=|==|\|\||::|->|=>|[-+*/%<>=!~^&|(),.;:\[\]{}$?@\#])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Word:
    """A token: a bare word, a back-quoted name, text, a number or a sign."""

    kind: Kind
    text: str

    @property
    def lower(self) -> str:
        """The name in lower case, without back quotes."""
        return self.text.strip("`").lower() if self.kind == "quoted" else self.text.lower()

    @property
    def is_name(self) -> bool:
        """Whether this may name a column."""
        return self.kind in ("word", "quoted")


class UnreadableSql(ValueError):
    """SQL text with a character that begins no word; the message shows the rest."""


def identifier(name: str) -> str:
    """The name as SQL writes it: back-quoted only where it has to be."""
    if _PLAIN.match(name) and name.lower() not in _RESERVED:
        return name
    return "`" + name.replace("`", "``") + "`"


def literal(value: str | int | Decimal | bool) -> str:
    """The value as a SQL literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def split_words(sql: str) -> tuple[Word, ...]:
    """The words of `sql` without blanks and comments.

    >>> [word.text for word in split_words("a >= 1 -- at least one")]
    ['a', '>=', '1']
    """
    words, position = [], 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        if match is None:
            raise UnreadableSql(sql[position : position + 20])
        if match.lastgroup != "space":
            words.append(Word(_kind(str(match.lastgroup)), match.group()))
        position = match.end()
    return tuple(words)


def on_one_line(sql: str) -> str:
    """The same SQL without comments and line breaks outside of text.

    >>> on_one_line("a > 1 -- one\\n  AND b")
    'a > 1 AND b'
    """
    parts: list[str] = []
    for match in _TOKEN.finditer(sql):
        part = " " if match.lastgroup == "space" else match.group()
        if match.lastgroup == "text" and part[0] not in "rR":
            part = part.replace("\n", "\\n")
        if part != " " or parts[-1:] != [" "]:
            parts.append(part)
    return "".join(parts).strip()


def _kind(group: str) -> Kind:
    kinds: dict[str, Kind] = {"word": "word", "quoted": "quoted", "text": "text", "number": "number", "sign": "sign"}
    return kinds[group]
