"""Numbers as people and spreadsheets write them."""

from __future__ import annotations

from .model import NUMBERS, WHOLE_NUMBERS, ValueForm, template
from .words import mapped_words

_SIGN = "[+-]?"
_SYMBOL = r"[$€£¥₹₽₩₺₴₪฿₫]|[A-Z]{2}\$|[A-Z]{3}|kr|zł|kč|ft|lei"
_POINT = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_COMMA = r"[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d{1,2}"
_ONLY_POINT = "regexp_replace({x}, '[^0-9.-]', '')"
_ONLY_COMMA = "replace(regexp_replace({x}, '[^0-9,-]', ''), ',', '.')"
_COMMA_TITLE, _GROUPS_TITLE = "a comma for the decimal point", "signs between thousands"
_CURRENCY_TITLE = "a currency or unit beside the number"
_NUMBERS_IN_WORDS = {
    word: str(number)
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    )
    for number, word in enumerate(words.split())
    if word != "null"
}

NUMBER_FORMS = (
    ValueForm(
        "MED892",
        _GROUPS_TITLE,
        NUMBERS,
        rf"{_SIGN}\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?",
        ("1,234", "1,234.50", "12,345,678"),
        template("replace({x}, ',', '')"),
        is_guarded=True,
        normalize="number",
    ),
    ValueForm(
        "MED892",
        _GROUPS_TITLE,
        NUMBERS,
        rf"{_SIGN}\d{{1,3}}(?:[\s'’_]\d{{3}})+(?:\.\d+)?",
        ("1 234", "1'234.50", "12\u202f345"),
        template(_ONLY_POINT),
        is_guarded=True,
        normalize="number",
    ),
    ValueForm(
        "MED891",
        _COMMA_TITLE,
        NUMBERS,
        rf"{_SIGN}\d*,\d+",
        ("12,50", "8,00", "-0,5"),
        template("replace({x}, ',', '.')"),
        normalize='{number: ","}',
    ),
    ValueForm(
        "MED891",
        f"{_COMMA_TITLE}, and signs between thousands",
        NUMBERS,
        rf"{_SIGN}(?:\d{{1,3}}(?:[.\s'’]\d{{3}})+|\d+),\d+",
        ("1.234,50", "12,50", "1 234,50"),
        template(_ONLY_COMMA),
        is_guarded=True,
        normalize='{number: ","}',
    ),
    ValueForm(
        "MED894",
        "a percent sign",
        NUMBERS,
        rf"{_SIGN}\d+(?:[.,]\d+)?\s*%",
        ("19 %", "7.5%", "7,5 %"),
        template("replace(replace({x}, '%', ''), ',', '.')"),
    ),
    ValueForm(
        "MED893",
        _CURRENCY_TITLE,
        NUMBERS,
        rf"(?:(?:{_SYMBOL})\s*{_POINT}|{_POINT}\s*(?:{_SYMBOL}))",
        ("$1,234.50", "12.50 EUR", "€ 12.50"),
        template(_ONLY_POINT),
        is_guarded=True,
        normalize="number",
    ),
    ValueForm(
        "MED893",
        _CURRENCY_TITLE,
        NUMBERS,
        rf"(?:(?:{_SYMBOL})\s*{_COMMA}|{_COMMA}\s*(?:{_SYMBOL}))",
        ("12,50 €", "EUR 1.234,50"),
        template(_ONLY_COMMA),
        is_guarded=True,
        normalize='{number: ","}',
    ),
    ValueForm(
        "MED893",
        _CURRENCY_TITLE,
        NUMBERS,
        r"[+-]?\d+(?:\.\d+)?\s*[^\W\d_]{1,12}[²³]?",
        ("3.5 kg", "12m", "7 pieces"),
        template(_ONLY_POINT),
        is_guarded=True,
    ),
    ValueForm(
        "MED887",
        "a number in scientific form",
        WHOLE_NUMBERS,
        rf"{_SIGN}\d(?:\.\d+)?e[+-]?\d+",
        ("4.91512E+12", "1e3"),
        template("coalesce(CAST(try_cast({x} AS DECIMAL(38,0)) AS STRING), {x})"),
    ),
    ValueForm(
        "MED878",
        "a number that its type cannot hold",
        NUMBERS,
        rf"{_SIGN}\d+(?:\.\d+)?",
        ("12345678901234567890", "123456789012345678901234567890123456789012"),
        with_blanks=True,
        advice="a type that holds it, such as decimal(38,2): it changes the table, medallion plan says how",
    ),
    ValueForm(
        "MED877",
        "a number in words",
        NUMBERS,
        "|".join(_NUMBERS_IN_WORDS),
        ("two", "Zwölf"),
        mapped_words(_NUMBERS_IN_WORDS),
    ),
)
