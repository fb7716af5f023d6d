"""`national_id`: numbers that states give to persons, with the check digits that their authorities publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .check_digits import (
    ALPHANUMERIC,
    DIGITS,
    LETTERS,
    digit,
    luhn,
    mod_11_2,
    mod_11_10,
    numbers,
    verhoeff,
    weighted_sum,
    whole,
)
from .country_forms import beside_country, country_keys, country_words, in_country
from .forms import examples, made_once, matches, shaped
from .kinds import Example, Parameters, RuleKind, Subject

_DAY = r"(0[1-9]|[12]\d|3[01])"
_MONTH = r"(0[1-9]|1[0-2])"
_ODD_PLACES = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_ODD_LETTERS = (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


@dataclass(frozen=True)
class PersonNumber:
    """What the number is called, its form as written, the signs to leave out, and SQL that checks what remains."""

    about: str
    pattern: str
    check: Callable[[str], str] | None = None
    signs: str = ""

    def sql(self, text: str) -> str:
        """SQL: the text is such a number."""
        if self.check is None:
            return matches(text, self.pattern, 20)
        if not self.signs:
            return shaped(text, self.pattern, 20, self.check(text))
        return shaped(text, self.pattern, 20, made_once(f"translate({text}, '{self.signs}', '')", self.check("_x")))


def _austria(text: str) -> str:
    return f"{weighted_sum(text, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6))} % 11 = {digit(text, 4)}"


def _belgium(text: str) -> str:
    body, check = whole(text, 1, 9), whole(text, 10, 2)
    return f"97 - {check} IN ({body} % 97, (2000000000 + {body}) % 97)"


def _brazil(text: str) -> str:
    first = f"{weighted_sum(text, tuple(range(10, 1, -1)))} * 10 % 11 % 10 = {digit(text, 10)}"
    second = f"{weighted_sum(text, tuple(range(11, 1, -1)))} * 10 % 11 % 10 = {digit(text, 11)}"
    return f"replace({text}, substr({text}, 1, 1), '') <> '' AND {first} AND {second}"


def _germany(text: str) -> str:
    """One digit stands two or three times among the first ten, every other at most once."""
    times = f"transform(sequence(0, 9), _d -> 10 - length(replace(substr({text}, 1, 10), CAST(_d AS STRING), '')))"
    return f"filter({times}, _n -> _n > 1) IN (array(2), array(3)) AND {mod_11_10(text, 11)}"


def _spain(text: str) -> str:
    number = f"try_cast(translate(substr({text}, 1, 8), 'XYZ', '012') AS INT)"
    return f"substr('TRWAGMYFPDXBNJZSQVHLCKE', {number} % 23 + 1, 1) = substr({text}, 9, 1)"


def _finland(text: str) -> str:
    number = f"try_cast(concat(substr({text}, 1, 6), substr({text}, 8, 3)) AS INT)"
    return f"substr('0123456789ABCDEFHJKLMNPRSTUVWXY', {number} % 31 + 1, 1) = substr({text}, 11, 1)"


def _france(text: str) -> str:
    number = f"try_cast(replace(replace(substr({text}, 1, 13), '2A', '19'), '2B', '18') AS BIGINT)"
    return f"{number} % 97 + {whole(text, 14, 2)} = 97"


def _italy(text: str) -> str:
    sign = f"substr({text}, _at, 1)"
    odd = numbers((*_ODD_PLACES, *_ODD_PLACES, *_ODD_LETTERS))
    even = f"greatest(instr('{DIGITS}', {sign}), instr('{LETTERS}', {sign})) - 1"
    term = f"CASE WHEN _at % 2 = 1 THEN get({odd}, instr('{ALPHANUMERIC}', {sign}) - 1) ELSE {even} END"
    rest = f"aggregate(sequence(1, 15), 0, (_sum, _at) -> _sum + {term}) % 26"
    return f"substr('{LETTERS}', {rest} + 1, 1) = substr({text}, 16, 1)"


def _norway(text: str) -> str:
    first = weighted_sum(text, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1))
    second = weighted_sum(text, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    return f"{first} % 11 = 0 AND {second} % 11 = 0"


def _turkey(text: str) -> str:
    first = weighted_sum(text, (3, 1, 3, 1, 3, 1, 3, 1, 3, 1))
    return f"{first} % 10 = 0 AND {weighted_sum(text, (*[1] * 10, -1))} % 10 = 0"


def dutch_number(text: str, first: int = 1) -> str:
    """SQL: the nine digits pass the test by 11 of a Dutch citizen service number."""
    return f"{weighted_sum(text, (9, 8, 7, 6, 5, 4, 3, 2, -1), first)} % 11 = 0"


def portuguese_number(text: str, first: int = 1) -> str:
    """SQL: the nine digits are a Portuguese tax number."""
    return f"{weighted_sum(text, (9, 8, 7, 6, 5, 4, 3, 2), first)} * 10 % 11 % 10 = {digit(text, first + 8)}"


PERSON_NUMBERS = {
    "AT": PersonNumber("Sozialversicherungsnummer", r"^[1-9]\d{3} ?\d{6}\z", _austria, " "),
    "BE": PersonNumber("Rijksregisternummer", r"^\d\d(\.?\d\d){2}-?\d{3}\.?\d\d\z", _belgium, ".-"),
    "BR": PersonNumber("CPF", r"^\d{3}(\.?\d{3}){2}-?\d\d\z", _brazil, ".-"),
    "CA": PersonNumber("Social Insurance Number", r"^[1-79]\d\d([- ]?\d{3}){2}\z", lambda text: luhn(text, 9), "- "),
    "CH": PersonNumber(
        "AHV number",
        r"^756\.?\d{4}\.?\d{4}\.?\d\d\z",
        lambda text: f"{weighted_sum(text, (1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1))} % 10 = 0",
        ".",
    ),
    "CN": PersonNumber(
        "resident identity number",
        rf"^[1-9]\d{{5}}(18|19|20)\d\d{_MONTH}{_DAY}\d{{3}}[\dX]\z",
        lambda text: mod_11_2(text, 18),
    ),
    "DE": PersonNumber("Steuer-Identifikationsnummer", r"^[1-9]\d( ?\d{3}){3}\z", _germany, " "),
    "DK": PersonNumber("CPR number, date and form only", rf"^{_DAY}{_MONTH}\d\d-?\d{{4}}\z"),
    "ES": PersonNumber("DNI or NIE", r"^[\dXYZ]\d{7}[A-HJ-NP-TV-Z]\z", _spain),
    "FI": PersonNumber("henkilötunnus", rf"^{_DAY}{_MONTH}\d\d[-+A-FU-Y](?!00[01])\d{{3}}[0-9A-FHJ-NPR-Y]\z", _finland),
    "FR": PersonNumber("NIR", r"^[1-478]\d{4}(\d\d|2[AB])\d{8}\z", _france),
    "GB": PersonNumber(
        "National Insurance number, form only",
        r"^(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?\d\d){3} ?[A-D]\z",
    ),
    "IN": PersonNumber("Aadhaar", r"^[2-9]\d{3}( ?\d{4}){2}\z", lambda text: verhoeff(text, 12), " "),
    "IT": PersonNumber(
        "codice fiscale",
        r"^[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]\z",
        _italy,
    ),
    "NL": PersonNumber("burgerservicenummer", r"^(?!0{8})\d{9}\z", dutch_number),
    "NO": PersonNumber("fødselsnummer or D-nummer", rf"^([04][1-9]|[1256]\d|[37][01]){_MONTH}\d{{7}}\z", _norway),
    "PL": PersonNumber(
        "PESEL",
        rf"^\d\d([02468][1-9]|[13579][0-2]){_DAY}\d{{5}}\z",
        lambda text: f"{weighted_sum(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1))} % 10 = 0",
    ),
    "PT": PersonNumber("NIF", r"^([1-35689]\d|45)\d{7}\z", portuguese_number),
    "SE": PersonNumber(
        "personnummer or samordningsnummer",
        rf"^(\d\d)?\d\d{_MONTH}([06][1-9]|[1278]\d|[39][01])[-+]?\d{{4}}\z",
        lambda text: luhn(f"right({text}, 10)", 10),
        "-+",
    ),
    "TR": PersonNumber("T.C. kimlik no", r"^[1-9]\d{10}\z", _turkey),
    "US": PersonNumber(
        "Social Security Number, form only", r"^(?!000|666|9)\d{3}(-(?!00)\d\d-|(?!00)\d\d)(?!0000)\d{4}\z"
    ),
    "ZA": PersonNumber("identity number", rf"^\d\d{_MONTH}{_DAY}\d{{4}}[01]\d\d\z", lambda text: luhn(text, 13)),
}


def _number(text: str, country: str) -> str:
    return PERSON_NUMBERS[country].sql(text)


def _condition(subject: Subject, parameters: Parameters) -> str:
    return in_country(subject, parameters, PERSON_NUMBERS, _number)


def _message(column: str, parameters: Parameters) -> str:
    country = str(parameters.get("country"))
    about = f": {PERSON_NUMBERS[country].about.removesuffix(', form only')}" if country in PERSON_NUMBERS else ""
    return f"{column} must be a person's number of {country_words(parameters)}{about}."


# Made-up numbers: the first ones hold, the others have a wrong check digit, date or form.
_EXAMPLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AT": (("1993181161", "5559 250986"), ("1994181161", "0993181161")),
    "BE": (("94120249746", "83.07.02-265.12"), ("94120249747", "94120249746\n")),
    "BR": (("45919981776", "758.797.730-94"), ("45919981777", "11111111111")),
    "CA": (("260043997", "749 810 016"), ("260043998", "060043997")),
    "CH": (("7566977427316", "756.9319.7333.73"), ("7566977427317", "7576977427316")),
    "CN": (("110101199809284510",), ("110101199809284511", "110101199813284510")),
    "DE": (("36134580394", "10 879 586 385"), ("36134580395", "12345678903", "36134580394\n", "")),
    "DK": (("0612916686", "080990-7740"), ("3213916686",)),
    "ES": (("57502086Q", "Z7460935Q"), ("57502086A", "57502086q")),
    "FI": (("060892-397V", "140973-016M"), ("060892-397W", "321392-397V")),
    "FR": (("171082B64034443", "299032A15176655"), ("171082B64034444", "571082B64034443")),
    "GB": (("AB123456C", "AB 12 34 56 C"), ("BG123456C", "AB123456E")),
    "IN": (("818315542831", "2232 5309 5246"), ("818315542832", "118315542831")),
    "IT": (("DFSPPC65H07F205R", "FDDDDM79T12F205K"), ("DFSPPC65H07F205S", "dfsppc65h07f205r")),
    "NL": (("670777249",), ("670777248", "000000000")),
    "NO": (("28058768814",), ("28058768815", "32058768814")),
    "PL": (("53092423321",), ("53092423322", "53133223321")),
    "PT": (("665023855",), ("665023856", "465023855")),
    "SE": (("840918-4234", "195511214784"), ("840918-4235", "841318-4234")),
    "TR": (("67027397742",), ("67027397743", "07027397742")),
    "US": (("363-87-4143", "020754151"), ("666-87-4143", "363-00-4143", "363-874143")),
    "ZA": (("9905210716081",), ("9905210716082", "9913210716081")),
}

NATIONAL_ID = RuleKind(
    name="national_id",
    suffix="national_id",
    about="Text is the number of a person in a country: "
    + ", ".join(f"{country} {one.about}" for country, one in PERSON_NUMBERS.items())
    + ". Blanks, dots and hyphens stand only where they are usual.",
    condition=_condition,
    message=_message,
    parameters=country_keys(PERSON_NUMBERS, "Whose numbers, ISO 3166-1."),
    main="country",
    names_columns=("country_column",),
    families=("string",),
    examples=(
        *(one for country, (good, bad) in _EXAMPLES.items() for one in examples(good, bad, {"country": country})),
        beside_country("57502086Q", "ES", True),
        beside_country("57502086Q", "IT", False),
        beside_country("57502086A", "XX", True, "no form is known for this country"),
        Example(None, True, {"country": "DE"}),
    ),
)
RULES = (NATIONAL_ID,)
