"""Numbers beyond ranges: digits, multiples, whole numbers, and text that is a number."""

from __future__ import annotations

from decimal import Decimal

from ..sql.column_types import read_type
from ..sql.words import literal
from ..yaml_files.shapes import Key, Number, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, number_of, text_of
from .words import escaped, matches

_DIGITS = 38


def _as_text(subject: Subject) -> str:
    return subject.sql if subject.type.is_text else f"CAST({subject.sql} AS STRING)"


def _precision(subject: Subject, parameters: Parameters) -> str:
    scale = int(number_of(parameters, "scale") or 0)
    digits = int(number_of(parameters, "digits") or _DIGITS)
    if not 0 <= scale <= digits <= _DIGITS or digits < 1:
        raise RuleRefused(
            "no number has these digits",
            found=f"digits {digits}, scale {scale}",
            expected=f"scale from 0 to digits, digits from 1 to {_DIGITS}",
        )
    form = rf"^[+-]?(?=\.?[0-9])0*[0-9]{{0,{digits - scale}}}(?:\.[0-9]{{0,{scale}}}0*)?\z"
    return matches(_as_text(subject), form)


def _precision_message(column: str, parameters: Parameters) -> str:
    digits = f"at most {parameters['digits']} digits and " if "digits" in parameters else ""
    return f"{column} must have {digits}at most {parameters['scale']} digits after the point."


PRECISION = RuleKind(
    name="precision",
    suffix="precision",
    about="A number has at most `scale` digits after the point, and at most `digits` in all; zeros at its ends "
    "do not count. On a text column it also says that the text is a number.",
    condition=_precision,
    message=_precision_message,
    parameters=(
        Key("scale", Number(whole=True), "Digits after the point.", required=True),
        Key("digits", Number(whole=True), "Digits before and after the point together; default: 38."),
    ),
    families=("string", "integer", "decimal"),
    examples=(
        Example("12.50", True, {"scale": 2}),
        Example("12.505", False, {"scale": 2}),
        Example("12.5000", True, {"scale": 2}, about="zeros at the end do not count"),
        Example("12.505", False, {"scale": 2}, "decimal(12,4)", "the type alone would keep or round it"),
        Example("-0012.5", True, {"scale": 2, "digits": 4}),
        Example("123.45", False, {"scale": 2, "digits": 4}),
        Example("1e3", False, {"scale": 2}),
        Example(".", False, {"scale": 2}),
        Example("", False, {"scale": 2}),
        Example("1,5", True, {"scale": 2}, "decimal(12,4)", "does not cast: the typed rule fails instead"),
        Example(None, True, {"scale": 2}),
    ),
)


def _multiple(subject: Subject, parameters: Parameters) -> str:
    step = number_of(parameters, "of")
    if not step or step < 0:
        raise RuleRefused("multiple_of needs a number above zero", found=str(step), expected="a number above zero")
    if subject.type.family != "float":
        return f"try_mod({subject.sql}, {literal(step)}) = 0"
    share = f"({subject.sql} / {literal(Decimal(step))}D)"
    return f"NOT isnan({subject.sql}) AND abs({share} - round({share})) <= 1e-9D * greatest(1D, abs({share}))"


MULTIPLE_OF = RuleKind(
    name="multiple_of",
    suffix="multiple",
    about="A whole number of times the given step; floats may be off by a billionth.",
    condition=_multiple,
    message=lambda column, parameters: f"{column} must be a multiple of {parameters['of']}.",
    parameters=(Key("of", Number(), "The step, above zero.", required=True),),
    main="of",
    families=("integer", "decimal", "float"),
    examples=(
        Example("12", True, {"of": 6}, "int"),
        Example("13", False, {"of": 6}, "int"),
        Example("0", True, {"of": 6}, "bigint"),
        Example("1.05", True, {"of": Decimal("0.05")}, "decimal(12,2)"),
        Example("1.06", False, {"of": Decimal("0.05")}, "decimal(12,2)"),
        Example("0.3", True, {"of": Decimal("0.1")}, "double"),
        Example("NaN", False, {"of": Decimal("0.1")}, "double"),
        Example("six", True, {"of": 6}, "int", "does not cast: the typed rule fails instead"),
        Example(None, True, {"of": 6}, "int"),
    ),
)
FINITE = RuleKind(
    name="finite",
    suffix="finite",
    about="A float is a number: neither NaN nor infinite.",
    condition=lambda subject, _: f"NOT isnan({subject.sql}) AND abs({subject.sql}) < CAST('Infinity' AS DOUBLE)",
    message=lambda column, _: f"{column} must be a finite number.",
    families=("float",),
    examples=(
        Example("1.5", True, {}, "double"),
        Example("NaN", False, {}, "double"),
        Example("-Infinity", False, {}, "double"),
        Example("1e39", False, {}, "float", "more than a FLOAT holds: it becomes infinite"),
        Example("abc", True, {}, "double", "does not cast: the typed rule fails instead"),
        Example(None, True, {}, "double"),
    ),
)


