"""Currencies and units, and quantities counted in another unit."""

from __future__ import annotations

from decimal import Decimal

from ..rules.currency_code import CURRENCIES
from ..rules.kinds import Parameters, RuleRefused, number_of, text_of
from ..rules.words import escaped
from ..sql.words import literal
from ..yaml_files.shapes import Choice, Key, Number, Text
from .kinds import Pattern, PatternExample, once
from .places import looked_up
from .text import replaced

_CURRENCIES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "pound": "GBP", "pounds": "GBP", "pound sterling": "GBP",
    "sterling": "GBP", "us$": "USD", "us dollar": "USD", "us dollars": "USD", "usd$": "USD", "c$": "CAD", "ca$": "CAD",
    "canadian dollar": "CAD", "a$": "AUD", "au$": "AUD", "australian dollar": "AUD", "nz$": "NZD", "hk$": "HKD",
    "s$": "SGD", "yen": "JPY", "japanese yen": "JPY", "円": "JPY", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY",
    "元": "CNY", "cn¥": "CNY", "₹": "INR", "rupee": "INR", "rs": "INR", "indian rupee": "INR", "₽": "RUB",
    "rouble": "RUB",
    "₩": "KRW", "won": "KRW", "₺": "TRY", "turkish lira": "TRY", "₴": "UAH", "hryvnia": "UAH", "₪": "ILS",
    "shekel": "ILS",
    "₫": "VND", "dong": "VND", "₦": "NGN", "naira": "NGN", "฿": "THB", "baht": "THB", "₱": "PHP", "r$": "BRL",
    "real": "BRL", "reais": "BRL", "zł": "PLN", "zloty": "PLN", "złoty": "PLN", "kč": "CZK", "koruna": "CZK",
    "ft": "HUF",
    "forint": "HUF", "lei": "RON", "leu": "RON", "лв": "BGN", "chf": "CHF", "sfr": "CHF", "fr": "CHF", "franken": "CHF",
    "swiss franc": "CHF", "swedish krona": "SEK", "danish krone": "DKK", "norwegian krone": "NOK", "rand": "ZAR",
    "mexican peso": "MXN", "mx$": "MXN",
}  # fmt: skip
_AMBIGUOUS = {
    "dollar": (("$", "dollar", "dollars"), "USD"),
    "yen_or_yuan": (("¥",), "JPY"),
    "crown": (("kr", "krona", "krone", "kronor", "kroner"), None),
}


def _currency(text: str, parameters: Parameters) -> str:
    known = {code.lower(): code for code in CURRENCIES} | {k: v for k, v in _CURRENCIES.items() if v in CURRENCIES}
    for name, (words, default) in _AMBIGUOUS.items():
        code = str(parameters.get(name, default or "")).upper()
        if code and code not in CURRENCIES:
            raise RuleRefused("there is no such currency", found=code, expected="a code of ISO 4217")
        known |= dict.fromkeys(words, code) if code else {}
    return looked_up(text, known, tuple(CURRENCIES))


CURRENCY = Pattern(
    "currency",
    "A currency's symbol or name becomes its code of ISO 4217; the rest stays. $ means USD and ¥ JPY unless said "
    "otherwise, kr means nothing until `crown` says whose.",
    _currency,
    (
        PatternExample("€", "EUR"),
        PatternExample("eur", "EUR"),
        PatternExample("US dollars", "USD"),
        PatternExample("$", "USD"),
        PatternExample("$", "CAD", {"dollar": "CAD"}),
        PatternExample("¥", "CNY", {"yen_or_yuan": "CNY"}),
        PatternExample("kr", "kr"),
        PatternExample("kr", "SEK", {"crown": "SEK"}),
        PatternExample("gold", "gold"),
        PatternExample(None, None),
    ),
    (
        Key("dollar", Text(), "What $ means; default: USD."),
        Key("yen_or_yuan", Text(), "What ¥ means; default: JPY."),
        Key("crown", Text(), "What kr means; default: it stays."),
    ),
)
# What one of a unit is in the first of its row; from the International System of Units and the yard and pound of 1959.
_UNITS: dict[str, dict[str, str]] = {
    "kg": {"kg": "1", "g": "0.001", "mg": "0.000001", "t": "1000", "lb": "0.45359237", "oz": "0.028349523125"},
    "m": {
        "m": "1", "km": "1000", "cm": "0.01", "mm": "0.001", "in": "0.0254", "ft": "0.3048", "yd": "0.9144",
        "mi": "1609.344",
    },
    "l": {
        "l": "1", "ml": "0.001", "cl": "0.01", "dl": "0.1", "m3": "1000", "gal": "3.785411784",
        "fl oz": "0.0295735295625",
    },
}  # fmt: skip
_UNIT_WORDS = {
    "kilogram": "kg", "kilograms": "kg", "kilogramm": "kg", "kilo": "kg", "kilos": "kg", "kgs": "kg", "gram": "g",
    "grams": "g", "gramm": "g", "gr": "g", "milligram": "mg", "milligrams": "mg", "tonne": "t", "tonnes": "t",
    "ton": "t", "pound": "lb", "pounds": "lb", "lbs": "lb", "ounce": "oz", "ounces": "oz", "metre": "m", "metres": "m",
    "meter": "m", "meters": "m", "kilometre": "km", "kilometer": "km", "kilometers": "km", "centimetre": "cm",
    "centimeter": "cm", "centimeters": "cm", "zentimeter": "cm", "millimetre": "mm", "millimeter": "mm",
    "inch": "in", "inches": "in", "zoll": "in", '"': "in", "″": "in", "foot": "ft", "feet": "ft", "'": "ft",
    "yard": "yd",
    "yards": "yd", "mile": "mi", "miles": "mi", "litre": "l", "liter": "l", "litres": "l", "liters": "l", "ltr": "l",
    "millilitre": "ml", "milliliter": "ml", "gallon": "gal", "gallons": "gal", "m³": "m3", "cbm": "m3",
}  # fmt: skip
# Zeros at the end of a fraction, and the point when nothing else is left of it.
_ZEROS = r"(?:(?<=\.[0-9]{0,20})|(?<=[0-9])\.)0+\z"
_ALL_UNITS = tuple(unit for units in _UNITS.values() for unit in units)


