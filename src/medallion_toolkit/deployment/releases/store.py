"""Where releases are kept: beside the deployment, in the workspace folder of its bundle and target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medallion_toolkit.deployment.releases.model import Passed, Release
from medallion_toolkit.deployment.releases.workspace_files import ClientFiles, WorkspaceFiles
from medallion_toolkit.deployment.workspace import SignedIn
from medallion_toolkit.errors import UsageError, WorkspaceError, did_you_mean

FOLDER = "releases"
_RELEASE, _PASSED = ".release.json", ".passed.json"
_SECOND = len("20261121T210617Z")


@dataclass(frozen=True)
class ReleaseStore:
    """The releases of one target; a record is written once and never again. Ids begin with their second."""

    files: WorkspaceFiles
    folder: str
    target: str

    @classmethod
    def of(cls, signed_in: SignedIn) -> ReleaseStore:
        """The store of a target that somebody has signed in to."""
        root = str(signed_in.bundle.workspace["root_path"])
        return cls.in_folder(ClientFiles(signed_in.client), root, signed_in.bundle.target)

    @classmethod
    def in_folder(cls, files: WorkspaceFiles, root_path: str, target: str) -> ReleaseStore:
        """The store of a target that is deployed to that folder of its workspace."""
        return cls(files, f"{root_path}/{FOLDER}", target)

    def releases(self) -> Sequence[Release]:
        """Every release, oldest first."""
        return self._sorted(self._ids())

    def current(self) -> Release | None:
        """The newest release: what runs in the target."""
        ids = self._ids()
        found = self._sorted([each for each in ids if each[:_SECOND] == ids[-1][:_SECOND]])
        return found[-1] if found else None

    def find(self, wanted: str) -> Release:
        """The release of that id, or of a commit that begins so; the newest of several."""
        ids = self._ids()
        likely = [each for each in ids if each == wanted or each.rpartition("-")[2].startswith(wanted[:8])]
        fitting = [one for one in self._sorted(likely) if one.id == wanted or one.commit.startswith(wanted)]
        if not fitting:
            raise UsageError(
                "MED731",
                f"target {self.target} has no release {wanted}",
                found=wanted,
                expected=", ".join(ids[-8:]) or "a release",
                help=did_you_mean(wanted, ids),
                next=f"medallion release list -t {self.target}",
            )
        return fitting[-1]

    def passed(self, release: Release) -> Passed | None:
        """That the release has passed; None as long as nobody has said so."""
        name = f"{release.id}{_PASSED}"
        return Passed.read(self._read(name)) if name in self.files.names(self.folder) else None

    def add(self, release: Release) -> None:
        """Keep a release; WorkspaceError when another one of that id is there. The first one makes the folder."""
        if release.base is None:
            self.files.make_folder(self.folder)
        self._write(f"{release.id}{_RELEASE}", release.text())

    def add_passed(self, passed: Passed) -> None:
        """Keep that a release has passed."""
        self._write(f"{passed.release}{_PASSED}", passed.text())

    def _ids(self) -> list[str]:
        names = self.files.names(self.folder)
        return [name.removesuffix(_RELEASE) for name in names if name.endswith(_RELEASE)]

    def _sorted(self, ids: Sequence[str]) -> list[Release]:
        found = [Release.read(self._read(f"{each}{_RELEASE}")) for each in ids]
        return sorted(found, key=lambda release: (release.created, release.id))

    def _read(self, name: str) -> str:
        return self.files.read(f"{self.folder}/{name}")

    def _write(self, name: str, text: str) -> None:
        """A file that is there with this text was written, and the answer lost."""
        try:
            self.files.write(f"{self.folder}/{name}", text)
        except WorkspaceError as error:
            if name not in self.files.names(self.folder):
                raise
            if self._read(name) != text:
                raise WorkspaceError(
                    "MED732", f"{name} is there already; a record is never written twice", found=error.found
                ) from error
