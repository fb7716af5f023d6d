"""The code that runs in a target: its newest release from git, or the files here where nothing was released."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.releases.model import Release
from medallion_toolkit.deployment.releases.recording import checksums
from medallion_toolkit.deployment.releases.returning import as_repository, copy_overrides
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.deployment.workspace import SignedIn
from medallion_toolkit.graph.project import Project, project_of
from medallion_toolkit.project.bundle import load_bundle
from medallion_toolkit.project.revisions import files_at


@dataclass(frozen=True)
class RunningCode:
    """Files to compare a workspace with; `release` is None when they are those of the working tree."""

    folder: Path
    signed_in: SignedIn
    release: Release | None

    @property
    def target(self) -> str:
        """The target it runs in."""
        return self.signed_in.bundle.target

    @property
    def said(self) -> str:
        """Which code it is, for the first line."""
        if self.release is None:
            return "the working tree (nothing was released)"
        return f"release {self.release.id}"

    def project(self) -> Project:
        """The project that these files are, with the names that were deployed."""
        me = self.signed_in.me
        return project_of(load_bundle(self.folder, self.target, user_name=me.user_name, short_name=me.short_name))


@contextmanager
def running_code(root: Path, signed_in: SignedIn) -> Iterator[RunningCode]:
    """The files of the release that runs in the target; the working tree's when it has none."""
    release = ReleaseStore.of(signed_in).current()
    if release is None:
        yield RunningCode(root.absolute(), signed_in, None)
        return
    with release_files(root, release, signed_in.bundle.target) as folder:
        yield RunningCode(folder, signed_in, release)


@contextmanager
def release_files(root: Path, release: Release, target: str) -> Iterator[Path]:
    """A folder with a release's files, as the CLI can plan it; the working tree where it is just that."""
    if checksums(root) == release.files:
        yield root.absolute()
        return
    with files_at(root, release.commit) as folder:
        as_repository(folder)
        copy_overrides(root, folder, target)
        yield folder
