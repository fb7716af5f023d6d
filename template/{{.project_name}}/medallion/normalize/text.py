"""White space, Unicode, case, and text that stands for nothing."""

from __future__ import annotations

from ..rules.composed_letters import composed_pairs, marks
from ..rules.kinds import Parameters, RuleRefused, text_of
from ..rules.text_parts import PLACEHOLDERS
from ..rules.text_signs import INVISIBLE
from ..rules.words import literals, texts_of
from ..sql.words import literal
from ..yaml_files.shapes import Key, ListOf, Text
from .kinds import Pattern, PatternExample, once

_TEXTS = ListOf(Text(), minimum=1)
_SPACES, _READABLE = r"(?U)\s+", r"(?U)\S"


def replaced(text: str, pattern: str, replacement: str) -> str:
    """SQL: every match of a Java pattern replaced; `$1` in the replacement is the first group."""
    return f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)})"


TRIM = Pattern(
    "trim",
    "White space at both ends goes, no-break spaces and line breaks included.",
    lambda text, _: replaced(text, r"(?U)^\s+|\s+\z", ""),
    (
        PatternExample(" Anna\n", "Anna"),
        PatternExample("\u00a0x", "x"),
        PatternExample("  ", ""),
        PatternExample(None, None),
    ),
)
COLLAPSE = Pattern(
    "collapse",
    "Every run of white space becomes one space; at both ends it goes.",
    lambda text, _: f"trim({replaced(text, _SPACES, ' ')})",
    (PatternExample(" Main \t Street ", "Main Street"), PatternExample("a\u00a0b", "a b"), PatternExample(None, None)),
)
LOWER = Pattern(
    "lower",
    "Every letter becomes lower case.",
    lambda text, _: f"lower({text})",
    (PatternExample("PAID", "paid"), PatternExample("Ärger", "ärger"), PatternExample(None, None)),
)
UPPER = Pattern(
    "upper",
    "Every letter becomes a capital.",
    lambda text, _: f"upper({text})",
    (PatternExample("eur", "EUR"), PatternExample("straße", "STRASSE"), PatternExample(None, None)),
)
VISIBLE = Pattern(
    "visible",
    "Signs that are drawn as nothing go: zero-width, soft hyphen, byte order mark, direction marks. Signs made of "
    "several emoji fall into their parts.",
    lambda text, _: replaced(text, INVISIBLE, ""),
    (PatternExample("a\u200bb", "ab"), PatternExample("\ufeffid", "id"), PatternExample(None, None)),
)
NO_CONTROL = Pattern(
    "no_control",
    "A tab or line break becomes a space, every other control character goes.",
    lambda text, _: replaced(replaced(text, r"\r\n|[\t\n\r]", " "), r"\p{Cc}", ""),
    (PatternExample("a\r\nb", "a b"), PatternExample("a\x00b", "ab"), PatternExample(None, None)),
)


def _composed(text: str) -> str:
    pairs = ", ".join(literals(pair) for pair in composed_pairs().items())
    parts = f"regexp_extract_all({text}, {literal(f'(?s).[{marks()}]?')}, 0)"
    return f"array_join(transform({parts}, part -> coalesce(try_element_at(map({pairs}), part), part)), '')"


def _nfc(text: str, _parameters: Parameters) -> str:
    # A letter may carry two marks (Vietnamese): the second step joins the second to what the first made.
    twice = f"(two, step) -> {_composed('two')}"
    has_mark = literal(f"[{marks()}]")
    return once(
        text, lambda one: f"CASE WHEN {one} RLIKE {has_mark} THEN aggregate(array(1, 2), {one}, {twice}) ELSE {one} END"
    )


NFC = Pattern(
    "nfc",
    "A Latin, Greek or Cyrillic letter and its mark become the one sign that Unicode has for both (form NFC).",
    _nfc,
    (
        PatternExample("Mu\u0308ller", "Müller"),
        PatternExample("e\u0302\u0301", "ế", about="two marks"),
        PatternExample("x\u0301", "x\u0301", about="there is no one sign"),
        PatternExample("Müller", "Müller"),
        PatternExample(None, None),
    ),
)
_SIGNS = {"‘’‚‛′": "'", "“”„‟″«»": '"', "‐‑‒–—―−": "-", "\u00a0\u2007\u202f": " "}
PLAIN_SIGNS = Pattern(
    "plain_signs",
    "Typographic quotes, dashes and spaces become those of a keyboard, … becomes three dots.",
    lambda text, _: (
        f"replace(translate({text}, {literal(''.join(_SIGNS))}, "
        f"{literal(''.join(plain * len(signs) for signs, plain in _SIGNS.items()))}), '…', '...')"
    ),
    (
        PatternExample("O’Hara – “x”…", 'O\'Hara - "x"...'),
        PatternExample("5−3", "5-3"),
        PatternExample(None, None),
    ),
)
_WHOLE = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
_STROKES = {
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "ı": "i",
    "ħ": "h",
    "Ħ": "H",
}
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}


