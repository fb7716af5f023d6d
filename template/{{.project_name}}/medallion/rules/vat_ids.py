"""`vat_id`: VAT identification numbers of the European Union, with check digits where they are known.

Forms and check digits: the European Commission's list of VAT number structures and the member states' publications.
"""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Key, ListOf
from .check_digits import alphanumeric_values, digit, luhn, luhn_sum, mod_11_10, mod_97, weighted_sum, whole
from .forms import chosen, examples, made_once, matches, shaped
from .kinds import Example, Parameters, RuleKind, Subject
from .national_ids import dutch_number, portuguese_number
from .words import joined, texts_of


def _sum(text: str, *weights: int) -> str:
    return weighted_sum(text, weights, first=3)


def _france(text: str) -> str:
    """The number is a SIREN (but for Monaco, 000…), the key before it is computed; letters count without I and O."""
    signs = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    first, second = (f"(instr('{signs}', substr({text}, {at}, 1)) - 1)" for at in (3, 4))
    number = whole(text, 5, 9)
    digits = f"({number} * 100 + 12) % 97 = {first} * 10 + {second}"
    key = f"CASE WHEN {first} < 10 THEN {first} * 24 + {second} - 10 ELSE {first} * 34 + {second} - 100 END"
    letters = made_once(key, f"({number} + 1 + _x div 11) % 11 = _x % 11")
    is_number = f"{first} < 10 AND {second} < 10"
    is_siren = f"({luhn(text, 9, 5)} OR substr({text}, 5, 3) = '000')"
    return f"{is_siren} AND CASE WHEN {is_number} THEN {digits} ELSE {letters} END"


def _ireland(text: str) -> str:
    letters = "WABCDEFGHIJKLMNOPQRSTUV"
    total = f"({_sum(text, 8, 7, 6, 5, 4, 3, 2)} + 9 * (instr('{letters}', substr({text}, 11, 1)) - 1)) % 23"
    check = f"substr('{letters}', {total} + 1, 1) = substr({text}, 10, 1)"
    return f"CASE WHEN {text} RLIKE '^IE[0-9]{{7}}' THEN {check} ELSE true END"


def _netherlands(text: str) -> str:
    return f"({dutch_number(text, 3)} OR {mod_97(alphanumeric_values(text, 14))} = 1)"


def _romania(text: str) -> str:
    padded = f"lpad(substr({text}, 3), 10, '0')"
    return f"{weighted_sum(padded, (7, 5, 3, 2, 1, 7, 5, 3, 2))} * 10 % 11 % 10 = {digit(padded, 10)}"


def _checks(text: str) -> dict[str, tuple[str, str]]:
    """Country: the form of the number and SQL that checks it."""
    return {
        "AT": (r"ATU\d{8}", f"({luhn_sum(text, 7, 4)} + 4 + {digit(text, 11)}) % 10 = 0"),
        "BE": (r"BE[01]\d{9}", f"({whole(text, 3, 8)} + {whole(text, 11, 2)}) % 97 = 0"),
        "BG": (r"BG\d{9,10}", "true"),
        "CY": (r"CY(?!12)\d{8}[A-Z]", "true"),
        "CZ": (r"CZ\d{8,10}", "true"),
        "DE": (r"DE[1-9]\d{8}", mod_11_10(text, 9, 3)),
        "DK": (r"DK[1-9]\d{7}", f"{_sum(text, 2, 7, 6, 5, 4, 3, 2, 1)} % 11 = 0"),
        "EE": (r"EE\d{9}", f"{_sum(text, 3, 7, 1, 3, 7, 1, 3, 7, 1)} % 10 = 0"),
        "EL": (r"EL\d{9}", f"{_sum(text, 256, 128, 64, 32, 16, 8, 4, 2)} % 11 % 10 = {digit(text, 11)}"),
        "ES": (r"ES([A-Z]\d{7}[A-Z\d]|\d{8}[A-Z])", "true"),
        "FI": (r"FI\d{8}", f"{_sum(text, 7, 9, 10, 5, 8, 4, 2, 1)} % 11 = 0"),
        "FR": (r"FR[0-9A-HJ-NP-Z]{2}\d{9}", _france(text)),
        "HR": (r"HR\d{11}", mod_11_10(text, 11, 3)),
        "HU": (r"HU\d{8}", f"{_sum(text, 9, 7, 3, 1, 9, 7, 3, 1)} % 10 = 0"),
        "IE": (r"IE(\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W])", _ireland(text)),
        "IT": (r"IT(?!0{7})\d{7}(0\d[1-9]|0[1-9]0|100|12[01]|888|999)\d", luhn(text, 11, 3)),
        "LT": (r"LT(\d{7}1\d|\d{10}1\d)", "true"),
        "LU": (r"LU\d{8}", f"{whole(text, 3, 6)} % 89 = {whole(text, 9, 2)}"),
        "LV": (r"LV\d{11}", "true"),
        "MT": (r"MT[1-9]\d{7}", f"{_sum(text, 3, 4, 6, 7, 8, 9, 10, 1)} % 37 = 0"),
        "NL": (r"NL\d{9}B(?!00)\d\d", _netherlands(text)),
        "PL": (r"PL\d{10}", f"{_sum(text, 6, 5, 7, 2, 3, 4, 5, 6, 7, -1)} % 11 = 0"),
        "PT": (r"PT[1-9]\d{8}", portuguese_number(text, 3)),
        "RO": (r"RO[1-9]\d{1,9}", _romania(text)),
        "SE": (r"SE\d{10}01", luhn(text, 10, 3)),
        "SI": (
            r"SI[1-9]\d{7}",
            f"substr('?1234567890', {_sum(text, 8, 7, 6, 5, 4, 3, 2)} * 10 % 11 + 1, 1) = substr({text}, 10, 1)",
        ),
        "SK": (r"SK[1-9]\d[2-4789]\d{7}", f"{whole(text, 3, 10)} % 11 = 0"),
        "XI": (r"XI(\d{9}(\d{3})?|(GD|HA)\d{3})", "true"),
    }


