"""Codes of ISO lists: `country_code`, `subdivision_code`, `language_code`, `timezone`; currency_code has a module."""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Key
from .forms import among, chosen, examples, form_kind, matches, shaped
from .kinds import Example, Parameters, RuleKind, Subject
from .word_lists import COUNTRIES, LANGUAGES, SUBDIVISIONS

_FORMS = ("alpha2", "alpha3", "numeric")
_FORM_WORDS = {"alpha2": "two letters", "alpha3": "three letters", "numeric": "three digits"}
ALPHA_2 = tuple(row[0] for row in COUNTRIES)


def _form_of(parameters: Parameters) -> str:
    return str(parameters.get("form", "alpha2"))


def _country(subject: Subject, parameters: Parameters) -> str:
    place = _FORMS.index(_form_of(parameters))
    return among(subject.sql, (row[place] for row in COUNTRIES))


def _country_message(column: str, parameters: Parameters) -> str:
    return f"{column} must be a country code of ISO 3166-1, {_FORM_WORDS[_form_of(parameters)]}."


def _subdivision(subject: Subject, parameters: Parameters) -> str:
    text, country = subject.sql, parameters.get("country")
    if country in SUBDIVISIONS:
        return among(text, (f"{country}-{code}" for code in SUBDIVISIONS[str(country)]))
    if country:
        return matches(text, rf"^{country}-[A-Z0-9]{{1,3}}\z", 6)
    listed = [(known, among(f"substr({text}, 4)", codes)) for known, codes in SUBDIVISIONS.items()]
    other = among(f"substr({text}, 1, 2)", (code for code in ALPHA_2 if code not in SUBDIVISIONS))
    return shaped(text, r"^[A-Z]{2}-[A-Z0-9]{1,3}\z", 6, chosen(f"substr({text}, 1, 2)", listed, other))


def _subdivision_message(column: str, parameters: Parameters) -> str:
    country = parameters.get("country")
    return (
        f"{column} must be a subdivision of {country} by ISO 3166-2."
        if country
        else (f"{column} must be a subdivision by ISO 3166-2, like AT-9.")
    )


def _language(text: str) -> str:
    return among(text, LANGUAGES)


def _timezone(text: str) -> str:
    known = f"try_to_timestamp(concat('2000-01-01 00:00 ', {text}), 'yyyy-MM-dd HH:mm VV') IS NOT NULL"
    area = "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific"
    return shaped(text, rf"^(({area})(/[A-Z][A-Za-z0-9_+-]+){{1,2}}|UTC)\z", 40, known)


COUNTRY_CODE = RuleKind(
    name="country_code",
    suffix="country",
    about="Text is the code of a country in ISO 3166-1, capital letters, or its number with leading zeros.",
    condition=_country,
    message=_country_message,
    parameters=(Key("form", Choice(_FORMS), "Two letters, three letters or three digits; default: alpha2."),),
    main="form",
    families=("string",),
    examples=(
        *examples(("AT", "GB"), ("at", "UK", "XX", "AUT", "AT\n", "")),
        *examples(("AUT",), ("AT", "aut"), {"form": "alpha3"}),
        *examples(("040",), ("40", "AUT"), {"form": "numeric"}),
        Example(None, True, {}),
    ),
)
SUBDIVISION_CODE = RuleKind(
    name="subdivision_code",
    suffix="subdivision",
    about="Text is a code of ISO 3166-2: country, hyphen, part. The parts are looked up for "
    f"{', '.join(SUBDIVISIONS)}; for other countries only the form counts.",
    condition=_subdivision,
    message=_subdivision_message,
    parameters=(Key("country", Choice(ALPHA_2), "Only parts of this country; default: any."),),
    main="country",
    families=("string",),
    examples=(
        *examples(("AT-9", "US-CA", "FR-75C", "JP-13"), ("AT-10", "US-XX", "XX-1", "at-9", "AT9", "FR-", "AT-9\n", "")),
        *examples(("DE-BY",), ("DE-XX", "AT-9"), {"country": "DE"}),
        *examples(("FR-75C",), ("AT-9",), {"country": "FR"}),
        Example(None, True, {}),
    ),
)
RULES = (
    COUNTRY_CODE,
    SUBDIVISION_CODE,
    form_kind(
        "language_code",
        "Text is the code of a language in ISO 639-1, two small letters.",
        "a language code of ISO 639-1",
        _language,
        holds=("de", "pt"),
        fails=("DE", "deu", "xx", "de-AT", "de\n", ""),
    ),
    form_kind(
        "timezone",
        "Text is UTC or the name of a time zone with its area, as the runtime's time zone database knows it.",
        "a time zone like Europe/Vienna",
        _timezone,
        holds=("Europe/Vienna", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"),
        fails=("Europe/Atlantis", "CET", "+01:00", "Vienna", "europe/vienna", "Europe/Vienna\n", ""),
    ),
)
