"""YAML with places: every value remembers the file, line and column it was written at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import ConfigError, Place

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.nodes import Node as YamlNode

Scalar = str | int | float | bool | None

_INT = re.compile(r"^[-+]?[0-9]+$")
_HEX = re.compile(r"^0[xo][0-9a-fA-F]+$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class Node:
    """A value of the configuration: a scalar, a mapping of nodes or a sequence of nodes."""

    value: Scalar | Mapping[str, Node] | tuple[Node, ...]
    place: Place

    @property
    def entries(self) -> Mapping[str, Node]:
        """The entries of a mapping, nothing for any other value."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of a sequence, nothing for any other value."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def text(self) -> str | None:
        """The value as text when it is a scalar that says something."""
        if self.value is None or isinstance(self.value, Mapping | tuple):
            return None
        return scalar_text(self.value)

    def get(self, *keys: str) -> Node | None:
        """The value below nested mappings, None where a key is missing."""
        node: Node | None = self
        for key in keys:
            node = node.entries.get(key) if node else None
        return node

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, tuple) else self.value


def scalar_text(value: Scalar) -> str:
    """A scalar the way it reads inside other text: `true`, `12`, nothing for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def with_entry(node: Node, key: str, child: Node) -> Node:
    """The mapping with one entry set."""
    return Node({**node.entries, key: child}, node.place)


def with_value_at(node: Node, keys: tuple[str, ...], child: Node) -> Node:
    """The mapping with the value below nested keys set; missing mappings are made."""
    if not keys:
        return child
    below = node.entries.get(keys[0]) or Node({}, child.place)
    return with_entry(node, keys[0], with_value_at(below, keys[1:], child))


def with_texts(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with every text replaced."""
    if isinstance(node.value, Mapping):
        return Node({key: with_texts(child, change) for key, child in node.value.items()}, node.place)
    if isinstance(node.value, tuple):
        return Node(tuple(with_texts(child, change) for child in node.value), node.place)
    return change(node) if isinstance(node.value, str) else node


def read_yaml(path: Path) -> Node:
    """The content of a YAML or JSON file; an empty file is an empty mapping."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("MED102", "The file is not UTF-8 text.", place=Place(str(path))) from error
    try:
        composed = YAML().compose(text)
    except MarkedYAMLError as error:
        raise _syntax_error(path, error) from error
    node = Node({}, Place(str(path), 1, 1)) if composed is None else _node(composed, str(path))
    if not isinstance(node.value, Mapping | None):
        raise ConfigError("MED102", "The file holds no mapping.", place=node.place, expected="key: value")
    return node


def _syntax_error(path: Path, error: MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
    parts = [part for part in (error.context, error.problem) if part]
    return ConfigError("MED102", "The file is not valid YAML.", place=place, found=", ".join(parts))


def _node(composed: YamlNode, path: str) -> Node:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    mark = composed.start_mark
    place = Place(path, mark.line + 1, mark.column + 1, _length(composed))
    if isinstance(composed, MappingNode):
        return Node(dict(_entries(composed, path)), place)
    if isinstance(composed, SequenceNode):
        return Node(tuple(_node(item, path) for item in composed.value), place)
    return Node(_scalar(composed.value) if _is_plain(composed) else composed.value, place)


def _length(composed: YamlNode) -> int:
    start, end = composed.start_mark, composed.end_mark
    return max(end.column - start.column, 1) if end and end.line == start.line else 1


def _entries(composed: YamlNode, path: str) -> Iterator[tuple[str, Node]]:
    """Own entries come last and win; of a key given twice the last one wins, as for the CLI."""
    own = [(key, value) for key, value in composed.value if not _is_merge(key)]
    for merged in (value for key, value in composed.value if _is_merge(key)):
        yield from _merged_entries(merged, path)
    for key, value in own:
        yield str(key.value), _node(value, path)


def _is_merge(key: YamlNode) -> bool:
    return key.value == "<<" and _is_plain(key)


def _is_plain(scalar: YamlNode) -> bool:
    """Whether a scalar stands without quotes and without a tag of its own, so that its text decides the type."""
    return getattr(scalar, "style", None) is None and str(scalar.tag or "").startswith("tag:yaml.org,2002:")


def _merged_entries(merged: YamlNode, path: str) -> Iterator[tuple[str, Node]]:
    from ruamel.yaml.nodes import SequenceNode

    sources: Iterable[YamlNode] = merged.value if isinstance(merged, SequenceNode) else [merged]
    for node in map(partial(_node, path=path), sources):
        yield from node.entries.items()


def _scalar(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _HEX.match(text):
        return int(text, 0)
    return float(text) if _FLOAT.match(text) else text
