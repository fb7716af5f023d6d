"""The contract files of a git revision, without checking it out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from medallion_toolkit.errors import EnvironmentProblem, UsageError
from medallion_toolkit.project.git import find_commit, git


@contextmanager
def contracts_at(root: Path, revision: str) -> Iterator[Path]:
    """A folder that holds `contracts/` and databricks.yml as they were; it is gone afterwards.

    Raises MED347 for a revision that git does not know, MED348 where there is no repository.
    """
    _check_revision(root, revision)
    names = _git(root, "ls-tree", "-r", "--name-only", "-z", revision, "--", "contracts", "databricks.yml")
    with TemporaryDirectory(prefix="medallion-") as folder:
        for name in names.decode().split("\0"):
            if name:
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(_git(root, "show", f"{revision}:./{name}"))
        yield Path(folder)


def _check_revision(root: Path, revision: str) -> None:
    if git(root, "rev-parse", "--git-dir").returncode:
        raise EnvironmentProblem("MED348", "the project is in no git repository", help="git init, then commit")
    if find_commit(root, revision) is None:
        raise UsageError(
            "MED347", f"git knows no revision {revision}", found=revision, expected="a branch, a tag or a commit",
            next="git log --oneline",
        )  # fmt: skip


def _git(root: Path, *arguments: str) -> bytes:
    return git(root, *arguments, check=True).stdout
