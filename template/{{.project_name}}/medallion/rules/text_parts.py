"""What text begins with, ends with and contains, and words that stand for nothing."""

from __future__ import annotations

from ..sql.words import literal
from ..yaml_files.shapes import Flag, Key, ListOf, Number, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, text_of
from .regex import refuse_loose_end
from .words import bounds_sql, bounds_words, flag_of, literals, matches, texts_of

PLACEHOLDERS = (
    "-", "--", "---", ".", "..", "...", "?", "??", "???", "n/a", "n.a.", "#n/a", "na", "nan", "nil", "none", "null",
    "(null)", "<null>", "\\n", "undefined", "unknown", "missing", "not available", "not applicable", "tbd", "tba",
    "todo", "test", "dummy", "xxx", "k.a.", "unbekannt", "inconnu", "desconocido", "sconosciuto",
)  # fmt: skip
_TEXTS = ListOf(Text(), minimum=1)
_IGNORE_CASE = Key("ignore_case", Flag(), "true: capital letters do not count.")


def _edge_kind(name: str, function: str, about: str, must: str, examples: tuple[Example, ...]) -> RuleKind:
    """A rule of text that begins with, ends with or contains one of a few texts."""

    def condition(subject: Subject, parameters: Parameters) -> str:
        ignores = flag_of(parameters, "ignore_case")
        text = f"lower({subject.sql})" if ignores else subject.sql
        values = [value.lower() if ignores else value for value in texts_of(parameters, "values")]
        if any(not value for value in values):
            raise RuleRefused(f"{name} with an empty text always holds", found="''", expected="at least one character")
        return "(" + " OR ".join(f"{function}({text}, {literals([value])})" for value in values) + ")"

    def message(column: str, parameters: Parameters) -> str:
        return f"{column} must {must} {' or '.join(texts_of(parameters, 'values'))}."

    return RuleKind(
        name=name,
        suffix=name,
        about=about,
        condition=condition,
        message=message,
        parameters=(Key("values", _TEXTS, "The texts, one of which is enough.", required=True), _IGNORE_CASE),
        main="values",
        families=("string",),
        examples=(*examples, Example("", False, {"values": ("x",)}), Example(None, True, {"values": ("x",)})),
    )


STARTS_WITH = _edge_kind(
    "starts_with",
    "startswith",
    "Text begins with one of the given texts; no pattern.",
    "begin with",
    (
        Example("O-17", True, {"values": ("O-", "P-")}),
        Example("o-17", False, {"values": ("O-",)}),
        Example("o-17", True, {"values": ("O-",), "ignore_case": True}),
        Example("a%b", True, {"values": ("a%",)}, about="% stands for itself"),
        Example("axb", False, {"values": ("a%",)}),
    ),
)
ENDS_WITH = _edge_kind(
    "ends_with",
    "endswith",
    "Text ends with one of the given texts; no pattern.",
    "end with",
    (
        Example("report.csv", True, {"values": (".csv", ".json")}),
        Example("report.CSV", False, {"values": (".csv",)}),
        Example("report.csv\n", False, {"values": (".csv",)}),
    ),
)
CONTAINS = _edge_kind(
    "contains",
    "contains",
    "Text contains one of the given texts; no pattern.",
    "contain",
    (
        Example("see ticket 12", True, {"values": ("ticket",)}),
        Example("see Ticket 12", False, {"values": ("ticket",)}),
        Example("see Ticket 12", True, {"values": ("ticket",), "ignore_case": True}),
        Example("it's", True, {"values": ("'",)}),
    ),
)


def _not_contains(subject: Subject, parameters: Parameters) -> str:
    return f"NOT {CONTAINS.condition(subject, parameters)}"


NOT_CONTAINS = RuleKind(
    name="not_contains",
    suffix="without",
    about="Text contains none of the given texts; no pattern.",
    condition=_not_contains,
    message=lambda column, parameters: f"{column} must not contain {' or '.join(texts_of(parameters, 'values'))}.",
    parameters=CONTAINS.parameters,
    main="values",
    families=("string",),
    examples=(
        Example("plain", True, {"values": (";", "|")}),
        Example("a|b", False, {"values": (";", "|")}),
        Example("DROP", False, {"values": ("drop",), "ignore_case": True}),
        Example("", True, {"values": (";",)}),
        Example(None, True, {"values": (";",)}),
    ),
)


