"""A table against another one, or against what was agreed: sums and counts reconcile, columns are the stated ones."""

from __future__ import annotations

from collections.abc import Sequence

from ..sql.column_types import KNOWN_TYPES, STRING, ColumnType, read_type
from ..sql.words import identifier, literal
from ..yaml_files.shapes import Choice, Flag, Key, ListOf, Text
from .kinds import Parameters, RuleRefused, Subject, TableExample, TableRuleKind, TableSubject, table_mark
from .table_query import (
    COLUMN_NAME,
    GROUPABLE,
    NUMBERS,
    PER,
    SHARE,
    counted,
    named_column,
    named_columns,
    needs,
    per_text,
    share_of,
    summable,
    verdict,
)

_TABLE = Text(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*", "layer.table, like silver.orders")
_MONEY = {"k": "string", "x": "decimal(12,2)"}
_MINE = ({"k": "a", "x": "1.50"}, {"k": "b", "x": "2.50"})


def _reconciliation(subject: TableSubject, parameters: Parameters) -> str:
    per = [needs(column, *GROUPABLE) for column in named_columns(subject, parameters, "per")]
    mine, theirs = _figures(subject, parameters)
    other = table_mark(str(parameters["with"]))
    tolerance = _tolerance(parameters)
    if not per:
        figures = (
            "SELECT *, try_subtract(mine, theirs) AS difference"
            f" FROM (SELECT {mine} AS mine FROM {subject.relation}) CROSS JOIN (SELECT {theirs} AS theirs FROM {other})"
        )
        return verdict(
            figures,
            metric="difference",
            observed="concat(coalesce(CAST(mine AS STRING), 'too large to add up'), ' here, ',"
            " coalesce(CAST(theirs AS STRING), 'too large to add up'), ' there')",
            limit=f"at most {parameters.get('tolerance', 0)} apart",
            ok=f"abs(difference) <= {tolerance}",
        )
    return counted(subject, _by_key(subject, per, mine, theirs, other, tolerance), "keys differ")


def _by_key(subject: TableSubject, per: Sequence[Subject], mine: str, theirs: str, other: str, tolerance: str) -> str:
    """One row a key of either side; a key that one side lacks has 0 there."""
    keys = ", ".join(f"{column.sql} AS k{index}" for index, column in enumerate(per))
    others = ", ".join(f"try_cast({column.sql} AS {column.type.sql}) AS k{index}" for index, column in enumerate(per))
    groups = ", ".join(str(index + 1) for index in range(len(per)))
    joined = " AND ".join(f"here.k{index} <=> there.k{index}" for index in range(len(per)))
    return (
        f"SELECT count_if(NOT coalesce(abs(try_subtract(mine, theirs)) <= {tolerance}, false)) AS failing,"
        " count(*) AS total FROM (SELECT CASE WHEN here.one IS NULL THEN 0 ELSE mine END AS mine,"
        " CASE WHEN there.one IS NULL THEN 0 ELSE theirs END AS theirs"
        f" FROM (SELECT {keys}, 1 AS one, {mine} AS mine FROM {subject.relation} GROUP BY {groups}) AS here"
        f" FULL OUTER JOIN (SELECT {others}, 1 AS one, {theirs} AS theirs FROM {other} GROUP BY {groups}) AS there"
        f" ON {joined})"
    )


def _figures(subject: TableSubject, parameters: Parameters) -> tuple[str, str]:
    """SQL for the figure here and there; sums of nothing are 0, sums that overflow NULL."""
    if parameters.get("figure") != "sum":
        return "CAST(count(*) AS DECIMAL(38,0))", "CAST(count(*) AS DECIMAL(38,0))"
    if "column" not in parameters:
        raise RuleRefused("a sum has a column", found="no column", expected="column: a number")
    column = needs(named_column(subject, str(parameters["column"])), *NUMBERS)
    wide = summable(column.type)
    there = identifier(str(parameters.get("with_column", column.name)))
    return _sum(column.sql, wide), _sum(there, wide)


def _sum(value: str, wide: str) -> str:
    cast = f"try_cast({value} AS {wide})"
    return f"CASE WHEN count({cast}) = 0 THEN 0 ELSE try_sum({cast}) END"


def _tolerance(parameters: Parameters) -> str:
    """SQL for how far the two may be apart; a percentage is of the other table's figure."""
    given = str(parameters.get("tolerance", "0"))
    return f"abs(theirs) * {literal(share_of(given))}" if given.endswith("%") else literal(share_of(given))


def _reconciliation_message(table: str, parameters: Parameters) -> str:
    what = f"sum of {parameters['column']}" if parameters.get("figure") == "sum" else "number of rows"
    return f"The {what} of {table} must be that of {parameters['with']}{per_text(parameters)}."


RECONCILIATION = TableRuleKind(
    name="reconciliation",
    about="The number of rows, or the sum of a column, is that of another table within a tolerance; with `per` for "
    "each key, where a key that one side lacks has 0 there. Exact numbers add up in 38 digits, the other column in "
    "the type of this one; what does not cast there is absent.",
    query=_reconciliation,
    message=_reconciliation_message,
    parameters=(
        Key("with", _TABLE, "The other table: layer.table.", required=True),
        Key("figure", Choice(("count", "sum")), "default: count."),
        Key("column", COLUMN_NAME, "The number to add up."),
        Key("with_column", COLUMN_NAME, "Its name in the other table; default: the same."),
        PER,
        Key("tolerance", SHARE, "How far apart they may be: a number, or 1 % of the other's figure; default: 0."),
    ),
    dimension="consistency",
    names_columns=("column", "per"),
    counts_rows=True,
    examples=(
        TableExample(
            _MINE, _MONEY, True, {"with": "bronze.t", "figure": "sum", "column": "x"},
            other_tables={"bronze.t": ({"x": "4"}, {"x": "n/a"}, {"x": None})},
        ),
        TableExample(
            _MINE, _MONEY, False, {"with": "bronze.t", "figure": "sum", "column": "x", "tolerance": "0.5"},
            other_tables={"bronze.t": ({"x": "3.49"},)},
        ),
        TableExample(
            _MINE, _MONEY, True, {"with": "bronze.t", "figure": "sum", "column": "x", "tolerance": "20 %"},
            other_tables={"bronze.t": ({"x": "3.49"},)},
        ),
        TableExample(_MINE, _MONEY, False, {"with": "bronze.t"}, other_tables={"bronze.t": ({"x": "1"},)}),
        TableExample(
            _MINE, _MONEY, False, {"with": "bronze.t", "per": ("k",)}, about="the sums agree, the keys do not",
            other_tables={"bronze.t": ({"k": "a"}, {"k": "a"})},
        ),
        TableExample(
            ({"k": None, "x": "1"},), _MONEY, True, {"with": "bronze.t", "per": ("k",)}, about="NULL is a key",
            other_tables={"bronze.t": ({"k": None},)},
        ),
        TableExample((), _MONEY, True, {"with": "bronze.t"}, about="both are empty", other_tables={"bronze.t": ()}),
    ),
)  # fmt: skip


def _schema(subject: TableSubject, parameters: Parameters) -> str:
    if ("columns" in parameters) == ("like" in parameters):
        found = "both" if "like" in parameters else "neither columns nor like"
        raise RuleRefused("columns are compared with one thing", found=found, expected="columns or like")
    ordered = parameters.get("ordered") is True
    wanted = _stated(parameters) if "columns" in parameters else _columns_of(table_mark(str(parameters["like"])))
    mine = _columns_of(table_mark(subject.table))
    same = "mine = theirs" if ordered else "array_sort(mine) = array_sort(theirs)"
    return verdict(
        f"SELECT *, array_except(theirs, mine) AS lacking, array_except(mine, theirs) AS added"
        f" FROM (SELECT {_own('here.text')} AS mine, {_own('there.text')} AS theirs"
        f" FROM ({mine}) AS here CROSS JOIN ({wanted}) AS there)",
        metric="size(lacking) + size(added)",
        observed=f"CASE WHEN {same} THEN concat(size(mine), ' columns as stated')"
        " WHEN size(lacking) + size(added) = 0 THEN 'another order'"
        " ELSE concat('lacks ', coalesce(nullif(array_join(lacking, ', '), ''), 'nothing'), '; has also ',"
        " coalesce(nullif(array_join(added, ', '), ''), 'nothing')) END",
        limit="the same columns and types",
        ok=same,
    )


def _columns_of(table: str) -> str:
    """SQL for the columns of a table as the text of a type; reads no row."""
    return f"SELECT typeof(struct(asked.*)) AS text FROM (SELECT 1) LEFT JOIN {table} AS asked ON false"


def _stated(parameters: Parameters) -> str:
    given = parameters["columns"]
    columns = [_column(str(one)) for one in (given if isinstance(given, tuple) else (given,))]
    fields = ", ".join(f"{identifier(name)}: {column_type.sql}" for name, column_type in columns)
    return f"SELECT typeof(CAST(NULL AS STRUCT<{fields}>)) AS text"


def _column(text: str) -> tuple[str, ColumnType]:
    name, _, written = text.strip().partition(" ")
    column_type = read_type(written) if written else STRING
    if column_type is None:
        raise RuleRefused(f"unknown type of {name}", found=written, expected=", ".join(KNOWN_TYPES))
    return name, column_type


def _split(text: str) -> str:
    """SQL: `struct<a:int,b:decimal(12,2)>` at the commas that stand in no bracket.

    The pieces between commas are put together again while brackets are open in what there is so far.
    """
    inner = f"substring({text}, 8, length({text}) - 8)"
    closed = "length(regexp_replace(part, '[^<(]', '')) = length(regexp_replace(part, '[^>)]', ''))"
    joined = "CASE WHEN state.part = '' THEN piece ELSE concat(state.part, ',', piece) END"
    return (
        f"aggregate(split({inner}, ','), named_struct('done', CAST(array() AS ARRAY<STRING>), 'part', ''),"
        " (state, piece) -> aggregate(array("
        f"{joined}), state, (kept, part) -> CASE WHEN {closed}"
        " THEN named_struct('done', array_append(kept.done, part), 'part', '')"
        " ELSE named_struct('done', kept.done, 'part', part) END), state -> state.done)"
    )


def _own(text: str) -> str:
    return f"filter({_split(text)}, one -> NOT startswith(one, '_'))"


def _schema_message(table: str, parameters: Parameters) -> str:
    same = f"those of {parameters['like']}" if "like" in parameters else "those stated"
    return f"The columns of {table} must be {same}."


SCHEMA_EQUALITY = TableRuleKind(
    name="schema_equality",
    about="The table has exactly the stated columns with their types, or those of another table. Columns that begin "
    "with _ do not count; rows are not read.",
    query=_schema,
    message=_schema_message,
    parameters=(
        Key("columns", ListOf(Text(), 1), "Names with types: `order_id string`, `order_amount decimal(12,2)`."),
        Key("like", _TABLE, "Instead of columns: another table, layer.table."),
        Key("ordered", Flag(), "true: also in the same order; default: false."),
    ),
    main="columns",
    dimension="consistency",
    examples=(
        TableExample(_MINE, _MONEY, True, {"columns": ("x decimal(12,2)", "k string")}),
        TableExample(_MINE, _MONEY, False, {"columns": ("x decimal(12,2)", "k string"), "ordered": True}),
        TableExample(_MINE, _MONEY, False, {"columns": ("k string", "x double")}),
        TableExample(
            (), {"x": "string", "k": "string"}, True, {"like": "silver.t"}, about="an empty table",
            other_tables={"silver.t": ({"k": "1", "x": None},)},
        ),
        TableExample(
            (), {"a": "map<string,struct<b:int,c:array<int>>>", "_d": "int"}, True,
            {"columns": ("a map<string, struct<b: int, c: array<int>>>",)},
        ),
    ),
)  # fmt: skip

TABLE_RULES = (RECONCILIATION, SCHEMA_EQUALITY)
