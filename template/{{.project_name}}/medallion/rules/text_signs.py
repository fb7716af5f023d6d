"""Which signs a text is made of: control and invisible ones, alphabets, digits, traces of a wrong encoding."""

from __future__ import annotations

from ..yaml_files.shapes import Flag, Key
from .composed_letters import decomposed_pattern
from .kinds import Example, Parameters, RuleKind, Subject
from .pattern_kind import pattern_kind
from .words import flag_of, matches

# Category Cf of Unicode (zero-width, bidirectional, soft hyphen, byte order mark) and letters drawn as nothing.
INVISIBLE = "[\\p{Cf}\u115f\u1160\u180e\u3164\uffa0]"
# What UTF-8 looks like when it was read as Windows-1252 or Latin-1, and the sign for an unreadable byte.
_MOJIBAKE = (
    "\ufffd|[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014"
    "\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]|\u00e2\u20ac|\u00ef\u00bb\u00bf"
)
# Greek letters that stand beside Latin ones in units and formulas are no mixture: Ω, µ, π.
_OTHER_SCRIPT = "[\\p{IsCyrillic}\\p{IsGreek}&&[^\u03a9\u2126\u03bc\u03c0]]"


def _no_control(subject: Subject, parameters: Parameters) -> str:
    kept = r"[\p{Cc}&&[^\t\n\r]]" if flag_of(parameters, "allow_line_breaks") else r"\p{Cc}"
    return f"NOT {matches(subject.sql, kept)}"


NO_CONTROL_CHARACTERS = RuleKind(
    name="no_control_characters",
    suffix="no_control_characters",
    about="Text has no control character (Unicode category Cc): no NUL, tab, line break, escape.",
    condition=_no_control,
    message=lambda column, _: f"{column} must have no control characters.",
    parameters=(Key("allow_line_breaks", Flag(), "true: tab, line feed and carriage return are allowed."),),
    families=("string",),
    examples=(
        Example("plain", True, {}),
        Example("a\tb", False, {}),
        Example("a\x00b", False, {}),
        Example("a\nb", True, {"allow_line_breaks": True}),
        Example("a\x1bb", False, {"allow_line_breaks": True}),
        Example("", True, {}),
        Example(None, True, {}),
    ),
)
NO_INVISIBLE_CHARACTERS = pattern_kind(
    "no_invisible_characters",
    INVISIBLE,
    "Text has no sign that is drawn as nothing: zero-width, soft hyphen, byte order mark, direction marks.",
    "have no invisible characters",
    holds=("plain", "a b", ""),
    fails=("a\u200bb", "\ufeffa", "co\u00adop", "\u202eabc"),
    forbidden=True,
)
ASCII = pattern_kind(
    "ascii",
    r"[^\x00-\x7F]",
    "Text has only the 128 signs of ASCII.",
    "have ASCII characters only",
    holds=("abc-1", ""),
    fails=("Müller", "5 €", "\u00a0"),
    forbidden=True,
)


def _nfc(subject: Subject, _parameters: Parameters) -> str:
    return f"NOT {matches(subject.sql, decomposed_pattern())}"


NFC = RuleKind(
    name="nfc",
    suffix="nfc",
    about="No Latin, Greek or Cyrillic letter is followed by a mark where Unicode has one sign for both (form NFC).",
    condition=_nfc,
    message=lambda column, _: f"{column} must write letters with marks as one sign (NFC).",
    families=("string",),
    dimension="consistency",
    examples=(
        Example("é", True, {}),
        Example("e\u0301", False, {}, about="e and U+0301"),
        Example("Mu\u0308ller", False, {}, about="u and U+0308"),
        Example("x\u0301", True, {}, about="there is no one sign for x with an accent"),
        Example("", True, {}),
        Example(None, True, {}),
    ),
)
ONE_SCRIPT = pattern_kind(
    "one_script",
    rf"\p{{IsLatin}}[\p{{M}}\p{{Nd}}]*{_OTHER_SCRIPT}|{_OTHER_SCRIPT}[\p{{M}}\p{{Nd}}]*\p{{IsLatin}}",
    "No word mixes Latin letters with Cyrillic or Greek ones that look like them; units like kΩ are no mixture.",
    "not mix alphabets within a word",
    holds=("paypal", "Москва", "5 kΩ", "Αθήνα Athens"),
    fails=("p\u0430ypal", "Αthens"),
    forbidden=True,
)
NO_MOJIBAKE = pattern_kind(
    "no_mojibake",
    _MOJIBAKE,
    "Text shows no trace of UTF-8 that was read in another encoding, and no sign for an unreadable byte.",
    "show no trace of a wrong encoding",
    holds=("Müller", "Ã", "NÃO", ""),
    fails=("MÃ¼ller", "itâ€™s", "M\ufffdller", "Â°C"),
    forbidden=True,
    dimension="accuracy",
)
NO_MARKUP = pattern_kind(
    "no_markup",
    "<[A-Za-z/!][^<>]*>|&(?:[A-Za-z]{2,8}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});",
    "Text has no HTML or XML tag and no entity.",
    "have no HTML or XML markup",
    holds=("a < b", "AT&T", "1 <2> 3", ""),
    fails=("<b>bold</b>", "a<br/>b", "Tom &amp; Jerry", "&#39;"),
    forbidden=True,
)
DIGITS_ONLY = pattern_kind(
    "digits_only",
    r"^[0-9]+\z",
    "Text is one or more of the digits 0 to 9.",
    "have digits only",
    holds=("0", "007"),
    fails=("", "1.0", "-1", "٣", "12\n"),
)
LETTERS_ONLY = pattern_kind(
    "letters_only",
    r"^\p{L}[\p{L}\p{M}]*\z",
    "Text is one or more letters, of any alphabet.",
    "have letters only",
    holds=("abc", "Müller", "Ж"),
    fails=("", "a b", "a1", "O'Hara"),
)
ALPHANUMERIC = pattern_kind(
    "alphanumeric",
    r"^[\p{L}\p{M}\p{Nd}]+\z",
    "Text is one or more letters and digits, of any alphabet.",
    "have letters and digits only",
    holds=("A1", "ü2", "7"),
    fails=("", "A-1", "A 1", "_"),
)
RULES = (
    NO_CONTROL_CHARACTERS,
    NO_INVISIBLE_CHARACTERS,
    ASCII,
    NFC,
    ONE_SCRIPT,
    NO_MOJIBAKE,
    NO_MARKUP,
    DIGITS_ONLY,
    LETTERS_ONLY,
    ALPHANUMERIC,
)
