"""Every form by its kind, and which one the refused values of a column have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .dates import DATE_FORMS
from .model import ValueForm
from .numbers import NUMBER_FORMS
from .words import TextWords, word_forms

MOST = 0.5


@dataclass(frozen=True)
class Recognised:
    """The form of refused values: how many of those looked at have it, and forms of another kind that fit as well."""

    form: ValueForm
    fitting: int
    looked_at: int
    also: tuple[ValueForm, ...] = ()


def value_forms(words: TextWords) -> tuple[ValueForm, ...]:
    """All forms; where several fit as many values, the first one counts."""
    return (*NUMBER_FORMS, *DATE_FORMS, *word_forms(words))


def recognise(values: Mapping[str, int], family: str, words: TextWords) -> Recognised | None:
    """The form that most values have, each counted as often as it came; None when there is none.

    `family` is that of the column's type: the same text is a fault in a number and none in a name.
    """
    total = sum(values.values())
    forms = [form for form in value_forms(words) if family in form.families]
    counts = {form: sum(times for value, times in values.items() if form.fits(value)) for form in forms}
    most = max(counts.values(), default=0)
    if most <= MOST * total:
        return None
    best, *others = [form for form in forms if counts[form] == most]
    return Recognised(best, most, total, tuple(one for one in others if one.code != best.code))
