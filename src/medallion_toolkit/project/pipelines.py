"""A pipeline of the bundle: where it writes, what configures it, which files it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import ConfigError, UnsupportedError
from medallion_toolkit.project.nodes import Node
from medallion_toolkit.project.paths import existing_files, glob_files, local_path

_EDITABLE = re.compile(r"^\s*(?:-e|--editable)[\s=]\s*(\S.*)$")
# Where pipelines without Unity Catalog publish.
WITHOUT_CATALOG = "hive_metastore"
_NOT_LOCAL = ("jar", "maven", "whl")


@dataclass(frozen=True)
class Pipeline:
    """A pipeline resource. `files` are its SQL and Python sources, each once, library by library.

    `refusals` say what the pipeline uses that only the workspace has; it cannot run here, others can.
    Without `root_path` the bundle's folder stands for it. `packages` are folders of the bundle whose packages
    the workspace installs in place (`--editable`).
    """

    key: str
    name: str
    catalog: str
    schema: str
    root_path: Path
    configuration: Mapping[str, str]
    parameters: Mapping[str, str]
    files: tuple[Path, ...]
    event_log: str | None
    serverless: bool
    refusals: tuple[UnsupportedError, ...] = ()
    packages: tuple[Path, ...] = ()


def read_pipeline(key: str, node: Node, bundle_root: Path, file_path: str) -> Pipeline:
    """The pipeline of a resolved resource."""
    sources = _Sources(bundle_root, file_path)
    serverless = node.get("serverless")
    return Pipeline(
        key=key,
        name=_text(node, "name") or key,
        catalog=_text(node, "catalog") or WITHOUT_CATALOG,
        schema=_text(node, "schema") or _text(node, "target") or "default",
        root_path=sources.root_path(node.get("root_path")),
        configuration=_texts(node, "configuration"),
        parameters=_texts(node, "parameters"),
        files=sources.files(node.get("libraries")),
        event_log=_event_log(node),
        serverless=serverless is not None and serverless.value is True,
        refusals=tuple(sources.refusals),
        packages=sources.packages(node.get("environment", "dependencies")),
    )


class _Sources:
    """Turns what a pipeline names into local files; what only the workspace has is collected."""

    def __init__(self, bundle_root: Path, file_path: str) -> None:
        self._bundle_root = bundle_root
        self._file_path = file_path
        self.refusals: list[UnsupportedError] = []

    def root_path(self, node: Node | None) -> Path:
        if node is None or not node.text:
            return self._bundle_root
        try:
            return local_path(node, self._bundle_root, self._file_path)
        except UnsupportedError as error:
            self.refusals.append(error)
            return self._bundle_root

    def files(self, libraries: Node | None) -> tuple[Path, ...]:
        found: dict[Path, None] = {}
        for library in libraries.items if libraries else ():
            try:
                found.update(dict.fromkeys(self._library(library)))
            except UnsupportedError as error:
                self.refusals.append(error)
        return tuple(found)

    def packages(self, dependencies: Node | None) -> tuple[Path, ...]:
        """Where the packages of editable projects lie: their `src` folder, else the project itself."""
        found = []
        for node in dependencies.items if dependencies else ():
            match = _EDITABLE.match(node.text or "")
            if match is not None:
                project = local_path(Node(match[1].strip(), node.place), self._bundle_root, self._file_path)
                found.append(project / "src" if (project / "src").is_dir() else project)
        return tuple(found)

    def _library(self, library: Node) -> tuple[Path, ...]:
        include = library.get("glob", "include")
        if include is not None:
            return glob_files(include, self._bundle_root, self._file_path)
        path = library.get("file", "path") or library.get("notebook", "path")
        if path is not None:
            return existing_files(path, self._bundle_root, self._file_path)
        kind = next(iter(library.entries), "nothing")
        if kind in _NOT_LOCAL:
            raise UnsupportedError(
                "MED134", f"A {kind} library runs in the workspace only.", place=library.place, found=kind
            )
        raise ConfigError(
            "MED135",
            f"This library of a pipeline names {kind}.",
            place=library.place,
            found=kind,
            expected="glob: {include: …}, file: {path: …} or notebook: {path: …}",
        )


def _event_log(node: Node) -> str | None:
    log = node.get("event_log")
    if log is None or not _text(log, "name"):
        return None
    catalog = _text(log, "catalog") or _text(node, "catalog")
    schema = _text(log, "schema") or _text(node, "schema")
    return ".".join(part for part in (catalog, schema, _text(log, "name")) if part)


def _texts(node: Node, key: str) -> dict[str, str]:
    entries = node.get(key)
    return {name: child.text or "" for name, child in entries.entries.items()} if entries else {}


def _text(node: Node, key: str) -> str:
    child = node.get(key)
    return (child.text if child else None) or ""
