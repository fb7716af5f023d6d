"""What is known of a form of text: how to know it, which types refuse it, and the SQL that changes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from medallion_toolkit.engine.files.rescue import literal

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
    `normalize` is the entry of a column's `normalize` that does the same. `is_guarded` where the SQL would change
    values of other forms too: it is then asked of values of this form alone.
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
    is_guarded: bool = False

    def fits(self, value: str) -> bool:
        """Whether the value has this form."""
        return bool(self._compiled.fullmatch(value if self.with_blanks else value.strip()))

    def sql(self, text: str, seen: Sequence[str]) -> str | None:
        """SQL that changes values of this form and leaves all others as they came; None where no SQL can."""
        if self.write is None:
            return None
        written = self.write(text, seen)
        if not self.is_guarded:
            return written
        form = literal(rf"(?iU)\A(?:{self.expression})\z")
        return f"CASE WHEN trim({text}) RLIKE {form} THEN {written} ELSE {text} END"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.DOTALL | re.IGNORECASE)


def template(sql: str) -> Write:
    """SQL with the text in the place of `{x}`.

    >>> template("replace({x}, ',', '.')")("amount", ())
    "replace(amount, ',', '.')"
    """
    return lambda text, _: sql.replace("{x}", text)
