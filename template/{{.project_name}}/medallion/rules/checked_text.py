"""SQL of a contract, checked and made total at its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from ..errors import MedallionContractError, Position
from ..sql.column_types import ColumnType
from ..sql.words import on_one_line
from ..yaml_files.positions import Entry, ScalarNode
from .kinds import ColumnUnknown, RuleRefused
from .sql_rule import check_sql, total


def checked_sql(entry: Entry | None, known: Mapping[str, ColumnType]) -> str | None:
    """The condition under a key, total and on one line; None when the key is absent."""
    if entry is None:
        return None
    return checked_text(cast(ScalarNode, entry.value).text, known, entry.key, entry.value.position)


def checked_text(text: str, known: Mapping[str, ColumnType], what: str, position: Position) -> str:
    """The condition, total and on one line; what may not stand in a rule is an error at its place."""
    checked_columns(text, known, what, position)
    return total(on_one_line(text))


def checked_columns(text: str, known: Mapping[str, ColumnType], what: str, position: Position) -> tuple[str, ...]:
    """The columns a piece of SQL reads; what may not stand in a rule is an error at its place."""
    with placed("MED309", position):
        return check_sql(text, known, what)


def _placed(code: str, refused: RuleRefused, position: Position) -> MedallionContractError:
    return MedallionContractError(
        code, refused.message, position, found=refused.found, expected=refused.expected, help=refused.help
    )


@contextmanager
def placed(code: str, position: Position) -> Iterator[None]:
    """What a rule refuses becomes an error at this place; a column that is not there has a code of its own."""
    try:
        yield
    except RuleRefused as refused:
        raise _placed("MED310" if isinstance(refused, ColumnUnknown) else code, refused, position) from None
