"""Which columns of a row must be given, together, alone or on a condition.

A column is given when it has a value that casts to its type and, if it is text, is not blank.
"""

from __future__ import annotations

from ..yaml_files.shapes import Key, ListOf, Number, Text
from .kinds import Parameters, Row, RowExample, RowRuleKind, RuleRefused, Subject, number_of, text_of
from .sql_rule import check_sql, total
from .words import joined, matches, texts_of

_COLUMNS = Key("columns", ListOf(Text(), minimum=2), "Columns of the contract.", required=True)
_SOME = Key("columns", ListOf(Text(), minimum=1), "Columns of the contract.", required=True)
_WHEN = Key("when", Text(), "SQL over the columns of the row; not true, NULL included, asks nothing.", required=True)
_VISIBLE = r"(?U)\S"


def given(subject: Subject) -> str:
    """SQL: the column has a value that is more than blanks; never NULL."""
    if subject.type.is_text:
        return f"coalesce({matches(subject.sql, _VISIBLE)}, false)"
    return f"{subject.sql} IS NOT NULL"


def condition_sql(row: Row, parameters: Parameters, name: str) -> str:
    """The condition of a parameter, total; what may not stand in a rule is refused."""
    text = text_of(parameters, name)
    check_sql(text, {key: subject.type for key, subject in row.columns.items()}, name)
    return total(f"({text})")


def _subjects(row: Row, parameters: Parameters) -> list[Subject]:
    subjects = [row.column(name) for name in texts_of(parameters, "columns")]
    names = [subject.name for subject in subjects]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise RuleRefused("a column stands twice in a rule", found=twice[0], expected="each column once")
    return subjects


def _count(row: Row, parameters: Parameters) -> str:
    counted = [f"CASE WHEN {given(subject)} THEN 1 ELSE 0 END" for subject in _subjects(row, parameters)]
    return f"({' + '.join(counted)})"


def _counting(name: str, sign: str, about: str, must: str, examples: tuple[RowExample, ...]) -> RowRuleKind:
    return RowRuleKind(
        name=name,
        about=about,
        condition=lambda row, parameters: f"{_count(row, parameters)} {sign}",
        message=lambda parameters: f"{must} of {joined(texts_of(parameters, 'columns'))} must be given.",
        parameters=(_COLUMNS,),
        main="columns",
        dimension="completeness",
        names_columns=("columns",),
        examples=examples,
    )


_BOTH: Parameters = {"columns": ("email", "phone")}
ANY_OF = _counting(
    "any_of",
    ">= 1",
    "At least one of the columns is given; blank text is not.",
    "At least one",
    (
        RowExample({"email": "a@x.org", "phone": None}, True, _BOTH),
        RowExample({"email": "a@x.org", "phone": "1"}, True, _BOTH),
        RowExample({"email": None, "phone": None}, False, _BOTH),
        RowExample({"email": " ", "phone": ""}, False, _BOTH, about="blank text is not given"),
        RowExample({"email": None, "phone": "x"}, False, _BOTH, {"phone": "bigint"}, "what does not cast is not given"),
    ),
)
EXACTLY_ONE_OF = _counting(
    "exactly_one_of",
    "= 1",
    "One of the columns is given and the others are not; blank text is not.",
    "Exactly one",
    (
        RowExample({"email": "a@x.org", "phone": " "}, True, _BOTH),
        RowExample({"email": "a@x.org", "phone": "1"}, False, _BOTH),
        RowExample({"email": None, "phone": None}, False, _BOTH),
        RowExample({"email": None, "phone": "x"}, False, _BOTH, {"phone": "bigint"}),
    ),
)
AT_MOST_ONE_OF = _counting(
    "at_most_one_of",
    "<= 1",
    "No two of the columns are given; blank text is not.",
    "At most one",
    (
        RowExample({"email": None, "phone": None}, True, _BOTH),
        RowExample({"email": "a@x.org", "phone": None}, True, _BOTH),
        RowExample({"email": "a@x.org", "phone": "1"}, False, _BOTH),
        RowExample({"email": "a@x.org", "phone": "x"}, True, _BOTH, {"phone": "bigint"}),
    ),
)
_ADDRESS: Parameters = {"columns": ("street", "city")}
ALL_OR_NONE = RowRuleKind(
    name="all_or_none",
    about="All of the columns are given or none is; blank text is not.",
    condition=lambda row, parameters: f"{_count(row, parameters)} IN (0, {len(texts_of(parameters, 'columns'))})",
    message=lambda parameters: f"All or none of {joined(texts_of(parameters, 'columns'))} must be given.",
    parameters=(_COLUMNS,),
    main="columns",
    dimension="completeness",
    names_columns=("columns",),
    examples=(
        RowExample({"street": "Main St", "city": "York"}, True, _ADDRESS),
        RowExample({"street": None, "city": " "}, True, _ADDRESS),
        RowExample({"street": "Main St", "city": " "}, False, _ADDRESS),
        RowExample({"street": None, "city": "York"}, False, _ADDRESS),
        RowExample({"street": "Main St", "city": "x"}, False, _ADDRESS, {"city": "int"}),
    ),
)