def _not_regex(subject: Subject, parameters: Parameters) -> str:
    refuse_loose_end(text_of(parameters, "pattern"))
    return f"NOT {matches(subject.sql, text_of(parameters, 'pattern'))}"


NOT_REGEX = RuleKind(
    name="not_regex",
    suffix="matches_not",
    about="The pattern is found nowhere in the text.",
    condition=_not_regex,
    message=lambda column, parameters: f"{column} must not match {text_of(parameters, 'pattern')}",
    parameters=(Key("pattern", Text(), "A Java regular expression.", required=True),),
    main="pattern",
    families=("string",),
    examples=(
        Example("85123A", True, {"pattern": r"^[a-z]"}),
        Example("gift voucher", False, {"pattern": r"^[a-z]"}),
        Example("", True, {"pattern": r"^.+\z"}),
        Example(None, True, {"pattern": r"^.+\z"}),
    ),
)


def _not_placeholder(subject: Subject, parameters: Parameters) -> str:
    words = [*PLACEHOLDERS, *(word.lower() for word in texts_of(parameters, "also"))]
    allowed = {word.lower() for word in texts_of(parameters, "except")}
    listed = literals(dict.fromkeys(word for word in words if word not in allowed))
    return f"lower(trim({subject.sql})) NOT IN ({listed})"


NOT_PLACEHOLDER = RuleKind(
    name="not_placeholder",
    suffix="is_real",
    about="Text is no stand-in for a missing value: n/a, null, unknown, tbd, -, test and the like, in any case.",
    condition=_not_placeholder,
    message=lambda column, _: f"{column} must be a value, not a stand-in for a missing one.",
    parameters=(
        Key("also", _TEXTS, "Further words that stand for nothing here."),
        Key("except", _TEXTS, "Words that are values here: na is Namibia's code."),
    ),
    families=("string",),
    dimension="completeness",
    examples=(
        Example("Anna", True, {}),
        Example(" N/A ", False, {}),
        Example("Null", False, {}),
        Example("-", False, {}),
        Example("NA", True, {"except": ("na",)}),
        Example("later", False, {"also": ("Later",)}),
        Example("", True, {}, about="blank text is the business of not_blank"),
        Example(None, True, {}),
    ),
)
_WORD = r"(?U)\S+"
WORD_COUNT = RuleKind(
    name="word_count",
    suffix="word_count",
    about="Text has as many words, separated by white space, as said.",
    condition=lambda subject, parameters: bounds_sql(
        f"regexp_count({subject.sql}, {literal(_WORD)})", parameters, "a number of words"
    ),
    message=lambda column, parameters: f"{column} must have {bounds_words(parameters)} words.",
    parameters=(
        Key("exactly", Number(whole=True), "The number of words."),
        Key("min", Number(whole=True), "The smallest number of words."),
        Key("max", Number(whole=True), "The greatest number of words."),
    ),
    main="exactly",
    families=("string",),
    examples=(
        Example("Ada Lovelace", True, {"min": 2}),
        Example("Ada", False, {"min": 2}),
        Example(" Ada \u00a0 Lovelace ", True, {"exactly": 2}),
        Example("a b c d", False, {"max": 3}),
        Example("", False, {"min": 1}),
        Example(None, True, {"min": 1}),
    ),
)
MAX_BYTES = RuleKind(
    name="max_bytes",
    suffix="max_bytes",
    about="Text has at most so many bytes in UTF-8: what a receiving system can store.",
    condition=lambda subject, parameters: f"octet_length({subject.sql}) <= {parameters['max']}",
    message=lambda column, parameters: f"{column} must have at most {parameters['max']} bytes.",
    parameters=(Key("max", Number(whole=True), "The greatest number of bytes.", required=True),),
    main="max",
    families=("string",),
    examples=(
        Example("abc", True, {"max": 3}),
        Example("äbc", False, {"max": 3}),
        Example("", True, {"max": 0}),
        Example(None, True, {"max": 0}),
    ),
)
RULES = (STARTS_WITH, ENDS_WITH, CONTAINS, NOT_CONTAINS, NOT_REGEX, WORD_COUNT, MAX_BYTES)