def _whole(subject: Subject, _parameters: Parameters) -> str:
    if subject.type.family == "float":
        return f"{FINITE.condition(subject, {})} AND {subject.sql} = rint({subject.sql})"
    return matches(_as_text(subject), r"^[+-]?[0-9]+(?:\.0*)?\z")


WHOLE_NUMBER = RuleKind(
    name="whole_number",
    suffix="whole",
    about="A number without a fraction, in a column that could hold one: text, decimal or float.",
    condition=_whole,
    message=lambda column, _: f"{column} must be a whole number.",
    families=("string", "decimal", "float"),
    examples=(
        Example("12", True, {}),
        Example("-12.00", True, {}),
        Example("12.5", False, {}),
        Example("1e3", False, {}),
        Example("", False, {}),
        Example("3.00", True, {}, "decimal(12,2)"),
        Example("3.01", False, {}, "decimal(12,2)"),
        Example("1e3", True, {}, "double"),
        Example("0.5", False, {}, "double"),
        Example("NaN", False, {}, "double"),
        Example("many", True, {}, "double", "does not cast: the typed rule fails instead"),
        Example(None, True, {}),
    ),
)
NOT_ZERO = RuleKind(
    name="not_zero",
    suffix="not_zero",
    about="Any number but zero: a divisor, a correction of stock.",
    condition=lambda subject, _: f"{subject.sql} <> 0",
    message=lambda column, _: f"{column} must not be zero.",
    families=("integer", "decimal", "float"),
    examples=(
        Example("-1", True, {}, "int"),
        Example("0", False, {}, "int"),
        Example("0.00", False, {}, "decimal(12,2)"),
        Example("-0", False, {}, "double"),
        Example("none", True, {}, "int", "does not cast: the typed rule fails instead"),
        Example(None, True, {}, "int"),
    ),
)


def _castable(subject: Subject, parameters: Parameters) -> str:
    wanted = read_type(text_of(parameters, "type"))
    if wanted is None or wanted.family in ("string", "binary", "nested"):
        raise RuleRefused(
            "castable needs a type that text may fail to be",
            found=text_of(parameters, "type"),
            expected="a number type, boolean, date or timestamp",
        )
    return f"try_cast({subject.sql} AS {wanted.sql}) IS NOT NULL"


CASTABLE = RuleKind(
    name="castable",
    suffix="castable",
    about="Text that stays text in the table casts to the given type.",
    condition=_castable,
    message=lambda column, parameters: f"{column} must cast to {parameters['type']}.",
    parameters=(Key("type", Text(), "A number type, boolean, date or timestamp.", required=True),),
    main="type",
    families=("string",),
    examples=(
        Example("12", True, {"type": "int"}),
        Example("12.5", False, {"type": "int"}),
        Example("2026-02-30", False, {"type": "date"}),
        Example("2026-02-28", True, {"type": "date"}),
        Example("1234567.5", False, {"type": "decimal(5,1)"}),
        Example("", False, {"type": "int"}),
        Example(None, True, {"type": "int"}),
    ),
)


def _number_format(subject: Subject, parameters: Parameters) -> str:
    point, group = text_of(parameters, "decimal"), str(parameters.get("group", ""))
    if len(point) != 1 or len(group) > 1 or point == group or (point + group).isalnum():
        raise RuleRefused(
            "a number format needs two different signs",
            found=f"{point} and {group}",
            expected="decimal: ',', group: '.'",
        )
    grouped = rf"|[0-9]{{1,3}}(?:{escaped(group)}[0-9]{{3}}){{1,12}}" if group else ""
    return matches(subject.sql, rf"^[+-]?(?:[0-9]+{grouped})(?:{escaped(point)}[0-9]+)?\z")


NUMBER_FORMAT = RuleKind(
    name="number_format",
    suffix="number_format",
    about="Text is a number written with these signs: 1.234,50 has decimal ',' and group '.'.",
    condition=_number_format,
    message=lambda column, parameters: f"{column} must be a number with the decimal sign {parameters['decimal']}",
    parameters=(
        Key("decimal", Text(), "The sign before the fraction.", required=True),
        Key("group", Text(), "The sign between groups of three digits; default: none is allowed."),
    ),
    main="decimal",
    families=("string",),
    examples=(
        Example("1.234,50", True, {"decimal": ",", "group": "."}),
        Example("1234,5", True, {"decimal": ",", "group": "."}),
        Example("1,234.50", False, {"decimal": ",", "group": "."}),
        Example("12.34,5", False, {"decimal": ",", "group": "."}),
        Example("-7", True, {"decimal": "."}),
        Example("1 234", False, {"decimal": "."}),
        Example("", False, {"decimal": "."}),
        Example(None, True, {"decimal": "."}),
    ),
)
RULES = (PRECISION, MULTIPLE_OF, FINITE, WHOLE_NUMBER, NOT_ZERO, NUMBER_FORMAT)
