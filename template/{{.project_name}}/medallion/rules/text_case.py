"""How text is spaced and capitalised."""

from __future__ import annotations

from ..sql.words import literal
from ..yaml_files.shapes import Key, ListOf, Text
from .kinds import Example, Parameters, RuleKind, Subject
from .pattern_kind import pattern_kind
from .words import escaped, matches, texts_of

TRIMMED = pattern_kind(
    "trimmed",
    r"(?U)^\s|\s\z",
    "Text does not begin or end with white space, a no-break space included.",
    "not begin or end with white space",
    holds=("a", "a b", ""),
    fails=(" a", "a ", "a\n", "\u00a0a", " "),
    forbidden=True,
    dimension="consistency",
)
SINGLE_SPACED = pattern_kind(
    "single_spaced",
    r"(?U)\s\s|[^\S ]",
    "Words are separated by one ordinary space: no tab, no line break, no no-break space, no two in a row.",
    "separate words by one ordinary space",
    holds=("Main Street 1", "a", ""),
    fails=("Main  Street", "Main\tStreet", "Main\u00a0Street"),
    forbidden=True,
    dimension="consistency",
)
LOWER_CASE = pattern_kind(
    "lower_case",
    r"[\p{Lu}\p{Lt}]",
    "Text has no capital letter, of any alphabet.",
    "have no capital letter",
    holds=("abc-1", "straße", ""),
    fails=("Abc", "ÄPFEL", "Д"),
    forbidden=True,
    dimension="consistency",
)
UPPER_CASE = pattern_kind(
    "upper_case",
    r"\p{Ll}",
    "Text has no lower-case letter, of any alphabet.",
    "have no lower-case letter",
    holds=("ABC-1", "ÄPFEL", "12"),
    fails=("ABc", "STRAßE", "д"),
    forbidden=True,
    dimension="consistency",
)


_WORD = r"(?<![\p{L}])(?:…)(?![\p{L}])"


def _title_condition(subject: Subject, parameters: Parameters) -> str:
    words = "|".join(escaped(word) for word in texts_of(parameters, "except"))
    judged = subject.sql
    if words:
        judged = f"regexp_replace({judged}, {literal(_WORD.replace('…', words))}, '')"
    small, inner = r"(?<![\p{L}\p{M}'’])\p{Ll}", r"\p{L}\p{M}*\p{Lu}"
    return f"NOT {matches(judged, small)} AND NOT {matches(judged, inner)}"


TITLE_CASE = RuleKind(
    name="title_case",
    suffix="title_case",
    about="Every word begins with a capital letter and goes on in lower case; words under `except` are as given.",
    condition=_title_condition,
    message=lambda column, _: f"{column} must have words that begin with one capital letter.",
    parameters=(
        Key("except", ListOf(Text(), minimum=1), "Words that may stand as they are given here: von, McDonald."),
    ),
    families=("string",),
    dimension="consistency",
    examples=(
        Example("New York", True, {}),
        Example("O'Hara", True, {}, about="after an apostrophe both cases may stand"),
        Example("Ronald McDonald", False, {}),
        Example("Jean-Luc", True, {}),
        Example("Ludwig van Beethoven", True, {"except": ("van", "von")}),
        Example("Ronald McDonald", True, {"except": ("McDonald",)}),
        Example("new York", False, {}),
        Example("NEW YORK", False, {}),
        Example("Vanessa vandal", False, {"except": ("van",)}),
        Example("", True, {}),
        Example(None, True, {}),
    ),
)
RULES = (TRIMMED, SINGLE_SPACED, LOWER_CASE, UPPER_CASE, TITLE_CASE)
