"""A small language for what a YAML file may say: one definition checks the file and makes its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..errors import MedallionContractError, did_you_mean
from .positions import Entry, ListNode, MapNode, Node, ScalarNode, describe

Json = Mapping[str, object]


class Shape(Protocol):
    """What a value may look like: `check` refuses the others, `schema` tells an editor the same."""

    def check(self, node: Node) -> None:
        """Raise MedallionContractError at the node's place when it does not fit."""

    def schema(self) -> Json:
        """The JSON Schema of what fits."""


@dataclass(frozen=True)
class Text:
    """Text; `pattern` is a whole-text pattern that Python and JSON Schema read alike, `hint` says it in words."""

    pattern: str | None = None
    hint: str = "text"

    def check(self, node: Node) -> None:
        """Refuse anything but text (or a number, read as its text) of the wanted form."""
        if not isinstance(node, ScalarNode) or node.value is None or isinstance(node.value, bool):
            raise wrong_value(node, self.hint)
        if self.pattern and not re.fullmatch(self.pattern, node.text):
            raise wrong_value(node, self.hint)

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"type": ["string", "number"], **({"pattern": f"^{self.pattern}$"} if self.pattern else {})}


@dataclass(frozen=True)
class Number:
    """A whole or decimal number."""

    whole: bool = False

    def check(self, node: Node) -> None:
        """Refuse anything but a number."""
        number = isinstance(node, ScalarNode) and not isinstance(node.value, str | bool | None)
        if not number or (self.whole and isinstance(node, ScalarNode) and not isinstance(node.value, int)):
            raise wrong_value(node, "a whole number" if self.whole else "a number")

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"type": "integer" if self.whole else "number"}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, node: Node) -> None:
        """Refuse anything but true and false."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, bool):
            raise wrong_value(node, "true or false")

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class AnyScalar:
    """Text, number, true or false, but not nothing."""

    def check(self, node: Node) -> None:
        """Refuse lists, mappings and nothing."""
        if not isinstance(node, ScalarNode) or node.value is None:
            raise wrong_value(node, "a value")

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Choice:
    """One of a few words or numbers."""

    values: tuple[str | int, ...]

    def check(self, node: Node) -> None:
        """Refuse what is not listed."""
        if not isinstance(node, ScalarNode) or node.value not in self.values or isinstance(node.value, bool):
            known = [str(value) for value in self.values]
            raise wrong_value(node, " | ".join(known), did_you_mean(describe(node), known))

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class ListOf:
    """A list whose items have one shape."""

    item: Shape
    minimum: int = 0

    def check(self, node: Node) -> None:
        """Refuse what is no list, or too short; then check the items."""
        if not isinstance(node, ListNode) or len(node.items) < self.minimum:
            raise wrong_value(node, f"a list of at least {self.minimum}" if self.minimum else "a list")
        for item in node.items:
            self.item.check(item)

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        least = {"minItems": self.minimum} if self.minimum else {}
        return {"type": "array", "items": self.item.schema(), **least}


@dataclass(frozen=True)
class MapOf:
    """A mapping with free keys of one form and values of one shape."""

    value: Shape
    key_pattern: str = ".+"
    key_hint: str = "a name"

    def check(self, node: Node) -> None:
        """Refuse what is no mapping, then check keys and values."""
        if not isinstance(node, MapNode):
            raise wrong_value(node, "a mapping")
        for entry in node.entries:
            if not re.fullmatch(self.key_pattern, entry.key):
                raise MedallionContractError(
                    "MED304", "wrong value", entry.position, found=entry.key, expected=self.key_hint
                )
            self.value.check(entry.value)

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^{self.key_pattern}$"},
            "additionalProperties": self.value.schema(),
        }


@dataclass(frozen=True)
class Key:
    """A key of a Record: its shape and one sentence about it."""

    name: str
    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True)
class Record:
    """A mapping whose keys are all known."""

    keys: tuple[Key, ...]
    name: str = "a mapping"

    def check(self, node: Node) -> None:
        """Refuse unknown and missing keys, then check the values."""
        if not isinstance(node, MapNode):
            raise wrong_value(node, self.name)
        known = {key.name: key for key in self.keys}
        for entry in node.entries:
            if entry.key not in known:
                raise unknown_key(entry, tuple(known))
            known[entry.key].shape.check(entry.value)
        self._check_required(node)

    def _check_required(self, node: MapNode) -> None:
        for key in self.keys:
            if key.required and node.get(key.name) is None:
                raise MedallionContractError("MED305", f"key {key.name} is missing", node.position, expected=key.about)

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        properties = {key.name: {**key.shape.schema(), "description": key.about} for key in self.keys}
        required = [key.name for key in self.keys if key.required]
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": properties,
            **({"required": required} if required else {}),
        }


@dataclass(frozen=True)
class OneOf:
    """The shape that fits the node's kind: scalar, list or mapping, each at most once."""

    scalar: Shape | None = None
    items: Shape | None = None
    mapping: Shape | None = None
    hint: str = "a value"

    def check(self, node: Node) -> None:
        """Check with the shape of the node's kind, refuse a kind that has none."""
        kinds = {ScalarNode: self.scalar, ListNode: self.items, MapNode: self.mapping}
        shape = kinds[type(node)]
        if shape is None or (isinstance(node, ScalarNode) and node.value is None):
            raise wrong_value(node, self.hint)
        shape.check(node)

    def schema(self) -> Json:
        """The JSON Schema of the same."""
        return {"anyOf": [shape.schema() for shape in (self.scalar, self.items, self.mapping) if shape is not None]}


def wrong_value(node: Node, expected: str, help: str | None = None) -> MedallionContractError:
    """The error for a value of the wrong form."""
    return MedallionContractError(
        "MED304", "wrong value", node.position, found=describe(node), expected=expected, help=help
    )


def unknown_key(entry: Entry, known: tuple[str, ...]) -> MedallionContractError:
    """The error for a key nobody reads, with the nearest one that somebody does."""
    help = did_you_mean(entry.key, known)
    if ")" in entry.key and not help:
        help = 'inside {…} a comma ends the value, so put it in quotes: type: "decimal(12,2)"'
    return MedallionContractError(
        "MED303",
        f"unknown key {entry.key}",
        entry.position,
        found=entry.key,
        expected=", ".join(known),
        help=help,
    )
