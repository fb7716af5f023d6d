"""What an own rule must be before a contract may use it: a free name, examples of both kinds, SQL that is allowed."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import MedallionContractError, Position
from .examples import questions, row_of
from .kinds import Row, RowRuleKind, RuleKind, RuleRefused
from .own_modules import Declared
from .sql_rule import check_sql


def checked_kinds(declared: Sequence[Declared]) -> tuple[Declared, ...]:
    """The same kinds; one without examples, of a name that is taken, or with SQL that may raise is an error."""
    seen: dict[str, Position] = {}
    for one in declared:
        if isinstance(one.value, RuleKind | RowRuleKind):
            _refuse_taken(one.value, one.position, seen)
            _refuse_missing_examples(one.value, one.position)
            _refuse_sql(one.value, one.position)
            seen[one.value.name] = one.position
    return tuple(declared)


def _refuse_taken(kind: RuleKind | RowRuleKind, position: Position, seen: dict[str, Position]) -> None:
    from .library import LIBRARY_NAMES

    if kind.name in seen or kind.name in LIBRARY_NAMES:
        raise MedallionContractError(
            "MED392",
            f"there is a rule {kind.name} already",
            position,
            found=kind.name,
            expected=f"another name than the rule of {seen.get(kind.name, 'the library')}",
            help=f"medallion rules {kind.name} shows the one that is there",
        )


def _refuse_missing_examples(kind: RuleKind | RowRuleKind, position: Position) -> None:
    holds = {example.holds for example in kind.examples}
    if holds != {True, False}:
        missing = (
            "one that holds and one that fails" if not holds else f"one that {'fails' if True in holds else 'holds'}"
        )
        raise MedallionContractError(
            "MED393",
            f"rule {kind.name} has too few examples",
            position,
            found=f"{len(kind.examples)} examples",
            expected=missing,
            help="examples are the tests of a rule: medallion rules --check",
        )


def _refuse_sql(kind: RuleKind | RowRuleKind, position: Position) -> None:
    try:
        for question in questions(kind):
            columns: Row = row_of(dict(question.types))
            check_sql(question.sql, {name: one.type for name, one in columns.columns.items()}, f"rule {kind.name}")
    except RuleRefused as refused:
        raise MedallionContractError(
            "MED394", refused.message, position, found=refused.found, expected=refused.expected, help=refused.help
        ) from None
    except MedallionContractError:
        raise
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
        raise MedallionContractError(
            "MED394", f"rule {kind.name} gives no SQL for its examples", position, found=found
        ) from error
