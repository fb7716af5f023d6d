"""`range`: not below, not above. NaN is in no range."""

from __future__ import annotations

from datetime import date, datetime

from ..sql.column_types import Family
from ..sql.words import literal
from ..yaml_files.shapes import AnyScalar, Key
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, Value

_SIGNS = (("min", ">=", "at least"), ("above", ">", "above"), ("max", "<=", "at most"), ("below", "<", "below"))


def _condition(subject: Subject, parameters: Parameters) -> str:
    _refuse_contradictions(parameters)
    not_nan = [f"NOT isnan({subject.sql})"] if subject.type.family == "float" else []
    bounds = [
        f"{subject.sql} {sign} {_bound(parameters[name], subject)}" for name, sign, _ in _SIGNS if name in parameters
    ]
    return " AND ".join([*not_nan, *bounds])


def _bound(value: Value | tuple[Value, ...], subject: Subject) -> str:
    if subject.type.is_number and not isinstance(value, str | bool | tuple):
        return literal(value)
    if isinstance(value, str) and _is_instant(value, subject.type.family):
        return f"{subject.type.sql} {literal(value)}"
    raise RuleRefused(
        f"a bound of {subject.name} does not fit its type", found=str(value), expected=f"a value of {subject.type.sql}"
    )


def _is_instant(text: str, family: Family) -> bool:
    try:
        return family in ("date", "timestamp") and bool((date if family == "date" else datetime).fromisoformat(text))
    except ValueError:
        return False


def _refuse_contradictions(parameters: Parameters) -> None:
    low = [name for name in ("min", "above") if name in parameters]
    high = [name for name in ("max", "below") if name in parameters]
    found = ", ".join(low + high) or "no bound"
    if len(low) > 1 or len(high) > 1 or not low + high:
        raise RuleRefused(
            "a range has one lower or one upper bound, or one of each",
            found=found,
            expected="min or above, max or below",
        )
    if low and high and _is_more(parameters[low[0]], parameters[high[0]]):
        raise RuleRefused(
            "no value is in this range",
            found=f"{parameters[low[0]]} to {parameters[high[0]]}",
            expected="the smaller first",
        )


def _is_more(low: Value | tuple[Value, ...], high: Value | tuple[Value, ...]) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        return low > high
    return not isinstance(low, str | tuple) and not isinstance(high, str | tuple) and low > high


def _message(column: str, parameters: Parameters) -> str:
    bounds = [f"{word} {parameters[name]}" for name, _, word in _SIGNS if name in parameters]
    return f"{column} must be {' and '.join(bounds)}."


RULE = RuleKind(
    name="range",
    suffix="in_range",
    about="A number, date or timestamp between bounds: `min`, `max` include the bound, `above`, `below` do not.",
    condition=_condition,
    message=_message,
    parameters=(
        Key("min", AnyScalar(), "The smallest value allowed."),
        Key("above", AnyScalar(), "Values must be greater than this."),
        Key("max", AnyScalar(), "The greatest value allowed."),
        Key("below", AnyScalar(), "Values must be smaller than this."),
    ),
    families=("integer", "decimal", "float", "date", "timestamp"),
    examples=(
        Example("0", True, {"min": 0}, "decimal(12,2)"),
        Example("-0.01", False, {"min": 0}, "decimal(12,2)"),
        Example("0", False, {"above": 0}, "int"),
        Example("10", True, {"min": 0, "max": 10}, "int"),
        Example("10", False, {"min": 0, "below": 10}, "int"),
        Example("NaN", False, {"min": 0}, "double", "NaN is in no range"),
        Example("Infinity", False, {"max": 10}, "double"),
        Example("2026-01-31", True, {"min": "2026-01-01", "max": "2026-12-31"}, "date"),
        Example("2025-12-31", False, {"min": "2026-01-01"}, "date"),
        Example("2026-01-01 00:00:00", True, {"min": "2026-01-01 00:00:00"}, "timestamp"),
        Example(None, True, {"min": 0}, "int"),
        Example("ten", True, {"min": 0}, "int", "does not cast: the typed rule fails instead"),
    ),
)
