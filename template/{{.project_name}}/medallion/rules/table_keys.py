"""Keys of a table: no value twice, one value decides another, every value is known elsewhere."""

from __future__ import annotations

from ..sql.words import identifier
from ..yaml_files.shapes import Choice, Key, ListOf, Text
from .kinds import Parameters, TableExample, TableRuleKind, TableSubject, table_mark, text_of
from .table_query import (
    COLUMN,
    COLUMN_NAME,
    GROUPABLE,
    asked_column,
    asked_columns,
    counted,
    listed,
    named_columns,
    needs,
    where_asked,
)

_TEXT = {"a": "string", "b": "string"}
_REFERENCE = r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*"


def _unique(subject: TableSubject, parameters: Parameters) -> str:
    columns = [needs(column, *GROUPABLE) for column in asked_columns(subject, parameters, "columns")]
    present = " AND ".join(f"{column.sql} IS NOT NULL" for column in columns)
    judged = "" if parameters.get("nulls") == "equal" else f" WHERE {present}"
    return counted(
        subject,
        "SELECT coalesce(sum(found - 1), 0) AS failing, coalesce(sum(found), 0) AS total"
        f" FROM (SELECT count(*) AS found FROM {subject.relation}{judged} GROUP BY {listed(columns)})",
        "rows repeat another",
    )


def _unique_message(column: str, parameters: Parameters) -> str:
    given = parameters.get("columns", ())
    columns = [str(one) for one in given] if isinstance(given, tuple) else [str(given)]
    named = columns if not columns or column in columns or "." in column else [column, *columns]
    return f"No two rows may have the same {' and '.join(named or [column])}."


UNIQUE = TableRuleKind(
    name="unique",
    suffix="unique",
    about="No value, or combination of values, stands in two rows. A row with a NULL among them repeats no other, as "
    "for UNIQUE in the SQL standard, unless `nulls: equal`. Counted are the rows beyond the first of each value.",
    query=_unique,
    message=_unique_message,
    parameters=(
        Key("columns", ListOf(COLUMN_NAME), "The columns that are unique together."),
        Key("nulls", Choice(("ignored", "equal")), "equal: two NULLs are the same value; default: ignored."),
    ),
    main="columns",
    families=GROUPABLE,
    dimension="uniqueness",
    names_columns=("columns",),
    counts_rows=True,
    examples=(
        TableExample(({"a": "1"}, {"a": "2"}), _TEXT, True, {}, "a"),
        TableExample(({"a": "1"}, {"a": "1"}), _TEXT, False, {}, "a"),
        TableExample(({"a": "1", "b": "1"}, {"a": "1", "b": "2"}), _TEXT, True, {"columns": ("a", "b")}),
        TableExample(({"a": None}, {"a": None}), _TEXT, True, {}, "a", "NULL repeats nothing"),
        TableExample(({"a": None}, {"a": None}), _TEXT, False, {"nulls": "equal"}, "a"),
        TableExample(({"a": "NaN"}, {"a": "NaN"}), {"a": "double"}, False, {}, "a", "NaN equals NaN"),
        TableExample((), _TEXT, True, {}, "a", "an empty table"),
    ),
)


def _dependency(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *GROUPABLE)
    keys = named_columns(subject, parameters, "depends_on")
    present = " AND ".join(f"{key.sql} IS NOT NULL" for key in keys)
    return counted(
        subject,
        "SELECT count_if(different > 1) AS failing, count(*) AS total"
        f" FROM (SELECT count(DISTINCT {column.sql}) AS different FROM {subject.relation}"
        f" WHERE {present} GROUP BY {listed(keys)})",
        "keys have several values",
    )


def _dependency_message(column: str, parameters: Parameters) -> str:
    keys = where_asked("", parameters, "depends_on")
    return f"Rows with the same {keys} must have the same {where_asked(column, parameters)}."