def _ascii_letters(text: str, parameters: Parameters) -> str:
    singles = dict(_STROKES)
    for pair, sign in composed_pairs().items():
        base = singles.get(pair[0], pair[0])
        if base.isascii():
            singles[sign] = base
    whole = {**_WHOLE, **(_GERMAN if parameters.get("umlauts") == "ae" else {})}
    for sign, letters in whole.items():
        text = f"replace({text}, {literal(sign)}, {literal(letters)})"
    return f"translate({text}, {literal(''.join(singles))}, {literal(''.join(singles.values()))})"


ASCII_LETTERS = Pattern(
    "ascii_letters",
    "Latin letters lose their marks: é becomes e, ß becomes ss, ø becomes o; with `umlauts: ae` ä becomes ae.",
    _ascii_letters,
    (
        PatternExample("Müller-Größe", "Muller-Grosse"),
        PatternExample("Müller", "Mueller", {"umlauts": "ae"}),
        PatternExample("Łódź, Ærø, Nguyễn", "Lodz, AEro, Nguyen"),
        PatternExample("Москва", "Москва"),
        PatternExample(None, None),
    ),
    (Key("umlauts", Text("ae|a", "ae or a"), "ae: ä, ö, ü become ae, oe, ue; default: a."),),
    main="umlauts",
)
NULL_IF_BLANK = Pattern(
    "null_if_blank",
    "Text without anything to read becomes absent.",
    lambda text, _: once(text, lambda one: f"CASE WHEN {one} RLIKE {literal(_READABLE)} THEN {one} END"),
    (PatternExample(" ", None), PatternExample("", None), PatternExample(" a", " a"), PatternExample(None, None)),
    makes_absent=True,
)


def _null_if_placeholder(text: str, parameters: Parameters) -> str:
    words = [*PLACEHOLDERS, "", *(word.lower() for word in texts_of(parameters, "also"))]
    allowed = {word.lower() for word in texts_of(parameters, "except")}
    listed = literals(dict.fromkeys(word for word in words if word not in allowed))
    return once(text, lambda one: f"CASE WHEN lower(trim({one})) NOT IN ({listed}) THEN {one} END")


NULL_IF_PLACEHOLDER = Pattern(
    "null_if_placeholder",
    "A stand-in for a missing value (n/a, null, unknown, tbd, -, in any case) and empty text become absent.",
    _null_if_placeholder,
    (
        PatternExample("N/A", None),
        PatternExample(" - ", None),
        PatternExample("Anna", "Anna"),
        PatternExample("NA", "NA", {"except": ("na",)}),
        PatternExample("later", None, {"also": ("Later",)}),
        PatternExample(None, None),
    ),
    (
        Key("also", _TEXTS, "Further words that stand for nothing here."),
        Key("except", _TEXTS, "Words that are values here: na is Namibia's code."),
    ),
    main="also",
    makes_absent=True,
)


def _mapped(text: str, parameters: Parameters) -> str:
    pairs = [pair.partition("=") for pair in texts_of(parameters, "values")]
    wrong = [pair for pair in pairs if not pair[0] or not pair[1]]
    if wrong:
        raise RuleRefused("a mapping says what becomes what", found="".join(wrong[0]), expected="old=new")
    cases = " ".join(f"WHEN {literal(old.strip().lower())} THEN {literal(new.strip())}" for old, _, new in pairs)
    return once(text, lambda one: f"CASE lower(trim({one})) {cases} ELSE {one} END")


MAPPED = Pattern(
    "mapped",
    "Values of a list become others, in any case and without blanks around them; the rest stays.",
    _mapped,
    (
        PatternExample(" returned", "refunded", {"values": ("returned=refunded", "void=cancelled")}),
        PatternExample("VOID", "cancelled", {"values": ("returned=refunded", "void=cancelled")}),
        PatternExample("paid", "paid", {"values": ("returned=refunded",)}),
        PatternExample(None, None, {"values": ("a=b",)}),
    ),
    (Key("values", _TEXTS, "What becomes what: [returned=refunded].", required=True),),
    main="values",
)


def _without(text: str, parameters: Parameters) -> str:
    signs = text_of(parameters, "signs")
    return f"translate({text}, {literal(signs)}, '')"


WITHOUT = Pattern(
    "without",
    "The given signs go, each of them wherever it stands.",
    _without,
    (
        PatternExample("(12) 34", "12 34", {"signs": "()"}),
        PatternExample("a'b", "ab", {"signs": "'"}),
        PatternExample(None, None, {"signs": "'"}),
    ),
    (Key("signs", Text(), "The signs, one after the other.", required=True),),
    main="signs",
)
PATTERNS = (
    TRIM, COLLAPSE, LOWER, UPPER, VISIBLE, NO_CONTROL, NFC, PLAIN_SIGNS, ASCII_LETTERS, NULL_IF_BLANK,
    NULL_IF_PLACEHOLDER, MAPPED, WITHOUT,
)  # fmt: skip
