"""Numbers and codes to reach somebody: `phone`, `postal_code`."""

from __future__ import annotations

from .country_forms import beside_country, country_keys, country_words, in_country
from .forms import examples, matches, shaped
from .kinds import Example, Parameters, RuleKind, Subject
from .word_lists import POSTAL_CODES

# Calling codes that ITU-T E.164 has given to countries and networks.
_CALLING_CODE = (
    r"(1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[7-9]\d|8[0578]\d|9[67]\d|99[2-68])"
)
# Country: calling code, what is dialled before the number inside the country, the number itself.
NATIONAL_PHONES = {
    "AT": ("43", "0", r"[1-9]\d{3,12}"),
    "AU": ("61", "0", r"[2-478]\d{8}"),
    "BE": ("32", "0", r"[1-9]\d{7,8}"),
    "BR": ("55", "0?", r"[1-9]\d(9\d{8}|[2-5]\d{7})"),
    "CA": ("1", "1?", r"[2-9]\d\d[2-9]\d{6}"),
    "CH": ("41", "0", r"[1-9]\d{8}"),
    "CZ": ("420", "", r"[2-79]\d{8}"),
    "DE": ("49", "0", r"[1-9]\d{4,12}"),
    "DK": ("45", "", r"[2-9]\d{7}"),
    "ES": ("34", "", r"[6-9]\d{8}"),
    "FI": ("358", "0", r"[1-9]\d{4,11}"),
    "FR": ("33", "0", r"[1-9]\d{8}"),
    "GB": ("44", "0", r"[1-35789]\d{8,9}"),
    "IE": ("353", "0", r"[1-9]\d{6,9}"),
    "IN": ("91", "0?", r"[1-9]\d{9}"),
    "IT": ("39", "", r"(0\d{5,10}|[38]\d{8,9})"),
    "JP": ("81", "0", r"[1-9]\d{8,9}"),
    "MX": ("52", "", r"[1-9]\d{9}"),
    "NL": ("31", "0", r"[1-9]\d{8}"),
    "NO": ("47", "", r"[2-9]\d{7}"),
    "NZ": ("64", "0", r"[2-9]\d{7,9}"),
    "PL": ("48", "", r"[1-9]\d{8}"),
    "PT": ("351", "", r"[2-9]\d{8}"),
    "SE": ("46", "0", r"[1-9]\d{6,8}"),
    "US": ("1", "1?", r"[2-9]\d\d[2-9]\d{6}"),
}


def e164(text: str) -> str:
    """SQL: the text is a phone number in international form."""
    return matches(text, rf"^\+(?=\d{{7,15}}\z){_CALLING_CODE}\d+\z", 16)


def national_phone(text: str, country: str) -> str:
    """SQL: the text is a phone number as it is dialled in a country, or with the country's calling code."""
    code, before, number = NATIONAL_PHONES[country]
    plain = f"translate({text}, ' ()./-', '')"
    fits = matches(plain, rf"^((\+|00){code}|{before}){number}\z", 20)
    return shaped(text, r"^[+(]{0,2}\d[\d ()./-]{3,28}\z", 31, fits)


def _phone(subject: Subject, parameters: Parameters) -> str:
    return in_country(subject, parameters, NATIONAL_PHONES, national_phone, otherwise=e164)


def _phone_message(column: str, parameters: Parameters) -> str:
    if "country" in parameters:
        code = NATIONAL_PHONES[str(parameters["country"])][0]
        return f"{column} must be a phone number as it is dialled in {parameters['country']} or with +{code}."
    if "country_column" in parameters:
        return f"{column} must be a phone number of {country_words(parameters)}."
    return f"{column} must be a phone number like +4930123456."


def _postal_form(text: str, country: str) -> str:
    return matches(text, rf"^({POSTAL_CODES[country]})\z", 10)


def _postal_code(subject: Subject, parameters: Parameters) -> str:
    return in_country(subject, parameters, POSTAL_CODES, _postal_form)


def _postal_code_message(column: str, parameters: Parameters) -> str:
    return f"{column} must be a postal code of {country_words(parameters)}."


PHONE = RuleKind(
    name="phone",
    suffix="phone",
    about="Text is a phone number: E.164 without a country, else as it is dialled in the country; signs between "
    "groups ( ) . / - and blanks are allowed there. Form only: whether the number is given out is not known.",
    condition=_phone,
    message=_phone_message,
    parameters=country_keys(NATIONAL_PHONES, "Whose national form; default: E.164."),
    main="country",
    names_columns=("country_column",),
    families=("string",),
    examples=(
        *examples(
            ("+4930123456", "+14155552671", "+35312345678"),
            ("4930123456", "+49 30 123456", "+999123456789", "+1234", "+1415555267112345", "+4930123456\n", ""),
        ),
        *examples(
            ("030 123456", "+49 (30) 123-456", "0049/30/123456"),
            ("30 123456", "+43 1 234567", "030 12x456", "030 123456\n", "0" * 40, ""),
            {"country": "DE"},
        ),
        *examples(("(415) 555-2671", "1-415-555-2671"), ("115-555-2671", "415-555-267"), {"country": "US"}),
        *examples(("06 12 34 56 78", "+33612345678"), ("6 12 34 56 78",), {"country": "FR"}),
        *examples(("06 12345678", "3471234567"), ("471234567",), {"country": "IT"}),
        *examples(("020 7946 0018",), ("20 7946 0018",), {"country": "GB"}),
        *examples(("(11) 91234-5678",), ("(11) 61234-567",), {"country": "BR"}),
        beside_country("01 2345678", "AT", True),
        beside_country("1 2345678", "AT", False),
        beside_country("1 2345678", "XX", True, "no form is known for this country"),
        beside_country("1 2345678", None, True),
        Example(None, True, {}),
    ),
)
POSTAL_CODE = RuleKind(
    name="postal_code",
    suffix="postal_code",
    about="Text has the form of the country's postal codes, capital letters, without the country before it.",
    condition=_postal_code,
    message=_postal_code_message,
    parameters=country_keys(POSTAL_CODES, "Whose postal codes, ISO 3166-1."),
    main="country",
    names_columns=("country_column",),
    families=("string",),
    examples=(
        *examples(("01067",), ("1067", "010670", "0106A", "01067\n", "00123", ""), {"country": "DE"}),
        *examples(("SW1A 1AA", "EC1A1BB", "GIR 0AA"), ("SW1A1A", "sw1a 1aa", "Q1 1AA"), {"country": "GB"}),
        *examples(("94105", "94105-1234"), ("9410", "94105-123"), {"country": "US"}),
        *examples(("K1A 0B1",), ("D1A 0B1", "K1A-0B1"), {"country": "CA"}),
        *examples(("1012 AB", "1012AB"), ("0012 AB", "1012 SS"), {"country": "NL"}),
        *examples(("00-950",), ("00950",), {"country": "PL"}),
        *examples(("01310-100", "01310100"), ("01310-10",), {"country": "BR"}),
        *examples(("D02 X285",), ("D02 X28",), {"country": "IE"}),
        beside_country("1010", "AT", True),
        beside_country("1010", "DE", False),
        beside_country("-", "XX", True, "no form is known for this country"),
        beside_country("-", None, True),
        Example(None, True, {"country": "DE"}),
    ),
)
RULES = (PHONE, POSTAL_CODE)
