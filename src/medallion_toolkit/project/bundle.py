"""A project as its databricks.yml describes it for one target, everything resolved on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import UnsupportedError
from medallion_toolkit.project.combining import (
    apply_target,
    choose_target,
    merge_keyed_lists,
    read_configuration,
    target_names,
)
from medallion_toolkit.project.identity import Identity, set_workspace
from medallion_toolkit.project.local_settings import LocalSettings, read_local_settings
from medallion_toolkit.project.naming import name_as_deployed, target_mode
from medallion_toolkit.project.nodes import Node
from medallion_toolkit.project.pipelines import Pipeline, read_pipeline
from medallion_toolkit.project.references import resolve
from medallion_toolkit.project.resource_paths import relative_to_bundle
from medallion_toolkit.project.variables import assign_variables

Resource = Mapping[str, object]


@dataclass(frozen=True)
class Bundle:
    """One target of a project. Names are those after deployment, development prefixes included.

    `resources` holds plain values by kind and key; paths in them count from `root`. What only a
    deployment can know, such as `${resources.pipelines.x.id}` or `${lookup.warehouse.NAME}`, stays
    written as it is.
    """

    name: str
    root: Path
    target: str
    mode: str | None
    variables: Mapping[str, object]
    resources: Mapping[str, Mapping[str, Resource]]
    pipelines: tuple[Pipeline, ...]
    schemas: Mapping[str, str]
    volumes: Mapping[str, str]
    local: LocalSettings
    workspace: Resource
    run_as: str | None
    targets: tuple[str, ...]

    @property
    def jobs(self) -> Mapping[str, Resource]:
        """Jobs by key, tasks in the order they are written."""
        return self.resources.get("jobs", {})

    @property
    def local_folders(self) -> Mapping[str, Path]:
        """Volumes and other paths as pipeline code names them, and the local folders that stand for them."""
        volumes = {self.volumes[key]: self.root / folder for key, folder in self.local.volumes.items()}
        return {**volumes, **self.local.paths}

    @property
    def own_files(self) -> Mapping[str, Path]:
        """Where the project's files are: the folder it is deployed to and this one, both meaning `root`."""
        deployed = self.workspace.get("file_path")
        return {**({str(deployed): self.root} if deployed else {}), str(self.root): self.root}

    def local_text(self, text: str) -> str:
        """A configuration value with the folder of the deployed files replaced by the local one."""
        for deployed, folder in self.own_files.items():
            if text == deployed or text.startswith(f"{deployed}/"):
                return f"{folder}{text[len(deployed) :]}"
        return text


def load_bundle(
    folder: Path,
    target: str | None = None,
    variables: Mapping[str, str] | None = None,
    *,
    user_name: str = Identity.user_name,
    short_name: str = Identity.short_name,
) -> Bundle:
    """The bundle in `folder` for a target, the default one when none is named.

    `variables` win over BUNDLE_VAR_… of the environment, those over the target and the defaults.
    """
    root_folder = folder.absolute()
    written = read_configuration(root_folder)
    chosen = choose_target(written, target)
    identity = Identity(user_name, short_name)
    root = _with_variables(written, root_folder, chosen, variables or {}, identity)
    mode = target_mode(root)
    root = resolve(name_as_deployed(root, identity), ("resources.",))
    _refuse_python_resources(root)
    return _bundle(root, root_folder, chosen, mode, target_names(written))


def rendered_configuration(folder: Path, target: str) -> Node:
    """One target's configuration with places and variables filled in, names as they are written."""
    return _with_variables(read_configuration(folder), folder, target, {}, Identity())


def _with_variables(written: Node, folder: Path, target: str, variables: Mapping[str, str], me: Identity) -> Node:
    root = merge_keyed_lists(apply_target(written, target))
    root = assign_variables(root, folder, target, variables, os.environ)
    return resolve(set_workspace(root, me), ("bundle.", "workspace.", "variables."))


def _refuse_python_resources(root: Node) -> None:
    """Resources that Python code makes would be missing from a run without a word."""
    for keys in (("python",), ("experimental", "python")):
        for field in ("resources", "mutators"):
            node = root.get(*keys, field)
            if node is not None and node.items:
                raise UnsupportedError(
                    "MED134",
                    "Resources made or changed by Python code are known to the Databricks CLI only.",
                    place=node.place,
                    found=f"{'.'.join(keys)}.{field}",
                    help="state the resources in YAML: databricks bundle generate writes those that are deployed",
                )


def display_name(bundle: Bundle, full_name: str) -> str:
    """A table's name for the screen: schemas of the bundle by resource key, as in `bronze.orders`."""
    catalog_and_schema, _, table = full_name.rpartition(".")
    for key, schema in bundle.schemas.items():
        if schema.lower() == catalog_and_schema.replace("`", "").lower():
            return f"{key}.{table}"
    return full_name


def _bundle(root: Node, folder: Path, target: str, mode: str | None, targets: tuple[str, ...]) -> Bundle:
    file_path = _text(root, "workspace", "file_path")
    groups = _groups(root)
    volumes = {key: _text(node, "volume_path") for key, node in groups.get("volumes", {}).items()}
    pipelines = (read_pipeline(key, node, folder, file_path) for key, node in groups.get("pipelines", {}).items())
    return Bundle(
        name=_text(root, "bundle", "name"),
        root=folder,
        target=target,
        mode=mode,
        variables={key: _plain(node.get("value")) for key, node in _entries(root, "variables").items()},
        resources=_plain_resources(groups, folder),
        pipelines=tuple(pipelines),
        schemas={key: _schema_name(node) for key, node in groups.get("schemas", {}).items()},
        volumes=volumes,
        local=read_local_settings(folder, volumes),
        workspace={key: node.plain() for key, node in _entries(root, "workspace").items()},
        run_as=next((node.text for node in _entries(root, "run_as").values()), None),
        targets=targets,
    )


def _groups(root: Node) -> dict[str, dict[str, Node]]:
    groups = _entries(root, "resources")
    return {kind: {key: node for key, node in group.entries.items() if node.entries} for kind, group in groups.items()}


def _plain_resources(groups: Mapping[str, Mapping[str, Node]], folder: Path) -> dict[str, dict[str, Resource]]:
    plain: dict[str, dict[str, Resource]] = {}
    for kind, group in groups.items():
        moved = {key: relative_to_bundle(kind, node, folder) for key, node in group.items()}
        plain[kind] = {
            key: {name: child.plain() for name, child in node.entries.items()} for key, node in moved.items()
        }
    return plain


def _entries(root: Node, key: str) -> Mapping[str, Node]:
    node = root.get(key)
    return node.entries if node else {}


def _plain(node: Node | None) -> object:
    return node.plain() if node else None


def _text(root: Node, *keys: str) -> str:
    node = root.get(*keys)
    return (node.text if node else None) or ""


def _schema_name(node: Node) -> str:
    return ".".join(part for part in (_text(node, "catalog_name"), _text(node, "name")) if part)
