"""Numbers of banks, cards and securities: `iban`, `bic`, `card_number`, `card_brand`, `lei`, `isin`, `cusip`.

Check digits: ISO 13616 (IBAN), ISO/IEC 7812-1 (cards), ISO 17442 (LEI), ISO 6166 (ISIN), ANSI X9.6 (CUSIP).
"""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Key, ListOf
from .check_digits import ALPHANUMERIC, alphanumeric_values, luhn, mod_97
from .forms import examples, form_kind, made_once, matches, shaped
from .kinds import Example, Parameters, RuleKind, Subject
from .words import joined, texts_of

# Country and number of signs, from the IBAN registry of SWIFT.
IBAN_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
    "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU31 NI28 NL18 NO15 OM23 PK24 PL28 PS29 "
    "PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
    "YE30"
)
_IBAN_COUNTRIES = tuple(word[:2] for word in IBAN_LENGTHS.split())
# First digits and number of digits, from the issuers' published ranges.
_BRANDS = {
    "visa": r"4(\d{12}|\d{15}|\d{18})",
    "mastercard": r"(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}",
    "amex": r"3[47]\d{13}",
    "diners": r"3(0[0-5]|[689]\d)\d{11}",
    "discover": r"6(011|4[4-9]\d|5\d\d)\d{12}",
    "jcb": r"35(2[89]|[3-8]\d)\d{12}",
    "maestro": r"(5[06-9]|6\d)\d{10,17}",
    "unionpay": r"62\d{14,17}",
}


def iban(text: str, countries: tuple[str, ...] = ()) -> str:
    """SQL: the text is an IBAN without blanks, of one of these countries where any are given."""
    known = " ".join(word for word in IBAN_LENGTHS.split() if not countries or word[:2] in countries)
    has_length = f"instr('{known}', concat(substr({text}, 1, 2), length({text}))) > 0"
    turned = alphanumeric_values(text, f"length({text})", f"(_at + 3) % length({text}) + 1")
    check = f"{has_length} AND {mod_97(turned)} = 1"
    return shaped(text, r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}\z", 34, check)


def _iban(subject: Subject, parameters: Parameters) -> str:
    return iban(subject.sql, texts_of(parameters, "countries"))


def _iban_message(column: str, parameters: Parameters) -> str:
    countries = texts_of(parameters, "countries")
    return f"{column} must be an IBAN of {joined(countries)}." if countries else f"{column} must be an IBAN."


def _bic(text: str) -> str:
    return matches(text, r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?\z", 11)


def card_number(text: str) -> str:
    """SQL: the text is the number of a payment card, digits only."""
    return shaped(text, r"^[2-6]\d{11,18}\z", 19, luhn(text, f"length({text})"))


def _card_brand(subject: Subject, parameters: Parameters) -> str:
    forms = "|".join(_BRANDS[brand] for brand in texts_of(parameters, "brands"))
    return matches(subject.sql, rf"^({forms})\z", 19)


def _card_brand_message(column: str, parameters: Parameters) -> str:
    return f"{column} must be a card number of {joined(texts_of(parameters, 'brands'))}."


def _lei(text: str) -> str:
    return shaped(text, r"^[A-Z0-9]{18}\d{2}\z", 20, f"{mod_97(alphanumeric_values(text, 20))} = 1")


def _isin(text: str) -> str:
    digits = f"array_join({alphanumeric_values(text, 12)}, '')"
    return shaped(text, r"^[A-Z]{2}[A-Z0-9]{9}\d\z", 12, made_once(digits, luhn("_x", "length(_x)")))


def _cusip(text: str) -> str:
    signs = f"instr('{ALPHANUMERIC}*@#', substr({text}, _at, 1)) - 1"
    doubled = f"transform(sequence(1, 8), _at -> ({signs}) * CASE WHEN _at % 2 = 0 THEN 2 ELSE 1 END)"
    total = f"aggregate({doubled}, CAST(0 AS BIGINT), (_sum, _d) -> _sum + _d div 10 + _d % 10)"
    check = f"({total} + ascii(substr({text}, 9, 1)) - 48) % 10 = 0"
    return shaped(text, r"^[0-9A-Z*@#]{8}\d\z", 9, check)


IBAN = RuleKind(
    name="iban",
    suffix="iban",
    about="Text is an IBAN without blanks: a country that has them, its length, check digits (97-10).",
    condition=_iban,
    message=_iban_message,
    parameters=(Key("countries", ListOf(Choice(_IBAN_COUNTRIES), 1), "Only of these countries; default: any."),),
    main="countries",
    families=("string",),
    examples=(
        *examples(
            ("DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"),
            (
                "DE88370400440532013000", "DE8937040044053201300", "de89370400440532013000",
                "DE89 3704 0044 0532 0130 00", "XX89370400440532013000", "DE89370400440532013000\n", "",
            ),
        ),
        *examples(("AT611904300234573201",), ("DE89370400440532013000",), {"countries": ("AT", "CH")}),
        Example(None, True, {}),
    ),
)  # fmt: skip
CARD_BRAND = RuleKind(
    name="card_brand",
    suffix="card_brand",
    about="The first digits and the length of a card number are those of one of the brands; see card_number.",
    condition=_card_brand,
    message=_card_brand_message,
    parameters=(Key("brands", ListOf(Choice(tuple(_BRANDS)), 1), "The brands that are allowed.", required=True),),
    main="brands",
    families=("string",),
    examples=(
        *examples(
            ("4111111111111111", "5555555555554444", "2223003122003222"),
            ("378282246310005", "411111111111111", "2720993122003222x", "2721003122003222", "4111111111111111\n", ""),
            {"brands": ("visa", "mastercard")},
        ),
        *examples(("378282246310005",), ("368282246310005",), {"brands": ("amex",)}),
        Example(None, True, {"brands": ("visa",)}),
    ),
)
RULES = (
    IBAN,
    form_kind(
        "bic",
        "Text has the form of a business identifier code: 8 or 11 signs in capital letters (ISO 9362).",
        "a BIC",
        _bic,
        holds=("DEUTDEFF", "DEUTDEFF500"),
        fails=("DEUTDEF", "deutdeff", "DEUTDEFF50", "DEUT1EFF", "DEUTDEFF\n", ""),
    ),
    form_kind(
        "card_number",
        "Text is the number of a payment card: 12 to 19 digits, the first 2 to 6, with the check digit of Luhn.",
        "a card number",
        card_number,
        holds=("4111111111111111", "378282246310005", "6304000000000000"),
        fails=("4111111111111112", "4111 1111 1111 1111", "41111111111", "0000000000000000", "4111111111111111\n", ""),
    ),
    CARD_BRAND,
    form_kind(
        "lei",
        "Text is a legal entity identifier: 20 signs with check digits (97-10).",
        "a legal entity identifier",
        _lei,
        holds=("529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R12"),
        fails=("529900T8BM49AURSDO56", "529900t8bm49aursdo55", "529900T8BM49AURSDO5", "529900T8BM49AURSDO55\n", ""),
    ),
    form_kind(
        "isin",
        "Text is the number of a security with its check digit; the country is not looked up.",
        "an ISIN",
        _isin,
        holds=("US0378331005", "AU0000XVGZA3", "DE000BAY0017"),
        fails=("US0378331006", "us0378331005", "US037833100", "US0378331005\n", ""),
    ),
    form_kind(
        "cusip",
        "Text is the number of a North American security with its check digit.",
        "a CUSIP",
        _cusip,
        holds=("037833100", "17275R102", "68389X105"),
        fails=("037833101", "17275r102", "03783310", "037833100\n", ""),
    ),
)
