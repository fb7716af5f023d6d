"""Booleans, numbers, dates and identifiers, as text of one form."""

from __future__ import annotations

from ..rules.date_text import checked_pattern
from ..rules.kinds import Parameters
from ..rules.technical import NO_WORDS, YES_WORDS
from ..rules.words import escaped, literals, texts_of
from ..sql.column_types import moment
from ..sql.words import literal
from ..yaml_files.shapes import Choice, Flag, Key, ListOf, Number, Text
from .kinds import Pattern, PatternExample, once
from .text import replaced

_TEXTS = ListOf(Text(), minimum=1)


def _boolean(text: str, parameters: Parameters) -> str:
    yes = [*YES_WORDS, *(word.lower() for word in texts_of(parameters, "yes"))]
    no = [*NO_WORDS, *(word.lower() for word in texts_of(parameters, "no"))]

    def made(one: str) -> str:
        cases = f"WHEN lower(trim({one})) IN ({literals(yes)}) THEN 'true'"
        return f"CASE {cases} WHEN lower(trim({one})) IN ({literals(no)}) THEN 'false' ELSE {one} END"

    return once(text, made)


BOOLEAN = Pattern(
    "boolean",
    "A word for yes or no (true, yes, y, 1, on, ja, oui, sí, tak … and their opposites) becomes true or false; the "
    "rest "
    "stays.",
    _boolean,
    (
        PatternExample("Yes", "true"),
        PatternExample(" nein ", "false"),
        PatternExample("0", "false"),
        PatternExample("X", "true", {"yes": ("x",)}),
        PatternExample("maybe", "maybe"),
        PatternExample(None, None),
    ),
    (Key("yes", _TEXTS, "Further words for yes."), Key("no", _TEXTS, "Further words for no.")),
)


def _number(text: str, parameters: Parameters) -> str:
    point = str(parameters.get("decimal", "."))
    group = "," if point == "." else "."
    fraction = rf"(?:{escaped(point)}[0-9]*)?\z"
    grouped = rf"^[+-]?[0-9]{{1,3}}(?:{escaped(group)}[0-9]{{3}}){{1,12}}{fraction}"
    single = rf"^[+-]?[0-9]*{fraction}"

    def made(two: str) -> str:
        pointed = f"replace(replace({two}, {literal(group)}, ''), {literal(point)}, '.')"
        fits = f"{two} RLIKE {literal(grouped)} OR {two} RLIKE {literal(single)}"
        return f"CASE WHEN {two} RLIKE '[0-9]' AND ({fits}) THEN {pointed} END"

    return once(text, lambda one: f"coalesce({once(_bare_number(one), made, 'two')}, {one})")


def _bare_number(text: str) -> str:
    """Without blanks, currency and marks of accountants; a minus sign in front."""
    currency = r"(?U)^\s*[A-Z]{3}(?=[\s0-9(-])|(?<=[\s0-9)-])[A-Z]{3}\s*\z|\p{Sc}"
    bare = replaced(replaced(f"replace({text}, '−', '-')", currency, ""), r"(?U)[\s'’_]", "")
    return replaced(replaced(bare, r"^\((.+)\)\z", "-$1"), r"^([^-].*)-\z", "-$1")


NUMBER = Pattern(
    "number",
    "A number written for people becomes one for machines: the decimal sign a point, no groups, blanks, currency; (5) "
    "and 5- become -5. What is no number of this form stays.",
    _number,
    (
        PatternExample("1.234,50 €", "1234.50", {"decimal": ","}),
        PatternExample("EUR 12,5", "12.5", {"decimal": ","}),
        PatternExample("$1,234.50", "1234.50"),
        PatternExample("(1,234)", "-1234"),
        PatternExample("12-", "-12"),
        PatternExample("1 234 567", "1234567"),
        PatternExample("12.34,5", "12.34,5", {"decimal": ","}, "no groups of three"),
        PatternExample("1.5", "1.5", {"decimal": ","}, "neither a group nor a fraction there"),
        PatternExample("many", "many"),
        PatternExample(None, None),
    ),
    (Key("decimal", Choice((".", ",")), "The decimal sign of the text: . (default) or ,"),),
    main="decimal",
)


