"""A volume of the workspace through the Files API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.workspace import asked

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True)
class Volume:
    """The files below `path` (/Volumes/catalog/schema/volume)."""

    client: WorkspaceClient
    path: str

    def files(self) -> dict[str, int]:
        """Size of every file by its path below the volume."""
        with asked(f"list {self.path}", next="databricks bundle deploy -t dev"):
            return dict(self._below(self.path))

    def upload(self, name: str, source: Path) -> None:
        """Put a file there; one that exists is never overwritten."""
        with asked(f"upload {name}"), source.open("rb") as content:
            self.client.files.create_directory(f"{self.path}/{name}".rpartition("/")[0])
            self.client.files.upload(f"{self.path}/{name}", content, overwrite=False)

    def _below(self, folder: str) -> Iterator[tuple[str, int]]:
        for entry in self.client.files.list_directory_contents(folder):
            path = str(entry.path)
            if entry.is_directory:
                yield from self._below(path)
            else:
                yield path.removeprefix(f"{self.path}/"), entry.file_size or 0
