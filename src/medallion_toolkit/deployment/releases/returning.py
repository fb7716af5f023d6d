"""Deploy an earlier release's files: they come from git, and have to be those of its record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medallion_toolkit.deployment.destination import Destination
from medallion_toolkit.deployment.releases.model import Release, differing_files
from medallion_toolkit.deployment.releases.recording import checksums
from medallion_toolkit.deployment.releases.rollback import Rollback, plan_rollback
from medallion_toolkit.errors import RunError, UsageError
from medallion_toolkit.project.git import git
from medallion_toolkit.project.revisions import files_at

OVERRIDES = ".databricks/bundle/{target}/variable-overrides.json"


def planned_return(to: Destination, wanted: str) -> Rollback:
    """The way from the release that runs to an earlier one; UsageError when it runs already."""
    goal, running = to.releases.find(wanted), to.releases.current()
    if running is None or goal.files == running.files:
        raise UsageError(
            "MED736",
            f"{goal.id} is what runs in {to.target}",
            found=goal.id,
            expected="an earlier release with other files",
            next=f"medallion release list -t {to.target}",
        )
    return plan_rollback(to.root, to.bundle, running, goal)


@contextmanager
def earlier_files(to: Destination, way: Rollback) -> Iterator[Destination]:
    """A folder with the files of the earlier release, on its way to the same target; RunError when they differ."""
    with files_at(to.root, way.goal.commit) as folder:
        as_repository(folder)
        _check(folder, way.goal)
        copy_overrides(to.root, folder, to.target)
        yield Destination(folder, to.target, to.command, way.goal.commit)


def as_repository(folder: Path) -> None:
    """The folder under git, so that the CLI and checksums leave out what .gitignore names."""
    for arguments in (("init", "-q"), ("add", "-A")):
        git(folder, *arguments, check=True)


def copy_overrides(root: Path, folder: Path, target: str) -> None:
    """Variables that this machine gives a target are no part of a commit: a copy of one gets them too."""
    overrides = OVERRIDES.format(target=target)
    if (root / overrides).is_file():
        (folder / overrides).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / overrides, folder / overrides)


def _check(folder: Path, goal: Release) -> None:
    differing = differing_files(checksums(folder), goal.files)
    if differing:
        raise RunError(
            "MED737",
            f"commit {goal.commit[:12]} does not give the files of {goal.id}",
            found=f"{len(differing)} files differ, first {differing[0]}",
            help="the release was made of other files, or the repository was rewritten",
            next=f"medallion release list -t {goal.target}",
        )
