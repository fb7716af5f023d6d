"""Deploy an earlier release's files: they come from git, and have to be those of its record."""

from __future__ import annotations

from pathlib import Path

from medallion_toolkit.deployment.deploying import deploy_planned, plan_deployment
from medallion_toolkit.deployment.releases.model import Release, differing_files
from medallion_toolkit.deployment.releases.recording import checksums, record
from medallion_toolkit.deployment.releases.rollback import Rollback, plan_rollback
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.deployment.workspace import SignedIn
from medallion_toolkit.errors import RunError, UsageError
from medallion_toolkit.project.git import git
from medallion_toolkit.project.revisions import files_at


def planned_return(root: Path, signed_in: SignedIn, wanted: str) -> Rollback:
    """The way from the release that runs to an earlier one; UsageError when it runs already."""
    store = ReleaseStore.of(signed_in)
    goal, running = store.find(wanted), store.current()
    if running is None or goal.files == running.files:
        raise UsageError(
            "MED736",
            f"{goal.id} is what runs in {signed_in.bundle.target}",
            next=f"medallion release list -t {signed_in.bundle.target}",
        )
    return plan_rollback(root, signed_in.bundle.target, running, goal)


def deploy_release(root: Path, signed_in: SignedIn, way: Rollback) -> str:
    """The id of the new release that holds the earlier one's files."""
    with files_at(root, way.goal.commit) as folder:
        as_repository(folder)
        _check(folder, way.goal)
        done = deploy_planned(folder, plan_deployment(folder, way.target))
        made = record(folder, signed_in, done, way.goal.id, way.goal.commit)
    return made.id


def as_repository(folder: Path) -> None:
    """The folder under git, so that the CLI and checksums leave out what .gitignore names."""
    for arguments in (("init", "-q"), ("add", "-A")):
        git(folder, *arguments, check=True)


def _check(folder: Path, goal: Release) -> None:
    differing = differing_files(checksums(folder), goal.files)
    if differing:
        raise RunError(
            "MED737",
            f"commit {goal.commit[:12]} does not give the files of {goal.id}",
            found=f"{len(differing)} files differ, first {differing[0]}",
            help="the release was made of other files, or the repository was rewritten",
        )