COUNTRIES = tuple(_checks("x"))
FORM_ONLY = tuple(country for country, (_, check) in _checks("x").items() if check == "true")


def vat_id(text: str, countries: tuple[str, ...] = ()) -> str:
    """SQL: the text is a VAT identification number of one of these countries, of any where none is given."""
    wanted = {country: one for country, one in _checks(text).items() if not countries or country in countries}
    forms = "|".join(pattern for pattern, _ in wanted.values())
    checked = [(country, check) for country, (_, check) in wanted.items() if check != "true"]
    if not checked:
        return matches(text, rf"^({forms})\z", 14)
    check = checked[0][1] if len(wanted) == 1 else chosen(f"substr({text}, 1, 2)", checked, "true")
    return shaped(text, rf"^({forms})\z", 14, check)


def _condition(subject: Subject, parameters: Parameters) -> str:
    return vat_id(subject.sql, texts_of(parameters, "countries"))


def _message(column: str, parameters: Parameters) -> str:
    countries = texts_of(parameters, "countries")
    return f"{column} must be a VAT number of {joined(countries) if countries else 'the European Union'}."


_VALID = (
    "ATU13585627", "BE0403019261", "CZ699001237", "DE136695976", "DK13585628", "EE100931558", "EL094259216",
    "FI20774740", "FR40303265045", "FR83404833048", "HR33392005961", "HU12892312", "IE6433435F", "IE6433435OA",
    "IT00743110157", "LU15027442", "MT11679112", "NL004495445B01", "PL8567346215", "PT501964843", "RO18547290",
    "SE123456789701", "SI50223054", "SK2022749619", "ESX1234567L", "LT119511515", "LV40003521600",
)  # fmt: skip
_INVALID = (
    "ATU13585626", "BE0403019262", "DE136695975", "DK13585629", "EE100931559", "EL094259217", "FI20774741",
    "FR40303265046", "HR33392005962", "HU12892313", "IE6433435G", "IT00743110158", "LU15027443", "MT11679113",
    "NL004495446B01", "PL8567346216", "PT501964844", "RO18547291", "SE123456789001", "SI50223055", "SK2022749618",
    "de136695976", "DE 136695976", "DE13669597", "GR094259216", "US123456789", "DE136695976\n", "",
)  # fmt: skip

VAT_ID = RuleKind(
    name="vat_id",
    suffix="vat_id",
    about="Text is a VAT number of the European Union or Northern Ireland with its country, without blanks. "
    f"Check digits are computed; form only: {', '.join(FORM_ONLY)} and the old Irish form.",
    condition=_condition,
    message=_message,
    parameters=(Key("countries", ListOf(Choice(COUNTRIES), 1), "Only of these countries; default: any."),),
    main="countries",
    families=("string",),
    examples=(
        *examples(_VALID, _INVALID),
        *examples(("DE136695976",), ("ATU13585627", "DE136695975"), {"countries": ("DE",)}),
        *examples(("CZ699001237",), ("CZ6990012",), {"countries": ("CZ", "BG")}),
        Example(None, True, {}),
    ),
)
RULES = (VAT_ID,)
