"""What is known of a form of text: how to know it, which types refuse it, and the SQL that changes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

WHOLE_NUMBERS = ("integer",)
NUMBERS = ("integer", "decimal", "float")
DATES = ("date", "timestamp")
BOOLEANS = ("boolean",)
EVERY_TYPE = ("string", "boolean", *NUMBERS, *DATES, "binary", "nested")

Write = Callable[[str, Sequence[str]], str]


@dataclass(frozen=True)
class ValueForm:
    """One form of text; `families` are those of the column types that refuse it.

    `expression` matches a whole value, without the blanks around it unless `with_blanks`. `write` makes the SQL that
    changes it, out of the SQL for the text and the values seen; None where no SQL can, then `advice` says what can.
    `normalize` is the entry of a column's `normalize` that does the same.
    """

    code: str
    title: str
    families: tuple[str, ...]
    expression: str
    samples: tuple[str, ...]
    write: Write | None = None
    normalize: str | None = None
    advice: str | None = None
    with_blanks: bool = False

    def fits(self, value: str) -> bool:
        """Whether the value has this form."""
        return bool(self._compiled.fullmatch(value if self.with_blanks else value.strip()))

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.DOTALL | re.IGNORECASE)


def template(sql: str) -> Write:
    """SQL with the text in the place of `{x}`.

    >>> template("replace({x}, ',', '.')")("amount", ())
    "replace(amount, ',', '.')"
    """
    return lambda text, _: sql.replace("{x}", text)
