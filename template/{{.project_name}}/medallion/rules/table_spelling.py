"""`one_spelling`: values that differ only in letter case or blanks around them are one value."""

from __future__ import annotations

from ..yaml_files.shapes import Key, Number
from .kinds import Parameters, RuleRefused, TableExample, TableRuleKind, TableSubject, number_of


def _query(subject: TableSubject, parameters: Parameters) -> str:
    if subject.column is None:
        raise RuleRefused("one_spelling is asked of a column", found="rules", expected="a column's rules")
    most = number_of(parameters, "max") or 0
    column = subject.column.sql
    return f"""\
SELECT CAST(count(*) AS DOUBLE) AS metric, concat(count(*), ' values in several spellings') AS observed,
    'at most {most}' AS limit_value, count(*) <= {most} AS ok
FROM (
    SELECT upper(trim({column})) AS spelling FROM {subject.relation} WHERE {column} IS NOT NULL
    GROUP BY upper(trim({column})) HAVING count(DISTINCT {column}) > 1
)"""


def _message(column: str, _parameters: Parameters) -> str:
    return f"{column} must have one spelling for each value."


def _rows(*values: str | None) -> tuple[dict[str, str | None], ...]:
    return tuple({"code": value} for value in values)


_TYPES = {"code": "string"}
TABLE_RULES = (
    TableRuleKind(
        name="one_spelling",
        suffix="spelling",
        about="No two values differ only in letter case or blanks around them; `max` allows some. NULL is no value.",
        query=_query,
        message=_message,
        parameters=(Key("max", Number(whole=True), "So many values may have several spellings; default 0."),),
        families=("string",),
        dimension="consistency",
        examples=(
            TableExample(_rows("85123A", "85123A", "22423"), _TYPES, True, {}, "code"),
            TableExample(_rows("85123A", "85123a", "22423"), _TYPES, False, {}, "code"),
            TableExample(_rows("85123A", " 85123A"), _TYPES, False, {}, "code"),
            TableExample(_rows("85123A", "85123a"), _TYPES, True, {"max": 1}, "code"),
            TableExample(_rows(None, None, ""), _TYPES, True, {}, "code", "NULL is no value"),
            TableExample((), _TYPES, True, {}, "code", "an empty table"),
        ),
    ),
)
