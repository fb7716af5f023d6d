"""A project as a git revision has it: its files in a folder of their own, nothing checked out."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medallion_toolkit.errors import UsageError
from medallion_toolkit.project.git import find_commit, git


@contextmanager
def files_at(root: Path, revision: str) -> Iterator[Path]:
    """A temporary folder with the project's files as they are at `revision`; UsageError when there is none."""
    commit = find_commit(root, revision)
    if commit is None:
        raise _unknown(root, revision)
    archive = git(root, "archive", "--format=tar", commit, ".")
    if archive.returncode:
        raise UsageError("MED112", f"{revision} does not hold this project", found=archive.stderr.decode().strip())
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)


def _unknown(root: Path, revision: str) -> UsageError:
    """The error for a revision that is not here: no repository, too short a clone, or no such name."""
    if git(root, "rev-parse", "--git-dir").returncode:
        return UsageError(
            "MED112",
            f"there is no revision {revision}: the project is in no git repository",
            next="git init && git add -A && git commit -m start",
        )
    branches = git(root, "for-each-ref", "--format=%(refname:short)", "--count=8", "refs/heads", "refs/tags")
    is_shallow = git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    return UsageError(
        "MED112",
        f"git knows no revision {revision} here",
        found=revision,
        expected=", ".join(branches.stdout.decode().split()) or "a commit of the project's repository",
        help="this clone holds a part of the history only" if is_shallow else None,
        next="git fetch --unshallow" if is_shallow else "git log --oneline",
    )
