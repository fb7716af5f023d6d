"""Small text files in the workspace, through the CLI or through the SDK: whichever a command has loaded anyway."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.workspace import asked
from medallion_toolkit.errors import WorkspaceError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class WorkspaceFiles(Protocol):
    """What is asked of a workspace; every path is absolute, and every refusal a WorkspaceError."""

    def names(self, folder: str) -> list[str]:
        """Names of what is in a folder, sorted; none when there is no such folder."""
        ...

    def read(self, path: str) -> str:
        """The text of a file."""
        ...

    def write(self, path: str, text: str) -> None:
        """A new file in a folder that is there; refused when a file of that name is there."""
        ...

    def make_folder(self, folder: str) -> None:
        """The folder and those above it, which may be there."""
        ...


@dataclass(frozen=True)
class CliFiles:
    """Through the CLI: each request is a process of some 60 ms, and no SDK has to be loaded."""

    cli: Cli

    def names(self, folder: str) -> list[str]:
        """The CLI says only in words that a folder is missing, so the one above is asked whether it is there."""
        try:
            return sorted(self._listed(folder))
        except WorkspaceError:
            above, _, name = folder.rpartition("/")
            if name in self._listed(above):
                raise
            return []

    def read(self, path: str) -> str:
        """The text of a file."""
        return _text(self.cli.asked("workspace", "export", path, "--format", "AUTO")["content"])

    def write(self, path: str, text: str) -> None:
        """A new file."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "text"
            file.write_text(text, encoding="utf-8")
            self.cli.run("workspace", "import", path, "--file", str(file), "--format", "AUTO")

    def make_folder(self, folder: str) -> None:
        """The folder and those above it."""
        self.cli.run("workspace", "mkdirs", folder)

    def _listed(self, folder: str) -> list[str]:
        return _last_parts(entry["path"] for entry in self.cli.asked("workspace", "list", folder) or ())


@dataclass(frozen=True)
class ClientFiles:
    """Through a client of the SDK."""

    client: WorkspaceClient

    def names(self, folder: str) -> list[str]:
        """Names of what is in a folder."""
        from databricks.sdk.errors import NotFound

        with asked(f"list {folder}"):
            try:
                return sorted(_last_parts(str(entry.path) for entry in self.client.workspace.list(folder)))
            except NotFound:
                return []

    def read(self, path: str) -> str:
        """The text of a file."""
        from databricks.sdk.service.workspace import ExportFormat

        with asked(f"read {path}"):
            return _text(self.client.workspace.export(path, format=ExportFormat.AUTO).content)

    def write(self, path: str, text: str) -> None:
        """A new file."""
        from databricks.sdk.service.workspace import ImportFormat

        content = base64.b64encode(text.encode()).decode()
        with asked(f"write {path}"):
            self.client.workspace.import_(path, content=content, format=ImportFormat.AUTO, overwrite=False)

    def make_folder(self, folder: str) -> None:
        """The folder and those above it."""
        with asked(f"make {folder}"):
            self.client.workspace.mkdirs(folder)


def _last_parts(paths: Iterable[str]) -> list[str]:
    return [path.rpartition("/")[2] for path in paths]


def _text(content: str | None) -> str:
    return base64.b64decode(content or "").decode()
