"""A reading position in the tokens of one statement, with errors that point at the token that does not fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from medallion_toolkit.errors import SqlError, nearest
from medallion_toolkit.model import Span
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.literals import name_value, string_value
from medallion_toolkit.sql.tokens import Token

_OPEN = {"(": 1, "[": 1, ")": -1, "]": -1}


class Cursor:
    """Walks over tokens[at:end]; `at` is the index of the token to read next."""

    def __init__(self, tokens: Sequence[Token], lines: Lines, at: int = 0, end: int | None = None) -> None:
        self.tokens = tokens
        self.lines = lines
        self.at = at
        self.end = len(tokens) if end is None else end

    def key(self, ahead: int = 0) -> str:
        """What grammar compares of a token: upper-case word or symbol; empty at the end and for literals."""
        index = self.at + ahead
        return self.tokens[index].key if index < self.end else ""

    def kind(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].kind if index < self.end else ""

    def is_done(self) -> bool:
        return self.at >= self.end

    def looks_at(self, *keys: str) -> bool:
        """Whether the next tokens are exactly `keys`."""
        if self.key() != keys[0]:
            return False
        return all(self.key(ahead) == key for ahead, key in enumerate(keys))

    def take(self, *keys: str) -> bool:
        """Step over `keys` if they come next."""
        if not self.looks_at(*keys):
            return False
        self.at += len(keys)
        return True

    def expect(self, *keys: str) -> None:
        """Step over `keys`; SqlError naming the first that is missing."""
        for key in keys:
            if not self.take(key):
                raise self.unexpected(key)

    def next(self) -> Token:
        """The next token; SqlError at the end of the statement."""
        if self.is_done():
            raise self.unexpected("more text")
        self.at += 1
        return self.tokens[self.at - 1]

    def name(self, what: str) -> tuple[str, Span]:
        """A possibly dotted name as written, and where it stands."""
        first = self.at
        self._name_part(what)
        while self.key() == "." and self.kind(1) in ("word", "quoted"):
            self.at += 1
            self._name_part(what)
        parts = self.tokens[first : self.at]
        return "".join(part.text for part in parts), self.span(first, self.at)

    def identifier(self, what: str) -> str:
        """A single name without its back-ticks."""
        self._name_part(what)
        return name_value(self.tokens[self.at - 1])

    def _name_part(self, what: str) -> None:
        if self.kind() not in ("word", "quoted"):
            raise self.unexpected(what)
        self.at += 1

    def string(self, what: str) -> str:
        """The value of the string literal that comes next."""
        if self.kind() != "string":
            raise self.unexpected(what)
        return string_value(self.next().text)

    def group(self, what: str = "(") -> tuple[int, int]:
        """Step over `( … )`; the range of tokens inside it."""
        if not self.take("("):
            raise self.unexpected(what)
        first = self.at
        depth = 1
        while self.at < self.end:
            key = self.tokens[self.at].key
            depth += (key == "(") - (key == ")")
            self.at += 1
            if depth == 0:
                return first, self.at - 1
        raise self.error("MED204", "a parenthesis is never closed", first - 1, expected=")")

    def until(self, stops: Collection[str]) -> tuple[int, int]:
        """Step over everything before the first of `stops` outside of parentheses."""
        first = self.at
        depth = 0
        while self.at < self.end:
            key = self.tokens[self.at].key
            if depth == 0 and key in stops:
                break
            depth += _OPEN.get(key, 0)
            self.at += 1
        return first, self.at

    def text(self, first: int, end: int) -> str:
        """Source text of the tokens [first, end), blanks and comments between them included."""
        if first >= end:
            return ""
        return self.lines.text[self.tokens[first].start : self.tokens[end - 1].end]

    def span(self, first: int, end: int, base: int = 0) -> Span:
        """Source range of the tokens [first, end), not empty, counted from offset `base`."""
        return self.lines.span(self.tokens[first].start, self.tokens[end - 1].end, base)

    def inside(self, first: int, end: int) -> Cursor:
        """A cursor over the tokens [first, end) only."""
        return Cursor(self.tokens, self.lines, first, end)

    def unexpected(self, expected: str, known: Collection[str] = (), code: str = "MED204") -> SqlError:
        """The error for the token that comes next, which is not what `expected` says."""
        if self.at >= len(self.tokens):
            return self.error(code, "the statement ends too early", self.at, "the end", expected)
        token = self.tokens[self.at]
        close = nearest(token.key, known) if token.key else None
        found = token.text.splitlines()[0][:40]
        help_text = f"did you mean {close}?" if close and close != token.key else None
        return self.error(code, f"{found} does not fit here", self.at, found, expected, help_text)

    def error(
        self,
        code: str,
        message: str,
        at: int,
        found: str | None = None,
        expected: str | None = None,
        help_text: str | None = None,
    ) -> SqlError:
        """An SqlError whose place is the token at index `at`."""
        token = self.tokens[min(at, len(self.tokens) - 1)]
        place = self.lines.place(token.start, token.end)
        return SqlError(code, message, place=place, found=found, expected=expected, help=help_text)
