"""The deployed files as the workspace has them, against the files of the code."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.drift.code import RunningCode
from medallion_toolkit.deployment.drift.model import Findings
from medallion_toolkit.deployment.workspace import asked

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.workspace import ObjectInfo

AT_ONCE = 8
RECORD_FILE = "deployment.json"
PREFIX = "files."
_MILLISECONDS = len("2026-11-21T20:59:45.413")


@dataclass(frozen=True)
class Record:
    """The CLI's last deployment: when (ISO 8601, UTC) and which files."""

    at: str
    files: frozenset[str]


@dataclass(frozen=True)
class DeployedFiles:
    """The folder that a bundle's files are deployed to; paths are relative to it."""

    client: WorkspaceClient
    folder: str
    state: str

    @classmethod
    def of(cls, code: RunningCode) -> DeployedFiles:
        """The folder of the target that the code runs in."""
        workspace = code.signed_in.bundle.workspace
        return cls(code.signed_in.client, str(workspace["file_path"]), str(workspace["state_path"]))

    def contents(self) -> Mapping[str, bytes]:
        """Every file; a notebook under the name of the file it was made from."""
        objects = dict(self._objects())
        with asked("show the deployed files"), ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(objects, pool.map(self._content, objects.values()), strict=True))

    def record(self) -> Record:
        """What the CLI says it has deployed; nothing where it left no record."""
        from databricks.sdk.errors import NotFound
        from databricks.sdk.service.workspace import ExportFormat

        try:
            exported = self.client.workspace.export(f"{self.state}/{RECORD_FILE}", format=ExportFormat.AUTO)
        except NotFound:
            return Record("", frozenset())
        record = json.loads(base64.b64decode(exported.content or ""))
        files = frozenset(str(one["local_path"]) for one in record.get("files") or ())
        return Record(str(record.get("timestamp") or ""), files)

    def _objects(self) -> Iterable[tuple[str, ObjectInfo]]:
        from databricks.sdk.errors import NotFound
        from databricks.sdk.service.workspace import ObjectType

        with asked("list the deployed files"):
            try:
                found = list(self.client.workspace.list(self.folder, recursive=True))
            except NotFound:
                found = []
        for entry in found:
            if entry.object_type in (ObjectType.FILE, ObjectType.NOTEBOOK):
                yield f"{entry.path}{_ending(entry)}".removeprefix(f"{self.folder}/"), entry

    def _content(self, entry: ObjectInfo) -> bytes:
        from databricks.sdk.service.workspace import ExportFormat, ObjectType

        form = ExportFormat.SOURCE if entry.object_type == ObjectType.NOTEBOOK else ExportFormat.AUTO
        return base64.b64decode(self.client.workspace.export(str(entry.path), format=form).content or "")


def compare_files(code: RunningCode, findings: Findings) -> None:
    """Files that somebody changed, added or removed in the workspace, by checksum."""
    deployed = DeployedFiles.of(code)
    found = deployed.contents()
    if not found:
        findings.notes.append(f"no files are deployed to {deployed.folder}")
        return
    again = f"databricks bundle sync --full -t {code.target}"
    for path, content in found.items():
        file = code.folder / path
        if not file.is_file():
            delete = f"databricks workspace delete '{deployed.folder}/{path}'"
            findings.differ("file", f"{PREFIX}{path}", None, checksum(content), delete)
        elif not same_text(file.read_bytes(), content):
            findings.differ("file", f"{PREFIX}{path}", checksum(file.read_bytes()), checksum(content), again)
    record = deployed.record()
    if code.release is not None and record.at[:_MILLISECONDS] > code.release.created[:_MILLISECONDS]:
        findings.notes.append(
            f"deployed again at {record.at[:_MILLISECONDS]} without a release: the code compared is older"
        )
    for path in record.files - found.keys():
        file = code.folder / path
        if file.is_file():
            findings.differ("file", f"{PREFIX}{path}", checksum(file.read_bytes()), None, again)


def same_text(one: bytes, other: bytes) -> bool:
    """Whether two files are the same; the workspace may end a notebook without its last line break."""
    return one == other or (_is_notebook(one) and one.rstrip() == other.rstrip())


def checksum(content: bytes) -> str:
    """The beginning of its SHA-256, as much as a person compares."""
    return f"sha256 {hashlib.sha256(content).hexdigest()[:12]}"


def _is_notebook(content: bytes) -> bool:
    return b"Databricks notebook source" in content.partition(b"\n")[0]


def _ending(entry: ObjectInfo) -> str:
    from databricks.sdk.service.workspace import ObjectType

    if entry.object_type != ObjectType.NOTEBOOK:
        return ""
    endings = {"PYTHON": ".py", "SQL": ".sql", "SCALA": ".scala", "R": ".r"}
    return endings.get(entry.language.value if entry.language else "", "")