def _moment(text: str, parameters: Parameters, written: str) -> str:
    formats = [checked_pattern(one) for one in texts_of(parameters, "formats")]

    def made(one: str) -> str:
        tried = [f"date_format({moment(f'trim({one})', form)}, {literal(written)})" for form in formats]
        return f"coalesce({', '.join([*tried, one])})"

    return once(text, made)


_FORMATS = Key("formats", _TEXTS, "Patterns as Spark writes them, tried in this order: [dd.MM.yyyy].", required=True)
DATE = Pattern(
    "date",
    "A date of one of the formats, the first that fits, becomes yyyy-MM-dd; the rest stays.",
    lambda text, parameters: _moment(text, parameters, "yyyy-MM-dd"),
    (
        PatternExample("31.12.2026", "2026-12-31", {"formats": ("yyyy-MM-dd", "dd.MM.yyyy")}),
        PatternExample("2026-12-31", "2026-12-31", {"formats": ("yyyy-MM-dd", "dd.MM.yyyy")}),
        PatternExample(
            "03/04/2026", "2026-04-03", {"formats": ("dd/MM/yyyy", "MM/dd/yyyy")}, "the first format that fits"
        ),
        PatternExample("3 Jan 2026", "2026-01-03", {"formats": ("d MMM yyyy",)}),
        PatternExample("31.02.2026", "31.02.2026", {"formats": ("dd.MM.yyyy",)}),
        PatternExample(None, None, {"formats": ("dd.MM.yyyy",)}),
    ),
    (_FORMATS,),
    main="formats",
)
DATETIME = Pattern(
    "datetime",
    "A date with a time of one of the formats becomes yyyy-MM-dd HH:mm:ss, in the session's time zone; the rest stays.",
    lambda text, parameters: _moment(text, parameters, "yyyy-MM-dd HH:mm:ss"),
    (
        PatternExample("31.12.2026 18:30", "2026-12-31 18:30:00", {"formats": ("dd.MM.yyyy HH:mm",)}),
        PatternExample("31.12.2026", "2026-12-31 00:00:00", {"formats": ("dd.MM.yyyy HH:mm", "dd.MM.yyyy")}),
        PatternExample("soon", "soon", {"formats": ("dd.MM.yyyy HH:mm",)}),
        PatternExample(None, None, {"formats": ("dd.MM.yyyy HH:mm",)}),
    ),
    (_FORMATS,),
    main="formats",
)
_DIGITS = r"^[0-9]+\z"


def _identifier(text: str, parameters: Parameters) -> str:
    plain = replaced(f"upper({text})", r"(?U)[\s._/\\-]", "")
    if parameters.get("strip_zeros") is True:
        plain = replaced(plain, r"^0+(?=.)", "")
    if "pad" not in parameters:
        return plain
    width = int(str(parameters["pad"]))

    def made(one: str) -> str:
        is_short = f"{one} RLIKE {literal(_DIGITS)} AND length({one}) < {width}"
        return f"CASE WHEN {is_short} THEN lpad({one}, {width}, '0') ELSE {one} END"

    return once(plain, made)


IDENTIFIER = Pattern(
    "identifier",
    "An identifier becomes capitals without blanks and separators (. _ / \\ -); leading zeros go or come where asked.",
    _identifier,
    (
        PatternExample("de 89-3704 0044", "DE8937040044"),
        PatternExample("ab_12/3.c", "AB123C"),
        PatternExample("000123", "123", {"strip_zeros": True}),
        PatternExample("123", "00000123", {"pad": 8}),
        PatternExample("A12", "A12", {"pad": 8}, "only digits are filled up"),
        PatternExample(None, None),
    ),
    (
        Key("strip_zeros", Flag(), "true: zeros at the beginning go."),
        Key("pad", Number(whole=True), "Digits are filled up with zeros to this width."),
    ),
)
PATTERNS = (BOOLEAN, NUMBER, DATE, DATETIME, IDENTIFIER)
