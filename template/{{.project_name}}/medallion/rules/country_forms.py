"""Rules whose form depends on a country, given for the column or by a neighbour: `country`, `country_column`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..yaml_files.shapes import Choice, Key, Text
from .forms import chosen
from .kinds import Example, Parameters, RuleRefused, Subject, text_of

COUNTRY_COLUMN = Key(
    "country_column",
    Text(),
    "A text column of the same row with the country's two capital letters; where it is absent, or names a country "
    "whose form is not known, the rule holds.",
)


def country_keys(countries: Iterable[str], about: str) -> tuple[Key, Key]:
    """The two parameters."""
    return Key("country", Choice(tuple(countries)), about), COUNTRY_COLUMN


def in_country(
    subject: Subject,
    parameters: Parameters,
    countries: Iterable[str],
    form: Callable[[str, str], str],
    otherwise: Callable[[str], str] | None = None,
) -> str:
    """SQL: the text has the form of its country; `form` gives it, `otherwise` where no country is given."""
    if "country" in parameters and "country_column" in parameters:
        raise RuleRefused("the country is given twice", found="country, country_column", expected="one of the two")
    if "country" in parameters:
        return form(subject.sql, text_of(parameters, "country"))
    if "country_column" in parameters:
        return _in_column(subject, parameters, countries, form)
    if otherwise is None:
        raise RuleRefused("no country is given", found="nothing", expected="country or country_column")
    return otherwise(subject.sql)


def _in_column(
    subject: Subject, parameters: Parameters, countries: Iterable[str], form: Callable[[str, str], str]
) -> str:
    column = subject.row.column(text_of(parameters, "country_column"))
    if not column.type.is_text:
        raise RuleRefused(
            f"{column.name} holds no countries",
            found=column.type.sql,
            expected="a text column with two capital letters",
        )
    return chosen(column.sql, ((country, form(subject.sql, country)) for country in countries), otherwise="true")


def country_words(parameters: Parameters) -> str:
    """The country as a sentence names it."""
    if "country_column" in parameters:
        return f"the country in {parameters['country_column']}"
    return str(parameters["country"])


def beside_country(came: str, country: str | None, holds: bool, about: str = "") -> Example:
    """An example whose country stands in the column beside it."""
    return Example(came, holds, {"country_column": "country"}, about=about, beside={"country": country})