def _unit(text: str, _parameters: Parameters) -> str:
    return looked_up(text, {unit: unit for unit in _ALL_UNITS} | _UNIT_WORDS, _ALL_UNITS)


UNIT = Pattern(
    "unit",
    "The name of a unit of weight, length or volume becomes its symbol; the rest stays. A ton is taken for a tonne.",
    _unit,
    (
        PatternExample("Kilogramm", "kg"),
        PatternExample("LBS", "lb"),
        PatternExample("inches", "in"),
        PatternExample("parsec", "parsec"),
        PatternExample(None, None),
    ),
)


def _quantity(text: str, parameters: Parameters) -> str:
    wanted = text_of(parameters, "unit")
    row = next(units for units in _UNITS.values() if wanted in units)
    symbols = {unit: unit for unit in row} | {word: unit for word, unit in _UNIT_WORDS.items() if unit in row}
    words = "|".join(escaped(word) for word in sorted(symbols, key=len, reverse=True))
    form = literal(rf"^\s*([0-9]{{1,12}}(?:[.,][0-9]{{1,6}})?)\s*({words})\.?\s*\z")
    factors = " ".join(
        f"WHEN {literal(word)} THEN {_factor(row[symbol], row[wanted])}" for word, symbol in symbols.items()
    )

    def made(one: str) -> str:
        unit = f"regexp_extract(lower({one}), {form}, 2)"
        number = f"try_cast(replace(regexp_extract(lower({one}), {form}, 1), ',', '.') AS DECIMAL(18,6))"
        product = f"try_multiply({number}, CASE {unit} {factors} END)"
        counted = f"CAST(round({product}, {number_of(parameters, 'scale') or 6}) AS STRING)"
        return f"coalesce({replaced(counted, _ZEROS, '')}, {one})"

    return once(text, made)


def _factor(of: str, wanted: str) -> str:
    return literal((Decimal(of) / Decimal(wanted)).quantize(Decimal("1e-12")))


QUANTITY = Pattern(
    "quantity",
    "A number with a unit becomes the number in the wanted unit: 2.5 lb is 1.133981 in kg. A comma is a decimal sign. "
    "What has no unit of this kind stays.",
    _quantity,
    (
        PatternExample("2.5 lb", "1.133981", {"unit": "kg"}),
        PatternExample("500g", "0.5", {"unit": "kg"}),
        PatternExample("1,5 kg", "1500", {"unit": "g"}),
        PatternExample("12 inches", "30.48", {"unit": "cm"}),
        PatternExample("2 gal", "7.57", {"unit": "l", "scale": 2}),
        PatternExample("5 m", "5 m", {"unit": "kg"}),
        PatternExample("5", "5", {"unit": "kg"}),
        PatternExample(None, None, {"unit": "kg"}),
    ),
    (
        Key("unit", Choice(_ALL_UNITS), "The unit of the result: " + ", ".join(_ALL_UNITS) + ".", required=True),
        Key("scale", Number(whole=True), "Digits after the point; default: 6."),
    ),
    main="unit",
)

PATTERNS = (CURRENCY, UNIT, QUANTITY)
