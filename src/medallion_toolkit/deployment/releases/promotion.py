"""Promotion: a target gets exactly what has passed in the one before, and loses nothing that runs there."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from medallion_toolkit.deployment.releases.model import Release, differing_files
from medallion_toolkit.deployment.releases.recording import checksums, commit_of, is_ancestor
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.errors import RunError
from medallion_toolkit.project.bundle import load_bundle

PRODUCTION = "production"


def need_next_stage(root: Path, source: str, goal: str) -> None:
    """RunError when code would pass over a stage: from a development target it goes to the first production target
    that databricks.yml names after it, and from there to any other.
    """
    bundle = load_bundle(root, source)
    if bundle.mode == PRODUCTION or load_bundle(root, goal).mode != PRODUCTION:
        return
    later = bundle.targets[bundle.targets.index(source) + 1 :]
    first = next((target for target in later if load_bundle(root, target).mode == PRODUCTION), goal)
    if first != goal:
        what = f"{first} comes before it"
        raise _refused(source, goal, what, f"--from {source}", f"medallion promote -t {first} --from {source}", first)


def promotable(root: Path, source: ReleaseStore, goal: ReleaseStore) -> Release:
    """The release of the stage before that these files are; RunError for anything else.

    It has to run there now, to have passed there, to be made of exactly these files, and its commit has to
    hold everything that runs in the goal.
    """
    release = source.current()
    commit = commit_of(root)
    refused = partial(_refused, source.target, goal.target)
    if release is None:
        raise refused(
            f"nothing was ever released to {source.target}", "no release", f"medallion deploy -t {source.target}"
        )
    differing = differing_files(release.files, checksums(root))
    if differing:
        what = f"{len(differing)} files are not those of {release.id}"
        raise refused(what, f"first {differing[0]}", f"git checkout {release.commit[:12]}")
    if source.passed(release) is None:
        raise refused(
            f"{release.id} has not passed in {source.target}",
            "no record that it has",
            f"medallion release pass -t {source.target}",
        )
    running = goal.current()
    if running is not None and not is_ancestor(root, running.commit, commit):
        what = f"{goal.target} runs {running.id}, which is no part of {commit[:12]}"
        raise refused(what, f"commit {running.commit[:12]} in {goal.target}", f"git merge {running.commit[:12]}")
    return release


def _refused(source: str, goal: str, what: str, found: str, next: str, stage: str | None = None) -> RunError:
    return RunError(
        "MED734",
        f"not promoted from {source} to {goal}: {what}",
        found=found,
        expected=f"the release that runs and has passed in {stage or source}",
        next=next,
    )
