"""One configuration from databricks.yml, the files it includes and one target's overrides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, UsageError, did_you_mean, nearest
from medallion_toolkit.project.nodes import Node, read_yaml, with_entry, with_value_at

FILE_NAMES = ("databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml")

_MERGED_FIELDS = ("bundle", "workspace", "artifacts", "resources", "sync", "permissions", "presets", "experimental")
_VARIABLE_FIELDS = frozenset(("default", "lookup", "type", "description"))
_KEYED_LISTS = {
    ("jobs", "tasks"): "task_key",
    ("jobs", "job_clusters"): "job_cluster_key",
    ("jobs", "parameters"): "name",
    ("jobs", "environments"): "environment_key",
    ("pipelines", "clusters"): "label",
}


def read_configuration(folder: Path) -> Node:
    """databricks.yml and everything it includes, before any target is chosen."""
    main = next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)
    if main is None:
        raise ConfigError(
            "MED101",
            "This folder has no databricks.yml.",
            place=Place(str(folder / FILE_NAMES[0])),
            help="run the command in a project folder, name one with --project, or name files: medallion run --files",
            next="medallion new",
        )
    root = read_yaml(main)
    files = [main, *_included(root, folder)]
    contents = [root, *(read_yaml(path) for path in files[1:])]
    _refuse_repeated_keys(contents)
    for content in contents[1:]:
        root = merge(root, content)
    return root


def merge(under: Node, over: Node) -> Node:
    """`over` laid on `under`: mappings entry by entry, sequences one after the other, scalars replaced."""
    if over.value is None:
        return under
    if isinstance(under.value, Mapping) and isinstance(over.value, Mapping):
        merged = dict(under.value)
        for key, node in over.value.items():
            merged[key] = merge(merged[key], node) if key in merged else node
        return Node(merged, under.place)
    if isinstance(under.value, tuple) and isinstance(over.value, tuple):
        return Node((*under.value, *over.value), under.place)
    return over


def choose_target(root: Node, wanted: str | None) -> str:
    """The target's name: the wanted one, the only one, or the one marked as default."""
    targets = _targets(root)
    if wanted is not None:
        return _known_target(wanted, targets)
    if len(targets) == 1:
        return next(iter(targets))
    marked = [name for name, node in targets.items() if (flag := node.get("default")) and flag.value is True]
    if len(marked) == 1:
        return marked[0]
    raise ConfigError(
        "MED105",
        "No target is marked as default." if not marked else "Several targets are marked as default.",
        place=root.entries["targets"].place if "targets" in root.entries else root.place,
        found=", ".join(marked or targets),
        expected="default: true on one target, or a target named on the command line",
    )


def target_names(root: Node) -> tuple[str, ...]:
    """The targets in the order they are written."""
    return tuple(_targets(root))


def apply_target(root: Node, target: str) -> Node:
    """The configuration with the overrides of one target, and without the others."""
    override = _targets(root)[target]
    for name in _MERGED_FIELDS:
        if (node := override.get(name)) is not None:
            root = with_entry(root, name, merge(root.entries[name], node) if name in root.entries else node)
    variables = override.get("variables")
    for name, node in variables.entries.items() if variables else ():
        root = _override_variable(root, name, node)
    for path, name in ((("run_as",), "run_as"), (("bundle", "mode"), "mode")):
        if (node := override.get(name)) is not None:
            root = with_value_at(root, path, node)
    if root.get("bundle", "name") is None:
        raise ConfigError("MED136", "The bundle has no name.", place=root.place, expected="bundle: {name: …}")
    for key in ("target", "environment"):
        root = with_value_at(root, ("bundle", key), Node(target, override.place))
    return _without_targets(root)


def merge_keyed_lists(root: Node) -> Node:
    """Tasks, clusters and parameters given twice under one key become one entry."""
    for (kind, name), key in _KEYED_LISTS.items():
        resources = root.get("resources", kind)
        for resource, node in resources.entries.items() if resources else ():
            if (items := node.get(name)) is not None:
                merged = Node(_by_key(items.items, key), items.place)
                root = with_value_at(root, ("resources", kind, resource, name), merged)
    return root


def _by_key(items: tuple[Node, ...], key: str) -> tuple[Node, ...]:
    merged: dict[str, Node] = {}
    for number, item in enumerate(items):
        name_node = item.get(key)
        name = (name_node.text if name_node else None) or f"#{number}"
        merged[name] = merge(merged[name], item) if name in merged else item
    return tuple(merged.values())


def _included(root: Node, folder: Path) -> list[Path]:
    include = root.get("include")
    found: list[Path] = []
    for entry in include.items if include else ():
        pattern = entry.text or ""
        if not pattern or Path(pattern).is_absolute():
            raise ConfigError("MED104", "An included path is relative.", place=entry.place, found=pattern)
        matches = sorted(folder.glob(pattern.replace("**", "*")))
        if not matches and not any(character in pattern for character in "*?["):
            raise ConfigError("MED104", f"There is no file {pattern} to include.", place=entry.place, found=pattern)
        for path in matches:
            if path.suffix not in (".yml", ".yaml", ".json"):
                raise ConfigError("MED104", f"{path.name} is neither YAML nor JSON.", place=entry.place, found=pattern)
        found += [path for path in matches if path not in found and path.name not in FILE_NAMES and path.is_file()]
    return found


def _refuse_repeated_keys(contents: list[Node]) -> None:
    seen: dict[str, tuple[str, Place]] = {}
    for content in contents:
        resources = content.get("resources")
        for kind, group in resources.entries.items() if resources else ():
            for key, node in group.entries.items():
                if key in seen:
                    raise ConfigError(
                        "MED103",
                        f"Two resources have the key {key}: {seen[key][0]} and {kind}.",
                        place=node.place,
                        notes=(seen[key][1],),
                        help="a key is used once in a bundle, whatever the kind of resource",
                    )
                seen[key] = (kind, node.place)


def _targets(root: Node) -> Mapping[str, Node]:
    for name in ("targets", "environments"):
        if (node := root.get(name)) is not None and node.entries:
            return node.entries
    return {"default": Node({}, root.place)}


def _known_target(wanted: str, targets: Mapping[str, Node]) -> str:
    if wanted in targets:
        return wanted
    raise UsageError(
        "MED105",
        f"There is no target {wanted}.",
        found=wanted,
        expected=", ".join(targets),
        help=did_you_mean(wanted, targets),
    )


def _override_variable(root: Node, name: str, node: Node) -> Node:
    known = root.get("variables")
    if known is None or name not in known.entries:
        near = nearest(name, known.entries) if known else None
        raise ConfigError(
            "MED106",
            f"The target sets variable {name}, which is not declared.",
            place=node.place,
            found=name,
            expected="a variable under variables:",
            help=f"did you mean {near}?" if near else None,
        )
    is_full = bool(node.entries) and set(node.entries) <= _VARIABLE_FIELDS
    fields = node.entries if is_full else {"default": node}
    declared = known.entries[name]
    cleared = {"default": "lookup", "lookup": "default"}
    for field, value in fields.items():
        declared = with_entry(declared, field, value)
        if field in cleared:
            declared = _without(declared, cleared[field])
    return with_value_at(root, ("variables", name), declared)


def _without(node: Node, key: str) -> Node:
    return Node({name: child for name, child in node.entries.items() if name != key}, node.place)


def _without_targets(root: Node) -> Node:
    return _without(_without(root, "targets"), "environments")
