"""Forms of technical text: hashes, encodings, versions, durations, periods, file names, words for yes and no."""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Flag, Key, ListOf, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, text_of
from .pattern_kind import pattern_kind
from .words import escaped, flag_of, joined, literals, matches, texts_of

_HASH_DIGITS = {"crc32": 8, "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
YES_WORDS = ("true", "t", "yes", "y", "1", "on", "ja", "j", "oui", "o", "sí", "si", "s", "sim", "tak", "wahr", "vrai")
NO_WORDS = ("false", "f", "no", "n", "0", "off", "nein", "non", "não", "nao", "nie", "falsch", "faux")


def _hash(subject: Subject, parameters: Parameters) -> str:
    digits = _HASH_DIGITS[text_of(parameters, "algorithm")]
    return matches(subject.sql, rf"^(?:[0-9a-f]{{{digits}}}|[0-9A-F]{{{digits}}})\z")


HASH_FORMAT = RuleKind(
    name="hash_format",
    suffix="hash",
    about="Text has the hexadecimal form of a hash of that algorithm, in letters of one case.",
    condition=_hash,
    message=lambda column, parameters: f"{column} must have the form of a {parameters['algorithm']} hash.",
    parameters=(Key("algorithm", Choice(tuple(_HASH_DIGITS)), " | ".join(_HASH_DIGITS), required=True),),
    main="algorithm",
    families=("string",),
    examples=(
        Example("d41d8cd98f00b204e9800998ecf8427e", True, {"algorithm": "md5"}),
        Example("D41D8CD98F00B204E9800998ECF8427E", True, {"algorithm": "md5"}),
        Example("D41d8cd98f00b204e9800998ecf8427e", False, {"algorithm": "md5"}),
        Example("d41d8cd98f00b204e9800998ecf8427", False, {"algorithm": "md5"}),
        Example("cbf43926", True, {"algorithm": "crc32"}),
        Example("cbf43926", False, {"algorithm": "sha256"}),
        Example(None, True, {"algorithm": "md5"}),
    ),
)
_HEX = r"^[0-9A-Fa-f]+\z"
HEX = RuleKind(
    name="hex",
    suffix="hex",
    about="Text is bytes in hexadecimal: pairs of 0-9, a-f, A-F.",
    condition=lambda subject, _: f"length({subject.sql}) % 2 = 0 AND {matches(subject.sql, _HEX)}",
    message=lambda column, _: f"{column} must be hexadecimal.",
    families=("string",),
    examples=(
        Example("00ff", True, {}),
        Example("0fF", False, {}),
        Example("0xff", False, {}),
        Example("", False, {}),
        Example(None, True, {}),
    ),
)


def _base64(subject: Subject, parameters: Parameters) -> str:
    signs = "A-Za-z0-9_-" if flag_of(parameters, "url_safe") else "A-Za-z0-9+/"
    pattern = rf"^[{signs}]+={{0,2}}\z"
    return f"length({subject.sql}) % 4 = 0 AND {matches(subject.sql, pattern)}"


BASE64 = RuleKind(
    name="base64",
    suffix="base64",
    about="Text has the form of Base64 with padding (RFC 4648), without line breaks.",
    condition=_base64,
    message=lambda column, _: f"{column} must be Base64.",
    parameters=(Key("url_safe", Flag(), "true: the alphabet with - and _ instead of + and /."),),
    families=("string",),
    examples=(
        Example("aGVsbG8=", True, {}),
        Example("aGVsbG8", False, {}),
        Example("aGV/bG8=", False, {"url_safe": True}),
        Example("aGV_bG8=", True, {"url_safe": True}),
        Example("====", False, {}),
        Example("", False, {}),
        Example(None, True, {}),
    ),
)
_NUMBER, _PART = "(?:0|[1-9][0-9]{0,17})", "(?:0|[1-9][0-9]{0,17}|[0-9]{0,18}[A-Za-z-][0-9A-Za-z-]{0,63})"
SEMVER = pattern_kind(
    "semver",
    rf"^{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PART}(?:\.{_PART}){{0,20}})?"
    r"(?:\+[0-9A-Za-z-]{1,64}(?:\.[0-9A-Za-z-]{1,64}){0,20})?\z",
    "Text is a version of Semantic Versioning 2.0.0: 1.2.3-rc.1+build.5.",
    "be a semantic version",
    holds=("1.2.3", "0.0.0-alpha.1", "1.0.0+build.5", "1.0.0-x-y"),
    fails=("1.2", "v1.2.3", "1.02.3", "1.2.3-01", ""),
)
SLUG = pattern_kind(
    "slug",
    r"^(?!.*--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\z",
    "Text is lower-case letters and digits with single hyphens between them: the name in an address.",
    "be lower-case letters and digits with single hyphens",
    holds=("blue-shirt-42", "a"),
    fails=("Blue-shirt", "blue--shirt", "-blue", "blue_shirt", ""),
)
ISO_DURATION = pattern_kind(
    "iso_duration",
    r"^P(?=[0-9T])(?:[0-9]{1,9}W|(?:[0-9]{1,9}Y)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}D)?"
    r"(?:T(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}(?:[.,][0-9]{1,9})?S)?)?)\z",
    "Text is a duration of ISO 8601: P1DT2H30M, PT0.5S, P2W.",
    "be a duration like P1DT2H",
    holds=("P1DT2H30M", "PT0.5S", "P2W", "P3M"),
    fails=("P", "PT", "1D", "P1H", "P1W2D", ""),
)
_PERIODS = {
    "year": (r"^[0-9]{4}\z", "2026"),
    "half": (r"^[0-9]{4}-H[12]\z", "2026-H1"),
    "quarter": (r"^[0-9]{4}-Q[1-4]\z", "2026-Q1"),
    "month": (r"^[0-9]{4}-(?:0[1-9]|1[0-2])\z", "2026-01"),
    "week": (r"^[0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3])\z", "2026-W05"),
}
PERIOD = RuleKind(
    name="period",
    suffix="period",
    about="Text names a period: year 2026, half 2026-H1, quarter 2026-Q1, month 2026-01, week 2026-W05.",
    condition=lambda subject, parameters: matches(subject.sql, _PERIODS[text_of(parameters, "of")][0]),
    message=lambda column, parameters: (
        f"{column} must be a {parameters['of']} like {_PERIODS[str(parameters['of'])][1]}."
    ),
    parameters=(Key("of", Choice(tuple(_PERIODS)), " | ".join(_PERIODS), required=True),),
    main="of",
    families=("string",),
    examples=(
        Example("2026-Q4", True, {"of": "quarter"}),
        Example("2026-Q5", False, {"of": "quarter"}),
        Example("2026-12", True, {"of": "month"}),
        Example("2026-13", False, {"of": "month"}),
        Example("2026-W53", True, {"of": "week"}),
        Example("2026-12-01", False, {"of": "month"}),
        Example("", False, {"of": "year"}),
        Example(None, True, {"of": "year"}),
    ),
)


def _extension(subject: Subject, parameters: Parameters) -> str:
    endings = [ending.lower().removeprefix(".") for ending in texts_of(parameters, "extensions")]
    if not all(endings):
        raise RuleRefused("an extension is empty", found="''", expected="csv")
    return matches(f"lower({subject.sql})", rf"[^./\\]\.(?:{'|'.join(map(escaped, endings))})\z")


FILE_EXTENSION = RuleKind(
    name="file_extension",
    suffix="file_extension",
    about="Text is a file name or path with one of the extensions, in any case.",
    condition=_extension,
    message=lambda column, parameters: f"{column} must end with {joined(texts_of(parameters, 'extensions'))}.",
    parameters=(Key("extensions", ListOf(Text(), minimum=1), "Extensions: [csv, tar.gz].", required=True),),
    main="extensions",
    families=("string",),
    examples=(
        Example("in/Orders.CSV", True, {"extensions": ("csv", "tar.gz")}),
        Example("a.tar.gz", True, {"extensions": ("csv", "tar.gz")}),
        Example("orders.csv.bak", False, {"extensions": ("csv",)}),
        Example("in/.csv", False, {"extensions": ("csv",)}),
        Example("", False, {"extensions": ("csv",)}),
        Example(None, True, {"extensions": ("csv",)}),
    ),
)


def _boolean(subject: Subject, parameters: Parameters) -> str:
    words = texts_of(parameters, "words") or (*YES_WORDS, *NO_WORDS)
    return f"lower(trim({subject.sql})) IN ({literals(word.lower() for word in words)})"


BOOLEAN_WORD = RuleKind(
    name="boolean_word",
    suffix="boolean_word",
    about="Text is a word for yes or no (true, yes, y, 1, on, ja, oui, sí, tak … and their opposites), in any case.",
    condition=_boolean,
    message=lambda column, _: f"{column} must be a word for yes or no.",
    parameters=(Key("words", ListOf(Text(), minimum=1), "The words, instead of the usual ones."),),
    main="words",
    families=("string",),
    examples=(
        Example("Yes", True, {}),
        Example(" nein ", True, {}),
        Example("0", True, {}),
        Example("maybe", False, {}),
        Example("yes", False, {"words": ("X", "-")}),
        Example("x", True, {"words": ("X", "-")}),
        Example("", False, {}),
        Example(None, True, {}),
    ),
)
RULES = (
    HASH_FORMAT,
    HEX,
    BASE64,
    SEMVER,
    SLUG,
    ISO_DURATION,
    PERIOD,
    FILE_EXTENSION,
    BOOLEAN_WORD,
)
