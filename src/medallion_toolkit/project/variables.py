"""The value of every variable: command line, environment, lookup, override file, default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, UsageError, did_you_mean
from medallion_toolkit.project.nodes import Node, read_yaml, with_entry, with_value_at

ENVIRONMENT_PREFIX = "BUNDLE_VAR_"


def assign_variables(
    root: Node, folder: Path, target: str, given: Mapping[str, str], environment: Mapping[str, str]
) -> Node:
    """The configuration with `value` set on every variable; a lookup stays a marker `${lookup.kind.name}`."""
    declared = root.get("variables")
    known = declared.entries if declared else {}
    _refuse_unknown(given, known)
    overrides = _override_file(folder, target)
    for name, node in known.items():
        value = _value(name, node, given, environment, overrides)
        root = with_value_at(root, ("variables", name), with_entry(node, "value", value))
    return root


def _value(
    name: str, node: Node, given: Mapping[str, str], environment: Mapping[str, str], overrides: Mapping[str, Node]
) -> Node:
    variable = ENVIRONMENT_PREFIX + name
    if name in given:
        return Node(given[name], node.place)
    if (fixed := node.get("value")) is not None:
        return fixed
    if variable in environment:
        return Node(environment[variable], node.place)
    lookup = node.get("lookup")
    if lookup is not None and lookup.entries:
        kind, wanted = next(iter(lookup.entries.items()))
        return Node(f"${{lookup.{kind}.{wanted.text}}}", wanted.place)
    if name in overrides:
        return overrides[name]
    default = node.get("default")
    if default is None or default.value is None:
        raise ConfigError(
            "MED130",
            f"The variable {name} has no value in this target.",
            place=node.place,
            expected=f"a default, a value under the target's variables:, or {variable}",
        )
    return default


def _refuse_unknown(given: Mapping[str, str], known: Mapping[str, Node]) -> None:
    for name in given:
        if name not in known:
            raise UsageError(
                "MED106",
                f"There is no variable {name} in this bundle.",
                found=name,
                expected=", ".join(sorted(known)) or None,
                help=did_you_mean(name, known),
            )


def _override_file(folder: Path, target: str) -> Mapping[str, Node]:
    path = folder / ".databricks" / "bundle" / target / "variable-overrides.json"
    if not path.is_file():
        return {}
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError("MED102", "The file is not valid JSON.", place=Place(str(path)), found=str(error)) from error
    return read_yaml(path).entries
