"""Names as they are after deployment: prefixes of a target, schemas named by reference, volume paths."""

from __future__ import annotations

import re
from collections.abc import Callable

from medallion_toolkit.errors import ConfigError
from medallion_toolkit.project.identity import Identity
from medallion_toolkit.project.nodes import Node, with_value_at

_DISPLAY_NAMES = {
    "jobs": "name",
    "pipelines": "name",
    "models": "name",
    "clusters": "cluster_name",
    "dashboards": "display_name",
    "genie_spaces": "title",
    "alerts": "display_name",
    "sql_warehouses": "name",
}
_IDENTIFIERS = {"schemas": "name", "registered_models": "name", "model_serving_endpoints": "name"}
_SCHEMA_USERS = {
    "volumes": ("catalog_name", "schema_name"),
    "registered_models": ("catalog_name", "schema_name"),
    "pipelines": ("catalog", "schema"),
}
_MODES = ("development", "production")


def target_mode(root: Node) -> str | None:
    """`development`, `production` or None."""
    node = root.get("bundle", "mode")
    if node is None or node.text is None:
        return None
    if node.text not in _MODES:
        raise ConfigError(
            "MED131", "The mode of a target is development or production.", place=node.place, found=node.text
        )
    return node.text


def name_as_deployed(root: Node, identity: Identity) -> Node:
    """The configuration with the prefix of its target on every name, and with volume paths."""
    root = _refer_to_schemas(root)
    prefix = _prefix(root, identity)
    skip_schemas = root.get("experimental", "skip_name_prefix_for_schema")
    for kind, field in _DISPLAY_NAMES.items():
        root = _change(root, kind, field, lambda text: prefix + text)
    for kind, field in _IDENTIFIERS.items():
        if not (kind == "schemas" and skip_schemas and skip_schemas.value is True):
            root = _change(root, kind, field, lambda text: identifier_prefix(prefix) + text)
    return _volume_paths(root)


def identifier_prefix(prefix: str) -> str:
    """The prefix as part of an identifier: `[dev ann] ` becomes `dev_ann_`."""
    text = prefix.replace("[", "").strip(" ")
    letters = "".join(c if c.isalpha() or c.isdigit() else "_" for c in text.lower())
    return re.sub("_+", "_", letters).strip("_") + ("_" if text.endswith("]") else "")


def _prefix(root: Node, identity: Identity) -> str:
    given = root.get("presets", "name_prefix")
    if given is not None and given.text:
        return given.text
    return f"[dev {identity.short_name}] " if target_mode(root) == "development" else ""


def _change(root: Node, kind: str, field: str, change: Callable[[str], str]) -> Node:
    group = root.get("resources", kind)
    for key, resource in group.entries.items() if group else ():
        node = resource.get(field)
        if node is not None and node.text is not None:
            root = with_value_at(root, ("resources", kind, key, field), Node(change(node.text), node.place))
    return root


def _refer_to_schemas(root: Node) -> Node:
    """A schema written by its plain name means the bundle's schema of that name, with its prefix."""
    schemas = _by_name(root)
    for kind, (catalog_field, schema_field) in _SCHEMA_USERS.items():
        group = root.get("resources", kind)
        for key, resource in group.entries.items() if group else ():
            catalog, schema = resource.get(catalog_field), resource.get(schema_field)
            owner = schemas.get((catalog.text if catalog else None, schema.text if schema else None))
            if owner is not None and schema is not None:
                reference = Node(f"${{resources.schemas.{owner}.name}}", schema.place)
                root = with_value_at(root, ("resources", kind, key, schema_field), reference)
    return root


def _by_name(root: Node) -> dict[tuple[str | None, str | None], str]:
    group = root.get("resources", "schemas")
    found: dict[tuple[str | None, str | None], str] = {}
    for key, schema in group.entries.items() if group else ():
        catalog, name = schema.get("catalog_name"), schema.get("name")
        if catalog is not None and catalog.text and name is not None and name.text:
            found.setdefault((catalog.text, name.text), key)
    return found


def _volume_paths(root: Node) -> Node:
    group = root.get("resources", "volumes")
    for key, volume in group.entries.items() if group else ():
        parts = [node.text if (node := volume.get(field)) else "" for field in ("catalog_name", "schema_name", "name")]
        path = Node("/Volumes/" + "/".join(part or "" for part in parts), volume.place)
        root = with_value_at(root, ("resources", "volumes", key, "volume_path"), path)
    return root
