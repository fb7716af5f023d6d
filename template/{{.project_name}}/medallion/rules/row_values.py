"""How the values of a row go together: order, sums, products, sameness, pairs. What is absent is not compared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from ..sql.words import literal
from ..yaml_files.shapes import Flag, Key, ListOf, Number, Text
from .kinds import Parameters, Row, RowExample, RowRuleKind, RuleRefused, Subject, number_of, text_of
from .row_presence import condition_sql
from .words import as_compared, comparable, flag_of, joined, literals, not_nan, texts_of

_COLUMNS = Key("columns", ListOf(Text(), minimum=2), "Columns of the contract.", required=True)
_TOLERANCE = Key("tolerance", Number(), "The greatest difference that still counts as equal; default: 0.")
# Sums and products are computed with this type: what does not fit is NULL and so fails.
_EXACT = "DECIMAL(38,10)"


def _subjects(row: Row, parameters: Parameters) -> list[Subject]:
    return [row.column(name) for name in texts_of(parameters, "columns")]


def _unless_absent(subjects: Sequence[Subject], condition: str) -> str:
    absent = " OR ".join(f"{subject.sql} IS NULL" for subject in subjects)
    return f"({absent} OR ({condition}))"


def _compared(left: Subject, right: Subject, sign: str) -> str:
    comparable(left, right)
    compared = f"{as_compared(left, right)} {sign} {as_compared(right, left)}"
    return " AND ".join([*not_nan(left, right), compared])


def _in_order(row: Row, parameters: Parameters) -> str:
    sign = "<" if flag_of(parameters, "strict") else "<="
    subjects = _subjects(row, parameters)
    # Every pair, so that an absent column in the middle does not hide a wrong order around it.
    return " AND ".join(_unless_absent(pair, _compared(*pair, sign)) for pair in combinations(subjects, 2))


_TIMES: Parameters = {"columns": ("ordered_at", "shipped_at", "arrived_at")}
_DAYS = {"ordered_at": "date", "shipped_at": "date", "arrived_at": "date"}
IN_ORDER = RowRuleKind(
    name="in_order",
    about="The values do not fall from column to column (start, end); with `strict` they rise. Absent ones are passed "
    "over.",
    condition=_in_order,
    message=lambda parameters: f"{joined(texts_of(parameters, 'columns'))} must be in this order.",
    parameters=(_COLUMNS, Key("strict", Flag(), "true: equal values are not in order.")),
    main="columns",
    names_columns=("columns",),
    examples=(
        RowExample(
            {"ordered_at": "2026-01-01", "shipped_at": "2026-01-01", "arrived_at": "2026-01-03"}, True, _TIMES, _DAYS
        ),
        RowExample(
            {"ordered_at": "2026-01-02", "shipped_at": "2026-01-01", "arrived_at": "2026-01-03"}, False, _TIMES, _DAYS
        ),
        RowExample(
            {"ordered_at": "2026-01-04", "shipped_at": None, "arrived_at": "2026-01-03"},
            False,
            _TIMES,
            _DAYS,
            "the absent middle hides nothing",
        ),
        RowExample(
            {"low": "1", "high": "1"},
            False,
            {"columns": ("low", "high"), "strict": True},
            {"low": "int", "high": "int"},
        ),
        RowExample({"low": "1", "high": "NaN"}, False, {"columns": ("low", "high")}, {"low": "int", "high": "double"}),
        RowExample({"ordered_at": None, "shipped_at": None, "arrived_at": "soon"}, True, _TIMES, _DAYS),
    ),
)


def _exact(subject: Subject) -> str:
    if not subject.type.is_number:
        raise RuleRefused(f"{subject.name} is no number", found=subject.type.sql, expected="a number column")
    return f"try_cast({subject.sql} AS {_EXACT})"


def _folded(function: str, terms: Sequence[str]) -> str:
    folded = terms[0]
    for term in terms[1:]:
        folded = f"try_cast({function}({folded}, {term}) AS {_EXACT})"
    return folded


def _calculated(name: str, function: str, sign: str, about: str, examples: tuple[RowExample, ...]) -> RowRuleKind:
    def condition(row: Row, parameters: Parameters) -> str:
        parts, whole = _subjects(row, parameters), row.column(text_of(parameters, "equals"))
        result = _folded(function, [_exact(part) for part in parts])
        tolerance = literal(number_of(parameters, "tolerance") or 0)
        difference = f"abs(try_subtract({result}, {_exact(whole)})) <= {tolerance}"
        return _unless_absent([*parts, whole], difference)

    return RowRuleKind(
        name=name,
        about=about,
        condition=condition,
        message=lambda parameters: (
            f" {sign} ".join(texts_of(parameters, "columns")) + f" must be {parameters['equals']}."
        ),
        parameters=(_COLUMNS, Key("equals", Text(), "The column that has the result.", required=True), _TOLERANCE),
        names_columns=("columns", "equals"),
        dimension="accuracy",
        examples=examples,
    )


_SUM: Parameters = {"columns": ("net", "tax"), "equals": "gross"}
_MONEY = dict.fromkeys(("net", "tax", "gross"), "decimal(12,2)")
SUM_EQUALS = _calculated(
    "sum_equals",
    "try_add",
    "+",
    "The columns add up to another one; holds where one of them is absent. Computed with ten digits after the point.",
    (
        RowExample({"net": "10.00", "tax": "1.90", "gross": "11.90"}, True, _SUM, _MONEY),
        RowExample({"net": "10.00", "tax": "1.90", "gross": "11.91"}, False, _SUM, _MONEY),
        RowExample({"net": "10.00", "tax": "1.90", "gross": "11.91"}, True, {**_SUM, "tolerance": 1}, _MONEY),
        RowExample({"net": "10.00", "tax": None, "gross": "11.91"}, True, _SUM, _MONEY),
        RowExample({"net": "ten", "tax": "1.90", "gross": "11.91"}, True, _SUM, _MONEY),
        RowExample({"net": "NaN", "tax": "1", "gross": "1"}, False, _SUM, dict.fromkeys(_MONEY, "double")),
    ),
)
_PRODUCT: Parameters = {"columns": ("quantity", "price"), "equals": "amount"}
_LINE = {"quantity": "int", "price": "decimal(12,4)", "amount": "decimal(12,2)"}
PRODUCT_EQUALS = _calculated(
    "product_equals",
    "try_multiply",
    "×",
    "The columns multiplied give another one; holds where one of them is absent. Computed with ten digits after the "
    "point.",
    (
        RowExample({"quantity": "3", "price": "1.25", "amount": "3.75"}, True, _PRODUCT, _LINE),
        RowExample({"quantity": "3", "price": "1.25", "amount": "3.70"}, False, _PRODUCT, _LINE),
        RowExample({"quantity": "3", "price": None, "amount": "3.70"}, True, _PRODUCT, _LINE),
        RowExample({"quantity": "three", "price": "1.25", "amount": "3.70"}, True, _PRODUCT, _LINE),
    ),
)


def _equal(row: Row, parameters: Parameters) -> str:
    return " AND ".join(_unless_absent(pair, _compared(*pair, "=")) for pair in pairwise(_subjects(row, parameters)))


def _distinct(row: Row, parameters: Parameters) -> str:
    pairs = combinations(_subjects(row, parameters), 2)
    return " AND ".join(_unless_absent(pair, _compared(*pair, "<>")) for pair in pairs)


_AB: Parameters = {"columns": ("a", "b")}
EQUAL_COLUMNS = RowRuleKind(
    name="equal_columns",
    about="Neighbouring columns of the list have the same value; absent ones are passed over.",
    condition=_equal,
    message=lambda parameters: f"{joined(texts_of(parameters, 'columns'))} must be equal.",
    parameters=(_COLUMNS,),
    main="columns",
    names_columns=("columns",),
    examples=(
        RowExample({"a": "x", "b": "x"}, True, _AB),
        RowExample({"a": "x", "b": "X"}, False, _AB),
        RowExample({"a": "x", "b": None}, True, _AB),
        RowExample({"a": "1", "b": "1.00"}, True, _AB, {"a": "int", "b": "decimal(12,2)"}),
        RowExample({"a": "one", "b": "2"}, True, _AB, {"a": "int", "b": "int"}),
    ),
)
DISTINCT_COLUMNS = RowRuleKind(
    name="distinct_columns",
    about="No two of the columns have the same value; absent ones are passed over.",
    condition=_distinct,
    message=lambda parameters: f"{joined(texts_of(parameters, 'columns'))} must all differ.",
    parameters=(_COLUMNS,),
    main="columns",
    names_columns=("columns",),
    examples=(
        RowExample({"a": "x", "b": "y"}, True, _AB),
        RowExample({"a": "x", "b": "x"}, False, _AB),
        RowExample({"a": None, "b": None}, True, _AB),
        RowExample({"a": "one", "b": "1"}, True, _AB, {"a": "int", "b": "int"}),
    ),
)


def _combinations(row: Row, parameters: Parameters) -> str:
    subjects = _subjects(row, parameters)
    other = [subject.name for subject in subjects if not subject.type.is_text]
    if other:
        raise RuleRefused("combinations are of text columns", found=other[0], expected="columns of type string")
    separator = str(parameters.get("separator", "/"))
    values = texts_of(parameters, "values")
    wrong = [value for value in values if value.count(separator) != len(subjects) - 1]
    if wrong:
        raise RuleRefused(
            f"a combination has {len(subjects)} values",
            found=wrong[0],
            expected=separator.join(subject.name for subject in subjects),
        )
    written = f"concat_ws({literal(separator)}, {', '.join(subject.sql for subject in subjects)})"
    return _unless_absent(subjects, f"{written} IN ({literals(values)})")


_PAIRS: Parameters = {"columns": ("country", "currency"), "values": ("DE/EUR", "GB/GBP")}
COMBINATIONS = RowRuleKind(
    name="allowed_combinations",
    about="The values of text columns, read together, are in the list; holds where one of them is absent.",
    condition=_combinations,
    message=lambda parameters: f"{joined(texts_of(parameters, 'columns'))} must be one of the allowed combinations.",
    parameters=(
        _COLUMNS,
        Key("values", ListOf(Text(), minimum=1), "Combinations in the order of the columns: DE/EUR.", required=True),
        Key("separator", Text(), "What stands between the values of a combination; default: /."),
    ),
    names_columns=("columns",),
    examples=(
        RowExample({"country": "DE", "currency": "EUR"}, True, _PAIRS),
        RowExample({"country": "DE", "currency": "GBP"}, False, _PAIRS),
        RowExample({"country": "DE", "currency": None}, True, _PAIRS),
    ),
)
_PAID: Parameters = {"condition": "paid_at >= ordered_at"}
_PAID_TYPES = {"paid_at": "date", "ordered_at": "date"}
CROSS_FIELD = RowRuleKind(
    name="cross_field",
    about="A condition over several columns, as SQL: the same as a rule in SQL. NULL is a violation.",
    condition=lambda row, parameters: condition_sql(row, parameters, "condition"),
    message=lambda parameters: f"{parameters['condition']} must hold.",
    parameters=(Key("condition", Text(), "SQL over the columns of the row.", required=True),),
    main="condition",
    reads_sql=("condition",),
    examples=(
        RowExample({"paid_at": "2026-01-02", "ordered_at": "2026-01-01"}, True, _PAID, _PAID_TYPES),
        RowExample({"paid_at": "2026-01-01", "ordered_at": "2026-01-02"}, False, _PAID, _PAID_TYPES),
        RowExample({"paid_at": None, "ordered_at": "2026-01-02"}, False, _PAID, _PAID_TYPES),
        RowExample({"paid_at": "soon", "ordered_at": "2026-01-02"}, False, _PAID, _PAID_TYPES),
    ),
)
RULES = (IN_ORDER, SUM_EQUALS, PRODUCT_EQUALS, EQUAL_COLUMNS, DISTINCT_COLUMNS, COMBINATIONS, CROSS_FIELD)
