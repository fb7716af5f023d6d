"""Has a document the form of the Open Data Contract Standard where it is read? Errors name line and column."""

from __future__ import annotations

from medallion_toolkit.contracts.nodes import (
    Node,
    entries_of,
    is_list,
    is_mapping,
    is_scalar,
    text_at,
    text_of,
    value_at,
)
from medallion_toolkit.errors import ConfigError, Place

_LISTS = {
    "schema": ("name",),
    "properties": ("name",),
    "quality": (),
    "relationships": ("to",),
    "slaProperties": ("property", "value"),
    "roles": ("role",),
    "support": ("channel",),
    "members": ("username",),
    "customProperties": ("property",),
}
_MAPPINGS = ("logicalTypeOptions", "arguments")
_NUMBERS = (
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "primaryKeyPosition",
)
_TEXTS = (
    "version", "domain", "status", "physicalName", "physicalType", "logicalType", "format", "pattern", "classification",
    "severity", "dimension", "metric", "rule", "type", "query", "engine", "property", "role", "username", "channel",
    "tool", "unit", "element", "purpose",
)  # fmt: skip
_FREE = ("implementation", "value")


def check_form(root: Node, path: str) -> None:
    """Raise MED350 where the document is none of the standard's version 3, or a part of it has another form."""
    version = text_at(root, "apiVersion") or "nothing"
    schema = value_at(root, "schema")
    if not version.startswith("v3.") or schema is None:
        raise _wrong(root, path, f"apiVersion {version}", "apiVersion: v3.1.0, kind: DataContract, schema: […]")
    _check_mapping(root, path)
    description, team = value_at(root, "description"), value_at(root, "team")
    if description is not None and not is_mapping(description):
        raise _wrong(description, path, "another form", "description: {purpose: …}")
    if team is not None and is_list(team):
        _check_list(team, "members", path)
    elif team is not None and not is_mapping(team):
        raise _wrong(team, path, "another form", "team: {name: …, members: […]}")


def _check_mapping(node: Node, path: str) -> None:
    for one in entries_of(node):
        if one.key in _FREE:
            continue
        if one.key in _LISTS:
            _check_list(one.value, one.key, path)
        elif one.key in _MAPPINGS and not is_mapping(one.value):
            raise _wrong(one.value, path, "another form", f"{one.key}: a mapping")
        elif one.key in _NUMBERS and not _is_number(one.value):
            raise _wrong(one.value, path, "another form", f"{one.key}: a number")
        elif one.key in _TEXTS and text_of(one.value) is None:
            raise _wrong(one.value, path, "another form", f"{one.key}: text")
        elif one.key == "tags" and not (is_list(one.value) and all(map(text_of, one.value.items))):
            raise _wrong(one.value, path, "another form", "tags: a list of texts")
        elif one.key == "mustBeBetween":
            _check_between(one.value, path)
        elif is_mapping(one.value) and one.key != "arguments":
            _check_mapping(one.value, path)


def _check_list(node: Node, key: str, path: str) -> None:
    if not is_list(node):
        raise _wrong(node, path, "another form", f"{key}: a list")
    for item in node.items:
        if not is_mapping(item):
            raise _wrong(item, path, "another form", f"{key}: a list of mappings")
        for needed in _LISTS[key]:
            if value_at(item, needed) is None:
                raise _wrong(item, path, f"no {needed}", f"{needed} in each of {key}")
        name = value_at(item, "name")
        if name is not None and text_at(item, "name") is None:
            raise _wrong(name, path, "another form", "name: text")
        _check_mapping(item, path)


def _check_between(node: Node, path: str) -> None:
    if not is_list(node) or len(node.items) != 2 or not all(map(_is_number, node.items)):
        raise _wrong(node, path, "another form", "mustBeBetween: [smallest, greatest]")


def _is_number(node: Node) -> bool:
    return is_scalar(node) and not isinstance(node.value, str | bool) and node.value is not None


def _wrong(node: Node, path: str, found: str, expected: str) -> ConfigError:
    return ConfigError(
        "MED350",
        "the file has not the form of the Open Data Contract Standard v3",
        place=Place(path, node.position.line, node.position.column),
        found=found,
        expected=expected,
    )
