"""Where releases are kept: beside the deployment, in the workspace folder of its bundle and target."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.releases.model import Passed, Release
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.errors import UsageError, WorkspaceError, did_you_mean

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

FOLDER = "releases"
_RELEASE, _PASSED = ".release.json", ".passed.json"


@dataclass(frozen=True)
class ReleaseStore:
    """The releases of one target; a record is written once and never again."""

    client: WorkspaceClient
    folder: str
    target: str

    @classmethod
    def of(cls, signed_in: SignedIn) -> ReleaseStore:
        """The store of a target that somebody has signed in to."""
        root = str(signed_in.bundle.workspace["root_path"])
        return cls(signed_in.client, f"{root}/{FOLDER}", signed_in.bundle.target)

    def releases(self) -> Sequence[Release]:
        """Every release, oldest first."""
        found = [Release.read(self._read(name)) for name in self._names(_RELEASE)]
        return sorted(found, key=lambda release: (release.created, release.id))

    def current(self) -> Release | None:
        """The newest release: what runs in the target."""
        found = self.releases()
        return found[-1] if found else None

    def find(self, wanted: str) -> Release:
        """The release of that id, or of a commit that begins so; the newest of several."""
        found = self.releases()
        fitting = [one for one in found if one.id == wanted or one.commit.startswith(wanted)]
        if not fitting:
            known = [one.id for one in found]
            raise UsageError(
                "MED731",
                f"target {self.target} has no release {wanted}",
                found=wanted,
                expected=", ".join(known[-8:]) or "a release",
                help=did_you_mean(wanted, known),
                next=f"medallion release list -t {self.target}",
            )
        return fitting[-1]

    def passed(self, release: Release) -> Passed | None:
        """That the release has passed; None as long as nobody has said so."""
        name = f"{release.id}{_PASSED}"
        return Passed.read(self._read(name)) if name in self._names(_PASSED) else None

    def add(self, release: Release) -> None:
        """Keep a release; WorkspaceError when one of that id is there."""
        self._write(f"{release.id}{_RELEASE}", release.text())

    def add_passed(self, passed: Passed) -> None:
        """Keep that a release has passed."""
        self._write(f"{passed.release}{_PASSED}", passed.text())

    def _names(self, ending: str) -> list[str]:
        from databricks.sdk.errors import NotFound

        try:
            with_paths = [str(entry.path) for entry in self.client.workspace.list(self.folder)]
        except NotFound:
            return []
        return [path.rpartition("/")[2] for path in with_paths if path.endswith(ending)]

    def _read(self, name: str) -> str:
        from databricks.sdk.service.workspace import ExportFormat

        with asked(f"read {name}"):
            content = self.client.workspace.export(f"{self.folder}/{name}", format=ExportFormat.AUTO).content
        return base64.b64decode(content or "").decode()

    def _write(self, name: str, text: str) -> None:
        from databricks.sdk.errors import AlreadyExists, ResourceConflict
        from databricks.sdk.service.workspace import ImportFormat

        try:
            self.client.workspace.mkdirs(self.folder)
            self.client.workspace.import_(
                f"{self.folder}/{name}",
                content=base64.b64encode(text.encode()).decode(),
                format=ImportFormat.AUTO,
                overwrite=False,
            )
        except (AlreadyExists, ResourceConflict) as error:
            raise WorkspaceError(
                "MED732", f"{name} is there already; a record is never written twice", found=str(error)
            ) from error
