"""What is wrong with a contract, where, and what to do about it.

>>> error = MedallionContractError("MED303", "unknown key", Position("contracts/silver/orders.yml", 3, 1), found="keyz")
>>> print(error)
MED303 unknown key   contracts/silver/orders.yml:3:1   found keyz
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    """A spot in a contract file; `line` and `column` count from 1, 0 means the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.path, *(str(number) for number in (self.line, self.column) if number)]
        return ":".join(parts)


class MedallionContractError(Exception):
    """A contract that cannot be used. `code` is stable; every other part is plain text or None."""

    def __init__(
        self,
        code: str,
        message: str,
        position: Position,
        *,
        found: str | None = None,
        expected: str | None = None,
        help: str | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.path = position.path
        self.line = position.line
        self.column = position.column
        self.found = found
        self.expected = expected
        self.help = help
        super().__init__(self._text(position))

    def _text(self, position: Position) -> str:
        parts = [f"{self.code} {self.message}", str(position)]
        parts += [f"found {self.found}"] if self.found else []
        parts += [f"expected {self.expected}"] if self.expected else []
        parts += [f"help: {self.help}"] if self.help else []
        return "   ".join(parts)


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when nothing is close.

    >>> nearest_name("keyz", ["keys", "columns"])
    'keys'
    """
    matches = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The sentence that offers the nearest name, or None.

    >>> did_you_mean("emial", ["email", "length"])
    'did you mean email?'
    """
    match = nearest_name(name, known)
    return f"did you mean {match}?" if match else None
