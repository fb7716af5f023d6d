"""Text that is JSON: valid, with these keys, of this schema. Read as VARIANT, so nothing raises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from ..sql.words import literal
from ..yaml_files.shapes import Choice, Key, ListOf, Text
from .kinds import Example, Parameters, RuleKind, RuleRefused, Subject, text_of
from .words import joined, literals, matches, texts_of

# The first word of what schema_of_variant says of a value, for each type of JSON Schema.
_TYPES = {
    "object": "^(?:OBJECT|STRUCT)",
    "array": "^ARRAY",
    "string": r"^STRING\z",
    "integer": r"^BIGINT\z",
    "number": "^(?:BIGINT|DECIMAL|DOUBLE|FLOAT)",
    "boolean": r"^BOOLEAN\z",
    "null": r"^VOID\z",
}
_NAMES = ListOf(Text(), minimum=1)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_ -]+\Z")
_IGNORED = frozenset(("title", "description", "$schema", "$id", "$comment", "default", "examples"))
_KNOWN = ("type", "properties", "required", "additionalProperties", "enum")


def _variant(text: str) -> str:
    return f"try_parse_json({text})"


def _is_type(variant: str, names: tuple[str, ...]) -> str:
    found = f"schema_of_variant({variant})"
    return "(" + " OR ".join(matches(found, _TYPES[name]) for name in names) + ")"


def _json(subject: Subject, parameters: Parameters) -> str:
    variant = _variant(subject.sql)
    if "type" in parameters:
        return _is_type(variant, (text_of(parameters, "type"),))
    return f"{variant} IS NOT NULL"


def _type_words(parameters: Parameters) -> list[str]:
    return [f"of type {parameters['type']}"] if "type" in parameters else []


JSON = RuleKind(
    name="json",
    suffix="json",
    about="Text is a JSON value, of the given type where one is given; a key that stands twice is no JSON here.",
    condition=_json,
    message=lambda column, parameters: " ".join([f"{column} must be JSON", *_type_words(parameters)]) + ".",
    parameters=(Key("type", Choice(tuple(_TYPES)), "object, array, string, integer, number, boolean or null."),),
    main="type",
    families=("string",),
    examples=(
        Example('{"a": 1}', True, {}),
        Example("[1, 2]", True, {}),
        Example("null", True, {}),
        Example("{'a': 1}", False, {}),
        Example('{"a": 1', False, {}),
        Example("", False, {}),
        Example('{"a": 1}', True, {"type": "object"}),
        Example("[1]", False, {"type": "object"}),
        Example("1.5", False, {"type": "integer"}),
        Example(None, True, {}),
    ),
)


def _keys(subject: Subject, parameters: Parameters) -> str:
    required, allowed = texts_of(parameters, "required"), texts_of(parameters, "allowed")
    if not required and not allowed:
        raise RuleRefused("json_keys needs keys", found="nothing", expected="required, allowed or both")
    is_object = _is_type(_variant(subject.sql), ("object",))
    return " AND ".join([is_object, *_key_conditions(f"json_object_keys({subject.sql})", required, allowed)])


def _key_conditions(keys: str, required: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[str]:
    if required:
        yield f"size(array_except(array({literals(required)}), {keys})) = 0"
    if allowed:
        yield f"size(array_except({keys}, array({literals((*allowed, *required))}))) = 0"


def _keys_message(column: str, parameters: Parameters) -> str:
    required = f" with {joined(texts_of(parameters, 'required'))}" if "required" in parameters else ""
    allowed = f" and no keys but {joined(texts_of(parameters, 'allowed'))}" if "allowed" in parameters else ""
    return f"{column} must be a JSON object{required}{allowed}."


JSON_KEYS = RuleKind(
    name="json_keys",
    suffix="json_keys",
    about="Text is a JSON object with all `required` keys and, where `allowed` is given, no others than both name.",
    condition=_keys,
    message=_keys_message,
    parameters=(
        Key("required", _NAMES, "Keys that must be there, on the first level."),
        Key("allowed", _NAMES, "Keys that may be there besides; default: any."),
    ),
    main="required",
    families=("string",),
    examples=(
        Example('{"id": 1, "note": null}', True, {"required": ("id",)}),
        Example('{"ID": 1}', False, {"required": ("id",)}),
        Example('{"id": 1}', True, {"required": ("id",), "allowed": ("note",)}),
        Example('{"id": 1, "x": 2}', False, {"required": ("id",), "allowed": ("note",)}),
        Example("{}", True, {"allowed": ("note",)}),
        Example("[1]", False, {"required": ("id",)}),
        Example("not json", False, {"required": ("id",)}),
        Example(None, True, {"required": ("id",)}),
    ),
)


def _schema(subject: Subject, parameters: Parameters) -> str:
    try:
        schema = json.loads(text_of(parameters, "schema"))
    except ValueError as error:
        raise RuleRefused("the JSON schema is not JSON", found=str(error), expected="a JSON object") from None
    if not isinstance(schema, dict):
        raise RuleRefused("a JSON schema is an object", found=type(schema).__name__, expected='{"type": "object"}')
    conditions = _conditions(schema, subject.sql, ())
    return " AND ".join([f"{_variant(subject.sql)} IS NOT NULL", *conditions])


def _conditions(schema: Mapping[str, object], text: str, path: tuple[str, ...]) -> Iterator[str]:
    """What `schema` asks of the value at `path`; a value that is not there has nothing to fulfil."""
    _refuse_unknown(schema)
    value = _at(text, path)
    asked = list(_own_conditions(schema, text, path, value))
    properties = cast(Mapping[str, Mapping[str, object]], schema.get("properties", {}))
    for name, inner in properties.items():
        if not _PLAIN_KEY.match(name) or not isinstance(inner, dict):
            raise RuleRefused(
                "a property of the JSON schema cannot be asked", found=name, expected="letters and _ : {}"
            )
        asked += _conditions(inner, text, (*path, name))
    yield from (f"({value} IS NULL OR {one})" for one in asked) if path else asked


def _own_conditions(schema: Mapping[str, object], text: str, path: tuple[str, ...], value: str) -> Iterator[str]:
    if "type" in schema:
        yield _is_type(value, _type_names(schema["type"]))
    required = tuple(str(name) for name in cast(list[str], schema.get("required", [])))
    closed = schema.get("additionalProperties") is False
    allowed = tuple(cast(Mapping[str, object], schema.get("properties", {}))) if closed else ()
    keys = f"json_object_keys({_text_at(text, path)})"
    is_no_object = f"NOT {_is_type(value, ('object',))}"
    yield from (f"({is_no_object} OR {one})" for one in _key_conditions(keys, required, allowed))
    if "enum" in schema:
        allowed_texts = literals(json.dumps(one) for one in cast(list[object], schema["enum"]))
        yield f"to_json({value}) IN ({allowed_texts})"


def _type_names(given: object) -> tuple[str, ...]:
    names = tuple(str(name) for name in (given if isinstance(given, list) else [given]))
    unknown = [name for name in names if name not in _TYPES]
    if unknown or not names:
        raise RuleRefused("unknown type in the JSON schema", found=str(given), expected=", ".join(_TYPES))
    return names


def _refuse_unknown(schema: Mapping[str, object]) -> None:
    unknown = [key for key in schema if key not in _KNOWN and key not in _IGNORED]
    if unknown:
        raise RuleRefused(
            "the JSON schema asks what SQL does not answer here", found=unknown[0], expected=", ".join(_KNOWN)
        )


def _at(text: str, path: tuple[str, ...]) -> str:
    return f"try_variant_get({_variant(text)}, {literal(_path(path))}, 'variant')" if path else _variant(text)


def _text_at(text: str, path: tuple[str, ...]) -> str:
    return f"get_json_object({text}, {literal(_path(path))})" if path else text


def _path(path: tuple[str, ...]) -> str:
    return "$" + "".join(f"['{name}']" for name in path)


_ORDER = (
    '{"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "to": {"type": "object", '
    '"required": ["city"], "properties": {"city": {"type": ["string", "null"]}}}, "state": {"enum": ["new", "paid"]}}}'
)
_CLOSED = '{"type": "object", "properties": {"id": {}}, "additionalProperties": false}'
JSON_SCHEMA = RuleKind(
    name="json_schema",
    suffix="json_schema",
    about="Text is JSON that fulfils a schema. Of JSON Schema: type, properties (of any depth), required, enum, "
    "additionalProperties: false; other keywords are refused. 1.0 is a number, not an integer.",
    condition=_schema,
    message=lambda column, _: f"{column} must be JSON of the stated schema.",
    parameters=(Key("schema", Text(), "A JSON schema, written as JSON.", required=True),),
    main="schema",
    families=("string",),
    examples=(
        Example('{"id": 1, "to": {"city": "Rome"}, "state": "paid"}', True, {"schema": _ORDER}),
        Example('{"id": 1}', True, {"schema": _ORDER}),
        Example('{"id": 1, "to": {"city": null}}', True, {"schema": _ORDER}),
        Example('{"to": {"city": "Rome"}}', False, {"schema": _ORDER}),
        Example('{"id": "1"}', False, {"schema": _ORDER}),
        Example('{"id": 1, "to": {}}', False, {"schema": _ORDER}),
        Example('{"id": 1, "to": {"city": 7}}', False, {"schema": _ORDER}),
        Example('{"id": 1, "state": "lost"}', False, {"schema": _ORDER}),
        Example("[]", False, {"schema": _ORDER}),
        Example('{"id": 1}', True, {"schema": _CLOSED}),
        Example('{"id": 1, "x": 1}', False, {"schema": _CLOSED}),
        Example("no json", False, {"schema": "{}"}),
        Example(None, True, {"schema": _ORDER}),
    ),
)
RULES = (JSON, JSON_KEYS, JSON_SCHEMA)