def _null_together(row: Row, parameters: Parameters) -> str:
    first, *others = (f"({subject.sql} IS NULL)" for subject in _subjects(row, parameters))
    return " AND ".join(f"{first} = {other}" for other in others)


NULL_TOGETHER = RowRuleKind(
    name="null_together",
    about="The columns are NULL together or not at all; unlike all_or_none, empty text is a value.",
    condition=_null_together,
    message=lambda parameters: f"{joined(texts_of(parameters, 'columns'))} must be absent together or not at all.",
    parameters=(_COLUMNS,),
    main="columns",
    dimension="completeness",
    names_columns=("columns",),
    examples=(
        RowExample({"street": "", "city": "York"}, True, _ADDRESS),
        RowExample({"street": None, "city": None}, True, _ADDRESS),
        RowExample({"street": None, "city": ""}, False, _ADDRESS),
        RowExample({"street": "Main St", "city": "x"}, False, _ADDRESS, {"city": "int"}),
    ),
)


def _filled(row: Row, parameters: Parameters) -> str:
    least, known = number_of(parameters, "min") or 0, len(texts_of(parameters, "columns"))
    if not 1 <= least <= known:
        raise RuleRefused("so many columns are not there", found=str(least), expected=f"1 to {known}")
    return f"{_count(row, parameters)} >= {least}"


_THREE: Parameters = {"columns": ("a", "b", "c"), "min": 2}
FILLED = RowRuleKind(
    name="filled",
    about="At least `min` of the columns are given; blank text is not.",
    condition=_filled,
    message=lambda parameters: (
        f"At least {parameters['min']} of {joined(texts_of(parameters, 'columns'))} must be given."
    ),
    parameters=(_COLUMNS, Key("min", Number(whole=True), "How many, at least.", required=True)),
    dimension="completeness",
    names_columns=("columns",),
    examples=(
        RowExample({"a": "1", "b": None, "c": "3"}, True, _THREE),
        RowExample({"a": "1", "b": "", "c": None}, False, _THREE),
        RowExample({"a": None, "b": None, "c": None}, False, _THREE),
        RowExample({"a": "1", "b": "x", "c": None}, False, _THREE, {"b": "date"}),
    ),
)


def _required_when(row: Row, parameters: Parameters) -> str:
    all_given = " AND ".join(given(subject) for subject in _subjects(row, parameters))
    return f"(NOT {condition_sql(row, parameters, 'when')} OR ({all_given}))"


def _absent_when(row: Row, parameters: Parameters) -> str:
    none_given = " AND ".join(f"NOT {given(subject)}" for subject in _subjects(row, parameters))
    return f"(NOT {condition_sql(row, parameters, 'when')} OR ({none_given}))"


_SHIPPED: Parameters = {"columns": ("shipped_at",), "when": "status = 'shipped'"}
REQUIRED_WHEN = RowRuleKind(
    name="required_when",
    about="Where a condition is true, the columns are given.",
    condition=_required_when,
    message=lambda parameters: f"{joined(texts_of(parameters, 'columns'))} must be given when {parameters['when']}.",
    parameters=(_SOME, _WHEN),
    dimension="completeness",
    names_columns=("columns",),
    reads_sql=("when",),
    examples=(
        RowExample({"status": "shipped", "shipped_at": "2026-01-01"}, True, _SHIPPED),
        RowExample({"status": "placed", "shipped_at": None}, True, _SHIPPED),
        RowExample({"status": None, "shipped_at": None}, True, _SHIPPED, about="the condition is not true"),
        RowExample({"status": "shipped", "shipped_at": " "}, False, _SHIPPED),
        RowExample({"status": "shipped", "shipped_at": "soon"}, False, _SHIPPED, {"shipped_at": "date"}),
    ),
)
ABSENT_WHEN = RowRuleKind(
    name="absent_when",
    about="Where a condition is true, none of the columns is given.",
    condition=_absent_when,
    message=lambda parameters: (
        f"{joined(texts_of(parameters, 'columns'))} must not be given when {parameters['when']}."
    ),
    parameters=(_SOME, _WHEN),
    names_columns=("columns",),
    reads_sql=("when",),
    examples=(
        RowExample({"status": "placed", "shipped_at": None}, True, {**_SHIPPED, "when": "status = 'placed'"}),
        RowExample({"status": "placed", "shipped_at": "2026-01-01"}, False, {**_SHIPPED, "when": "status = 'placed'"}),
        RowExample({"status": None, "shipped_at": "2026-01-01"}, True, _SHIPPED),
        RowExample({"status": "shipped", "shipped_at": "soon"}, True, _SHIPPED, {"shipped_at": "date"}),
    ),
)
RULES = (
    ANY_OF,
    EXACTLY_ONE_OF,
    AT_MOST_ONE_OF,
    ALL_OR_NONE,
    NULL_TOGETHER,
    FILLED,
    REQUIRED_WHEN,
    ABSENT_WHEN,
)
