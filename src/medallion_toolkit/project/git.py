"""git in a project's folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from medallion_toolkit.errors import EnvironmentProblem, UsageError


def git(root: Path, *arguments: str, check: bool = False) -> subprocess.CompletedProcess[bytes]:
    """What git answers in `root`; EnvironmentProblem without git, CalledProcessError for a failure under `check`."""
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=check)
    except FileNotFoundError:
        raise EnvironmentProblem("MED113", "git is not installed", next="install git") from None


def git_text(root: Path, *arguments: str, code: str, needs: str) -> str:
    """What git prints; UsageError `code` saying what is needed where there is no repository, or none with a commit."""
    done = git(root, *arguments)
    if done.returncode:
        raise UsageError(code, needs, found=done.stderr.decode().strip(), next="git init && git add -A && git commit")
    return done.stdout.decode()


def find_commit(root: Path, revision: str) -> str | None:
    """The commit that a branch, a tag or another name of a commit means; None when git knows none."""
    found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return None if found.returncode else found.stdout.decode().strip()
