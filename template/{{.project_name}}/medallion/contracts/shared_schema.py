"""A JSON Schema says each thing once: what stands in it several times becomes a definition."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import cast

from ..yaml_files.shapes import Json

_WORTH_A_NAME = 90


def with_definitions(whole: Mapping[str, Json]) -> dict[str, object]:
    """The schemas, and beside them a definition of every larger part that they repeat, named after its key.

    >>> text = {"type": "string", "description": "A sentence that is long enough to be worth a name of its own here."}
    >>> sorted(with_definitions({"a": {"properties": {"x": text}}, "b": {"properties": {"x": text, "y": {}}}}))
    ['a', 'b', 'x']
    """
    counts: Counter[str] = Counter()
    for schema in whole.values():
        _count(schema, counts)
    return _Sharing({text for text, count in counts.items() if count > 1}, whole).definitions()


class _Sharing:
    """Replaces repeated parts by references and keeps their definitions."""

    def __init__(self, repeated: set[str], whole: Mapping[str, Json]) -> None:
        self._repeated = repeated
        self._whole = whole
        self._names: dict[str, str] = {}
        self._made: dict[str, object] = {}

    def definitions(self) -> dict[str, object]:
        """Every whole schema and every repeated part, by name."""
        for name, schema in self._whole.items():
            self._made[name] = self._inside(schema, name)
        return self._made

    def _shared(self, value: object, key: str) -> object:
        if isinstance(value, list):
            return [self._shared(one, key) for one in value]
        if not isinstance(value, Mapping):
            return value
        text = _text(value)
        if text in self._repeated:
            return {"$ref": f"#/$defs/{self._names.get(text) or self._define(text, value, key)}"}
        return self._inside(value, key)

    def _inside(self, schema: Json, key: str) -> dict[str, object]:
        """The schema with its parts shared; the mapping under `properties` is no schema itself."""
        return {
            word: {name: self._shared(one, name) for name, one in cast(Json, value).items()}
            if word == "properties"
            else self._shared(value, key)
            for word, value in schema.items()
        }

    def _define(self, text: str, value: Json, key: str) -> str:
        taken = {*self._whole, *self._names.values()}
        number = 2
        name = key
        while name in taken:
            name, number = f"{key}_{number}", number + 1
        self._names[text] = name
        self._made[name] = self._inside(value, key)
        return name


def _count(value: object, counts: Counter[str]) -> None:
    if isinstance(value, list):
        for one in value:
            _count(one, counts)
    elif isinstance(value, Mapping):
        text = _text(value)
        counts[text] += 1 if len(text) >= _WORTH_A_NAME else 0
        if counts[text] <= 1:
            for word, one in value.items():
                _count(list(one.values()) if word == "properties" else one, counts)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
