"""Arrays, maps and lists in text: how many elements, which ones."""

from __future__ import annotations

import re

from ..sql.column_types import ColumnType, read_type
from ..sql.words import literal
from ..yaml_files.shapes import AnyScalar, Flag, Key, ListOf, Number, Text
from .allowed_values import typed_literal
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, text_of
from .words import bounds_sql, bounds_words, escaped, flag_of, joined, literals, texts_of, values_of

_ARRAY = re.compile(r"array\s*<(.+)>\Z", re.IGNORECASE | re.DOTALL)
_MAP = re.compile(r"map\s*<\s*string\s*,.+>\Z", re.IGNORECASE | re.DOTALL)
_COUNTS = (
    Key("exactly", Number(whole=True), "The number of elements."),
    Key("min", Number(whole=True), "The smallest number of elements."),
    Key("max", Number(whole=True), "The greatest number of elements."),
)
_TEXTS, _NUMBERS = "array<string>", "array<int>"


def _element_type(subject: Subject) -> ColumnType:
    found = _ARRAY.match(subject.type.sql.strip())
    element = read_type(found[1]) if found else None
    if element is None:
        raise RuleRefused(f"{subject.name} is no array", found=subject.type.sql, expected="array<…>")
    return element


def _array_size(subject: Subject, parameters: Parameters) -> str:
    _element_type(subject)
    return bounds_sql(f"size({subject.sql})", parameters, "a number of elements")


ARRAY_SIZE = RuleKind(
    name="array_size",
    suffix="array_size",
    about="An array has as many elements, NULL included, as said.",
    condition=_array_size,
    message=lambda column, parameters: f"{column} must have {bounds_words(parameters)} elements.",
    parameters=_COUNTS,
    main="exactly",
    families=("nested",),
    examples=(
        Example('["a", "b"]', True, {"min": 1}, _TEXTS),
        Example("[]", False, {"min": 1}, _TEXTS),
        Example("[null]", True, {"exactly": 1}, _TEXTS),
        Example("[1, 2, 3]", False, {"max": 2}, _NUMBERS),
        Example(None, True, {"min": 1}, _TEXTS),
    ),
)


def _array_values(subject: Subject, parameters: Parameters) -> str:
    element = Subject(f"an element of {subject.name}", "e", "e", _element_type(subject))
    listed = ", ".join(typed_literal(value, element, "array_values") for value in values_of(parameters, "values"))
    return f"forall({subject.sql}, e -> e IS NULL OR e IN ({listed}))"


ARRAY_VALUES = RuleKind(
    name="array_values",
    suffix="array_values",
    about="Every element that is there is in the list; array_no_nulls is about absent ones.",
    condition=_array_values,
    message=lambda column, parameters: f"{column} must hold only {joined(values_of(parameters, 'values'))}.",
    parameters=(Key("values", ListOf(AnyScalar(), minimum=1), "The elements that are allowed.", required=True),),
    main="values",
    families=("nested",),
    examples=(
        Example('["red", "blue"]', True, {"values": ("red", "blue")}, _TEXTS),
        Example('["red", "RED"]', False, {"values": ("red", "blue")}, _TEXTS),
        Example("[1, null]", True, {"values": (1, 2)}, _NUMBERS),
        Example("[3]", False, {"values": (1, 2)}, _NUMBERS),
        Example("[]", True, {"values": ("red",)}, _TEXTS),
        Example(None, True, {"values": ("red",)}, _TEXTS),
    ),
)


def _array_unique(subject: Subject, _parameters: Parameters) -> str:
    if "map<" in _element_type(subject).sql.lower().replace(" ", ""):
        raise RuleRefused("maps cannot be compared", found=subject.type.sql, expected="an array without maps")
    return f"size(array_distinct({subject.sql})) = size({subject.sql})"


ARRAY_UNIQUE = RuleKind(
    name="array_unique",
    suffix="array_unique",
    about="No element of an array stands twice, NULL included.",
    condition=_array_unique,
    message=lambda column, _: f"{column} must not hold an element twice.",
    families=("nested",),
    dimension="uniqueness",
    examples=(
        Example('["a", "b"]', True, {}, _TEXTS),
        Example('["a", "a"]', False, {}, _TEXTS),
        Example("[null, null]", False, {}, _NUMBERS),
        Example("[]", True, {}, _TEXTS),
        Example(None, True, {}, _TEXTS),
    ),
)


