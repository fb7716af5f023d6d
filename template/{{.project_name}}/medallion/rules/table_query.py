"""What the rules of a whole table share: their query of one row, counts against limits, bounds, columns, shares."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..errors import did_you_mean
from ..model.contract import RuleLimit
from ..sql.column_types import ColumnType, Family
from ..sql.words import identifier, literal
from ..yaml_files.shapes import Key, ListOf, Number, Text
from .kinds import ColumnUnknown, Parameters, RuleRefused, Subject, TableSubject, number_of

COLUMN_NAME = Text("[A-Za-z_][A-Za-z0-9_]*", "a column name")
COLUMN = Key("column", COLUMN_NAME, "The column, where the rule does not stand under one.")
PER = Key("per", ListOf(COLUMN_NAME), "Columns; each combination of their values is judged by itself.")
SHARE = Text(r"[0-9]+(\.[0-9]+)?( ?%)?", "a share like 5 % or 0.05")
BOUNDS = (Key("min", Number(), "The smallest value allowed."), Key("max", Number(), "The greatest value allowed."))
_ZERO = RuleLimit(rows=0)


def verdict(figures: str, *, metric: str, observed: str, limit: str, ok: str) -> str:
    """The query of a table rule over `figures`, a query of one row.

    `metric`, `observed` and `ok` are SQL over its columns, `limit` is text. Where nothing can be measured the metric
    is NULL; the other three never are, and an `ok` that is NULL is a miss.
    """
    return (
        "SELECT CASE WHEN abs(metric) < double('Infinity') THEN metric END AS metric,"
        " coalesce(observed, 'nothing to measure') AS observed,"
        f" {literal(limit)} AS limit_value, coalesce(ok, false) AS ok"
        f" FROM (SELECT CAST({metric} AS DOUBLE) AS metric, {observed} AS observed, {ok} AS ok FROM ({figures}))"
    )


def counted(subject: TableSubject, figures: str, what: str, *, is_share: bool = False, more: str = "''") -> str:
    """The query of a rule that counts: `figures` has `failing` and `total`, the contract's limit is 0 or as stated.

    `more` is SQL for what else was observed.
    """
    limit = subject.limit or _ZERO
    if limit.percent is not None:
        ok, text = f"failing * 100 <= {literal(limit.percent)} * total", f"at most {limit.percent} %"
    else:
        ok, text = f"failing <= {limit.rows or 0}", f"at most {limit.rows or 0}"
    return verdict(
        figures,
        metric="coalesce(try_divide(CAST(failing AS DOUBLE), total), 0)" if is_share else "failing",
        observed=f"concat(failing, ' of ', total, {literal(' ' + what)}, {more})",
        limit=text,
        ok=ok,
    )


def within(value: str, parameters: Parameters) -> str:
    """SQL: whether the value keeps to `min` and `max`; a NaN does not."""
    refuse_bounds(parameters)
    signs = (("min", ">="), ("max", "<="))
    bounds = [
        f"{value} {sign} {literal(bound)}" for name, sign in signs if (bound := number_of(parameters, name)) is not None
    ]
    return " AND ".join(bounds)


def refuse_bounds(parameters: Parameters) -> None:
    """RuleRefused without any bound, and when nothing is within them."""
    low, high = number_of(parameters, "min"), number_of(parameters, "max")
    if low is None and high is None:
        raise RuleRefused("a rule with bounds has one", found="neither min nor max", expected="min, max or both")
    if low is not None and high is not None and low > high:
        raise RuleRefused("no value is within the bounds", found=f"{low} to {high}", expected="the smaller first")


def bounds_text(parameters: Parameters) -> str:
    """The bounds in words: `at least 1, at most 5`."""
    words = (("min", "at least"), ("max", "at most"))
    return ", ".join(f"{word} {parameters[name]}" for name, word in words if name in parameters)


def share_of(text: str) -> Decimal:
    """A share as a number from 0 on: `5 %` is 0.05."""
    number = Decimal(text.rstrip("% "))
    return number / 100 if text.endswith("%") else number


def share_text(share: Decimal) -> str:
    """The share in percent: 0.05 is `5 %`."""
    return f"{(share * 100).normalize():f} %"


def percent_sql(share: str) -> str:
    """SQL for a share as text: `2.5 %`."""
    return f"concat(format_number(100 * {share}, '0.##'), ' %')"


def number_sql(value: str) -> str:
    """SQL for a DOUBLE as text without an exponent and with at most six decimals."""
    return f"format_number(CAST({value} AS DOUBLE), '0.######')"


def asked_column(subject: TableSubject, parameters: Parameters) -> Subject:
    """The column the rule stands under, or the one that `column` names."""
    if subject.column is not None:
        return subject.column
    if "column" not in parameters:
        raise RuleRefused("a rule under rules names its column", found="no column", expected="column: a column")
    return named_column(subject, str(parameters["column"]))


def asked_columns(subject: TableSubject, parameters: Parameters, name: str) -> tuple[Subject, ...]:
    """The column the rule stands under and those that the parameter lists; at least one."""
    mine = [subject.column] if subject.column else []
    columns = (*mine, *named_columns(subject, parameters, name))
    if not columns:
        raise RuleRefused("a rule under rules names its columns", found="no column", expected=f"{name}: [a column]")
    return tuple({column.name: column for column in columns}.values())


def named_columns(subject: TableSubject, parameters: Parameters, name: str) -> tuple[Subject, ...]:
    """The columns that a parameter lists; none when it is not given."""
    given = parameters.get(name, ())
    return tuple(named_column(subject, str(one)) for one in (given if isinstance(given, tuple) else (given,)))


def named_column(subject: TableSubject, name: str) -> Subject:
    """A column of the contract, or one that is carried along; an unknown one is refused with the nearest."""
    carried = subject.known.get(name.lower())
    if name.lower() in subject.row.columns or carried is None:
        return _of_contract(subject, name)
    return Subject(name, identifier(name), identifier(name), carried)


def _of_contract(subject: TableSubject, name: str) -> Subject:
    found = subject.row.columns.get(name.lower())
    if found is None:
        known = (*(one.name for one in subject.row.columns.values()), *subject.known)
        raise ColumnUnknown(
            "a rule names a column the contract does not have",
            found=name,
            expected=", ".join(dict.fromkeys(known)),
            help=did_you_mean(name, known),
        )
    return found


def needs(column: Subject, *families: Family) -> Subject:
    """The column itself when its type is one of these, else RuleRefused."""
    if column.type.family not in families:
        raise RuleRefused(
            f"the type of {column.name} does not fit the rule", found=column.type.sql, expected=", ".join(families)
        )
    return column


NUMBERS: tuple[Family, ...] = ("integer", "decimal", "float")
INSTANTS: tuple[Family, ...] = ("date", "timestamp")
GROUPABLE: tuple[Family, ...] = ("string", "boolean", "integer", "decimal", "float", "date", "timestamp", "binary")


def finite(column: Subject) -> str:
    """SQL for the number as DOUBLE; NULL where it is NaN or infinite."""
    value = f"CAST({column.sql} AS DOUBLE)"
    return f"CASE WHEN abs({value}) < double('Infinity') THEN {value} END" if column.type.family == "float" else value


def summable(column: ColumnType) -> str:
    """The type in which values of this type add up without loss: 38 digits for exact numbers, else DOUBLE."""
    if column.family == "integer":
        return "DECIMAL(38,0)"
    if column.family != "decimal":
        return "DOUBLE"
    scale = column.sql.partition(",")[2].rstrip(")").strip() or "0"
    return f"DECIMAL(38,{scale})"


def listed(columns: Sequence[Subject]) -> str:
    """The columns as SQL, by comma."""
    return ", ".join(column.sql for column in columns)


def names(columns: Sequence[str]) -> str:
    """Names for a sentence."""
    return ", ".join(columns)


def where_asked(column: str, parameters: Parameters, name: str = "column") -> str:
    """The column, for a message: the parameter's, or the one the rule stands under."""
    given = parameters.get(name, column)
    return names([str(one) for one in given]) if isinstance(given, tuple) else str(given)


def per_text(parameters: Parameters) -> str:
    """`, for each store` where the rule is asked per key."""
    per = parameters.get("per")
    return f" for each {names([str(one) for one in per])}" if isinstance(per, tuple) and per else ""
