"""The JSON Schema of contract files, for completion and hints in editors; made from what the loader checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .long_shape import LONG
from .overlay_shapes import CONTRACT_FILE, DEFAULTS
from .shared_schema import with_definitions

_SHORT_KEYS = ("table", "columns", "keys", "from", "history")
_LONG_KEYS = ("schema", "validation", "scd")


def contract_schema() -> dict[str, Any]:
    """The schema as a JSON value: the short form, the long form, or defaults, told apart by their keys."""
    is_long = {"required": ["table"], "properties": {"table": {"type": "object"}}}
    short, long = ({"$ref": f"#/$defs/{name}"} for name in ("contract", "long_contract"))
    without_table = {
        "if": _any_key(_SHORT_KEYS),
        "then": short,
        "else": {
            "if": _any_key(_LONG_KEYS),
            "then": long,
            "else": {"anyOf": [short, {"$ref": "#/$defs/defaults"}]},
        },
    }
    whole = {"contract": CONTRACT_FILE.schema(), "long_contract": LONG.schema(), "defaults": DEFAULTS.schema()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A contract: what must be true of a table",
        "if": is_long,
        "then": long,
        "else": without_table,
        "$defs": with_definitions(whole),
    }


def contract_schema_text() -> str:
    """The text of `.vscode/contract.schema.json`, a definition a line."""
    schema = contract_schema()
    definitions = ",\n".join(f"  {_line(name)}: {_line(one)}" for name, one in schema.pop("$defs").items())
    head = "\n".join(f" {_line(key)}: {_line(value)}," for key, value in schema.items())
    return f'{{\n{head}\n "$defs": {{\n{definitions}\n }}\n}}\n'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _any_key(names: tuple[str, ...]) -> Mapping[str, object]:
    return {"anyOf": [{"required": [name]} for name in names]}