FUNCTIONAL_DEPENDENCY = TableRuleKind(
    name="functional_dependency",
    suffix="decided",
    about="Rows that agree in `depends_on` agree in the column. NULL in either is not compared.",
    query=_dependency,
    message=_dependency_message,
    parameters=(
        Key("depends_on", ListOf(COLUMN_NAME, 1), "The columns that decide the value.", required=True),
        COLUMN,
    ),
    main="depends_on",
    families=GROUPABLE,
    dimension="consistency",
    names_columns=("column", "depends_on"),
    counts_rows=True,
    examples=(
        TableExample(({"a": "1", "b": "x"}, {"a": "1", "b": "x"}), _TEXT, True, {"depends_on": ("a",)}, "b"),
        TableExample(({"a": "1", "b": "x"}, {"a": "1", "b": "y"}), _TEXT, False, {"depends_on": ("a",), "column": "b"}),
        TableExample(({"a": "1", "b": "x"}, {"a": "1", "b": None}), _TEXT, True, {"depends_on": ("a",)}, "b"),
        TableExample(({"a": None, "b": "x"}, {"a": None, "b": "y"}), _TEXT, True, {"depends_on": ("a",)}, "b"),
        TableExample((), _TEXT, True, {"depends_on": ("a",)}, "b", "an empty table"),
    ),
)


def _reference(subject: TableSubject, parameters: Parameters) -> str:
    column = needs(asked_column(subject, parameters), *GROUPABLE)
    table, target = referenced(parameters)
    absent = "value IS NULL OR " if parameters.get("nulls") == "refused" else ""
    return counted(
        subject,
        f"SELECT count_if({absent}(value IS NOT NULL AND partner IS NULL)) AS failing, count(*) AS total"
        f" FROM (SELECT {column.sql} AS value FROM {subject.relation})"
        f" LEFT JOIN (SELECT DISTINCT try_cast({identifier(target)} AS {column.type.sql}) AS partner"
        f" FROM {table_mark(table)}) ON value = partner",
        "rows have no partner",
    )


def referenced(parameters: Parameters) -> tuple[str, str]:
    """Table and column that a reference names: `silver.customers.customer_id` is `silver.customers`, `customer_id`."""
    table, _, column = text_of(parameters, "to").rpartition(".")
    return table, column


def _reference_message(column: str, parameters: Parameters) -> str:
    return f"{where_asked(column, parameters)} must be a value of {parameters['to']}."


REFERENCE = TableRuleKind(
    name="reference",
    suffix="known",
    about="Every value stands in a column of another table. NULL holds unless `nulls: refused`. The other column is "
    "compared in this column's type; what does not cast is no partner.",
    query=_reference,
    message=_reference_message,
    parameters=(
        Key("to", Text(_REFERENCE, "layer.table.column"), "The other column: layer.table.column.", required=True),
        Key("nulls", Choice(("allowed", "refused")), "refused: an absent value has no partner; default: allowed."),
        COLUMN,
    ),
    main="to",
    families=GROUPABLE,
    dimension="consistency",
    names_columns=("column",),
    counts_rows=True,
    may_sample=True,
    examples=(
        TableExample(
            ({"a": "1"}, {"a": None}), {"a": "int"}, True, {"to": "silver.others.id"}, "a", "NULL needs no partner",
            {"silver.others": ({"id": "1"}, {"id": "x"}, {"id": None})},
        ),
        TableExample(
            ({"a": "1"}, {"a": "2"}), _TEXT, False, {"to": "silver.others.id"}, "a",
            other_tables={"silver.others": ({"id": "1"}, {"id": "1"})},
        ),
        TableExample(
            ({"a": "1"}, {"a": None}), _TEXT, False, {"to": "silver.others.id", "nulls": "refused", "column": "a"},
            other_tables={"silver.others": ({"id": "1"},)},
        ),
        TableExample(
            ({"a": "1"},), _TEXT, False, {"to": "silver.others.id"}, "a", "the other table has only NULL",
            {"silver.others": ({"id": None},)},
        ),
        TableExample(
            (), _TEXT, True, {"to": "silver.others.id"}, "a", "an empty table", {"silver.others": ({"id": None},)}
        ),
    ),
)  # fmt: skip

TABLE_RULES = (UNIQUE, FUNCTIONAL_DEPENDENCY, REFERENCE)
