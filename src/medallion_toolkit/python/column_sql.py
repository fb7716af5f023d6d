"""SQL text of the calls that build a Spark column."""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Callable
from dataclasses import dataclass

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.python.places import place_of_caller

_BINARY = {
    "equalTo": "=",
    "notEqual": "<>",
    "eqNullSafe": "<=>",
    "lt": "<",
    "leq": "<=",
    "gt": ">",
    "geq": ">=",
    "plus": "+",
    "minus": "-",
    "multiply": "*",
    "divide": "/",
    "mod": "%",
    "and": "AND",
    "or": "OR",
    "bitwiseAND": "&",
    "bitwiseOR": "|",
    "bitwiseXOR": "^",
    "like": "LIKE",
    "ilike": "ILIKE",
    "rlike": "RLIKE",
}
_SUFFIX = {"isNull": "IS NULL", "isNotNull": "IS NOT NULL", "isNaN": "", "desc": "DESC", "asc": "ASC"}
_METHOD_FUNCTIONS = {
    **dict.fromkeys(("startsWith", "startswith"), "startswith"),
    **dict.fromkeys(("endsWith", "endswith"), "endswith"),
    "contains": "contains",
    "isNaN": "isnan",
}
_PREFIX_OPERATOR = re.compile(r"('(?:[^'\\]|\\.)*'|`(?:[^`]|``)*`)|(?<![\w`])([=<>!+\-*/%&|^~]+|and|or|not|in)(?=\()")
_PLAIN_NAME = re.compile(r"[\w.*`]+")
_SEQUENCES = ("toSeq", "toList", "toArray")


@dataclass(frozen=True)
class JavaCall:
    """A member of a Java object, or with arguments a call of it; without a parent it is the start of a path."""

    find_root: Callable[[], object]
    parent: JavaCall | None = None
    name: str = ""
    arguments: tuple[object, ...] | None = None


def call_as_sql(call: JavaCall) -> str:
    """The expression that a call stands for."""
    parent, arguments = call.parent, call.arguments or ()
    if parent is not None and parent.arguments is not None:
        return _method(call_as_sql(parent), call.name, arguments)
    if parent is not None and parent.name == "PythonUtils" and call.name in _SEQUENCES:
        return _sequence(arguments[0])
    return _function(call.name, arguments)


def _function(name: str, arguments: tuple[object, ...]) -> str:
    if name in ("col", "column"):
        return _identifier(str(arguments[0]))
    if name == "expr":
        return str(arguments[0])
    if name == "lit":
        return _literal(arguments[0])
    if name == "not":
        return f"(NOT {_argument(arguments[0])})"
    if name == "negate":
        return f"(- {_argument(arguments[0])})"
    if name == "when":
        return f"CASE WHEN {_argument(arguments[0])} THEN {_argument(arguments[1])} END"
    return f"{name}({', '.join(_argument(argument) for argument in arguments)})"


def with_quoted_operators(text: str) -> str:
    """The text of a real Spark column as SQL: there `a = 1` reads `=(a, 1)`, which needs back-quotes."""
    return _PREFIX_OPERATOR.sub(lambda match: match[1] or f"`{match[2]}`", text)


def _method(subject: str, name: str, arguments: tuple[object, ...]) -> str:
    texts = [_argument(argument) for argument in arguments]
    if name in _BINARY:
        return f"({subject} {_BINARY[name]} {texts[0]})"
    if name in _METHOD_FUNCTIONS:
        return f"{_METHOD_FUNCTIONS[name]}({', '.join([subject, *texts])})"
    if name in _SUFFIX:
        return f"({subject} {_SUFFIX[name]})" if name.startswith("is") else f"{subject} {_SUFFIX[name]}"
    if name == "between":
        return f"(({subject} >= {texts[0]}) AND ({subject} <= {texts[1]}))"
    if name == "isin":
        return f"({subject} IN ({', '.join(texts)}))"
    if name == "cast":
        return f"CAST({subject} AS {arguments[0]})"
    if name in ("alias", "as", "name"):
        return subject
    if name in ("apply", "getItem"):
        return f"{subject}[{texts[0]}]"
    if name in ("when", "otherwise"):
        return _case(subject, name, texts)
    raise PipelineError(
        "MED253",
        f"The Column method {name} cannot be written as SQL text.",
        place=place_of_caller(),
        found=f"{subject}.{name}",
        expected="an SQL expression as text",
    )


def _case(subject: str, name: str, texts: list[str]) -> str:
    head = subject.removesuffix(" END")
    return f"{head} WHEN {texts[0]} THEN {texts[1]} END" if name == "when" else f"{head} ELSE {texts[0]} END"


def _sequence(items: object) -> str:
    return ", ".join(_argument(item) for item in items) if isinstance(items, list | tuple) else _argument(items)


def _argument(value: object) -> str:
    if isinstance(value, list | tuple):
        return _sequence(value)
    return call_as_sql(value) if isinstance(value, JavaCall) else _literal(value)


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, datetime.date):
        return f"DATE '{value.isoformat()}'"
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _identifier(name: str) -> str:
    if "`" in name or _PLAIN_NAME.fullmatch(name):
        return name
    return ".".join(part if _PLAIN_NAME.fullmatch(part) else f"`{part}`" for part in name.split("."))