def _array_no_nulls(subject: Subject, _parameters: Parameters) -> str:
    _element_type(subject)
    return f"forall({subject.sql}, e -> e IS NOT NULL)"


ARRAY_NO_NULLS = RuleKind(
    name="array_no_nulls",
    suffix="array_no_nulls",
    about="No element of an array is absent.",
    condition=_array_no_nulls,
    message=lambda column, _: f"{column} must hold no absent element.",
    families=("nested",),
    dimension="completeness",
    examples=(
        Example('["a", ""]', True, {}, _TEXTS),
        Example('["a", null]', False, {}, _TEXTS),
        Example("[]", True, {}, _NUMBERS),
        Example(None, True, {}, _TEXTS),
    ),
)


def _map_keys(subject: Subject, parameters: Parameters) -> str:
    if not _MAP.match(subject.type.sql.strip()):
        raise RuleRefused(f"{subject.name} has no keys of text", found=subject.type.sql, expected="map<string, …>")
    required, allowed = texts_of(parameters, "required"), texts_of(parameters, "allowed")
    if not required and not allowed:
        raise RuleRefused("map_keys needs keys", found="nothing", expected="required, allowed or both")
    keys = f"map_keys({subject.sql})"
    asked = [f"size(array_except(array({literals(required)}), {keys})) = 0"] if required else []
    known = literals((*allowed, *required))
    return " AND ".join([*asked, *([f"size(array_except({keys}, array({known}))) = 0"] if allowed else [])])


MAP_KEYS = RuleKind(
    name="map_keys",
    suffix="map_keys",
    about="A map has all `required` keys and, where `allowed` is given, no others than both name.",
    condition=_map_keys,
    message=lambda column, _: f"{column} must have the stated keys.",
    parameters=(
        Key("required", ListOf(Text(), minimum=1), "Keys that must be there."),
        Key("allowed", ListOf(Text(), minimum=1), "Keys that may be there besides; default: any."),
    ),
    main="required",
    families=("nested",),
    examples=(
        Example('{"size": "L", "color": null}', True, {"required": ("size",)}, "map<string,string>"),
        Example('{"color": "red"}', False, {"required": ("size",)}, "map<string,string>"),
        Example('{"size": "L", "x": "1"}', False, {"allowed": ("size",)}, "map<string,string>"),
        Example(None, True, {"required": ("size",)}, "map<string,string>"),
    ),
)


def _separated(subject: Subject, parameters: Parameters) -> str:
    separator = text_of(parameters, "separator")
    parts = f"split({subject.sql}, {literal(escaped(separator))})"
    judged = "trim(e)" if flag_of(parameters, "trim", default=True) else "e"
    conditions = [f"forall({parts}, e -> {judged} IN ({literals(texts_of(parameters, 'values'))}))"]
    if flag_of(parameters, "unique"):
        trimmed = f"transform({parts}, e -> {judged})"
        conditions.append(f"size(array_distinct({trimmed})) = size({parts})")
    return " AND ".join(conditions)


SEPARATED_VALUES = RuleKind(
    name="separated_values",
    suffix="separated",
    about="Text is a list whose parts, between separators, are all in the list of allowed values.",
    condition=_separated,
    message=lambda column, parameters: f"{column} must list only {joined(texts_of(parameters, 'values'))}.",
    parameters=(
        Key("separator", Text(), "What stands between the parts; no pattern.", required=True),
        Key("values", ListOf(Text(), minimum=1), "The parts that are allowed.", required=True),
        Key("trim", Flag(), "false: blanks around a part count; default: true."),
        Key("unique", Flag(), "true: no part stands twice."),
    ),
    families=("string",),
    examples=(
        Example("red; blue", True, {"separator": ";", "values": ("red", "blue")}),
        Example("red|green", False, {"separator": "|", "values": ("red", "blue")}),
        Example("red;red", False, {"separator": ";", "values": ("red",), "unique": True}),
        Example("red; ", False, {"separator": ";", "values": ("red",)}),
        Example(" red", False, {"separator": ";", "values": ("red",), "trim": False}),
        Example("", False, {"separator": ";", "values": ("red",)}),
        Example(None, True, {"separator": ";", "values": ("red",)}),
    ),
)
RULES = (ARRAY_SIZE, ARRAY_VALUES, ARRAY_UNIQUE, ARRAY_NO_NULLS, MAP_KEYS, SEPARATED_VALUES)
