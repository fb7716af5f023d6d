"""Why rows are refused and what to do: the form their values have, and the place where that is put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from medallion_toolkit.deployment.refused.dates import WRITTEN
from medallion_toolkit.deployment.refused.expressions import OutputExpression, expression_of
from medallion_toolkit.deployment.refused.library import Recognised, recognise
from medallion_toolkit.deployment.refused.words import TextWords
from medallion_toolkit.engine.files.rescue import literal
from medallion_toolkit.errors import Place
from medallion_toolkit.python.helper_contract import Column, Contract, Rule

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

UNKNOWN_FORM = "MED890"


@dataclass(frozen=True)
class Mending:
    """A cause, and what is written where: `place` is `file:line`, `write` the SQL or advice, `instead` another way."""

    code: str
    cause: str
    place: str | None
    write: str | None = None
    instead: str | None = None
    retry: str = "does not help"


class _Placeholders(Protocol):
    PLACEHOLDERS: tuple[str, ...]


class _YesAndNo(Protocol):
    YES_WORDS: tuple[str, ...]
    NO_WORDS: tuple[str, ...]


def text_words(project: Project) -> TextWords:
    """The words of the project's own helper package."""
    package = project.contracts.package
    if package is None:
        return TextWords((), (), ())
    parts = cast(_Placeholders, import_module(f"{package.__name__}.rules.text_parts"))
    technical = cast(_YesAndNo, import_module(f"{package.__name__}.rules.technical"))
    return TextWords(parts.PLACEHOLDERS, technical.YES_WORDS, technical.NO_WORDS)


def mending_of(project: Project, contract: Contract, rule: Rule, message: str, values: Mapping[str, int]) -> Mending:
    """Cause and fix for the rows that fail a rule; `values` are those seen, with how often each came."""
    column = next((one for one in contract.columns if [one.name] == list(rule.columns)), None)
    if column is not None:
        family = column.type.family if rule.kind == "typed" else "string"
        found = recognise(values, family, text_words(project))
        if found is not None:
            return _known_form(found, contract, column, expression_of(project, contract, column.name), tuple(values))
    return _as_the_rule_says(project, contract, rule, column, message)


def _known_form(
    found: Recognised, contract: Contract, column: Column, made: OutputExpression | None, values: tuple[str, ...]
) -> Mending:
    form = found.form
    seen = tuple(value for value in values if form.fits(value))
    cause = form.title if found.fitting == found.looked_at else f"{form.title} in {_of(found)}"
    cause += "".join(f" (or {other.title}: the values fit both)" for other in found.also[:1])
    in_contract = _line(Place(contract.path, column.position.line))
    normalize = f"{in_contract}   {column.name}: {{…, normalize: [{form.normalize}]}}" if form.normalize else None
    written = form.sql(made.text, seen) if made else None
    if written is None or made is None:
        return Mending(form.code, cause, _line(made.place) if made else in_contract, form.advice, normalize)
    sql = f"{written.replace(literal(WRITTEN), literal(column.date_format or WRITTEN))} AS {made.name}"
    return Mending(form.code, cause, _line(made.place), sql, normalize)


def _as_the_rule_says(project: Project, contract: Contract, rule: Rule, column: Column | None, message: str) -> Mending:
    """The rule's own message; a value that does not cast is put right where it is made, anything else at the rule."""
    made = expression_of(project, contract, column.name) if column and rule.kind == "typed" else None
    place = made.place if made else Place(contract.path, rule.position.line)
    return Mending(UNKNOWN_FORM, message.rstrip("."), _line(place))


def _of(found: Recognised) -> str:
    return f"{found.fitting:,} of {found.looked_at:,} rows"


def _line(place: Place) -> str:
    return f"{place.path}:{place.line}" if place.line else place.path
