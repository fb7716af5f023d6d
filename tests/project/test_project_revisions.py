"""A revision that is not here: the error says whether the repository, its history or the name is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from medallion_toolkit.errors import UsageError
from medallion_toolkit.project.revisions import files_at


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits, the first one tagged."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for text in ("one", "two"):
        (folder / "a.sql").write_text(text)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", text)
        if text == "one":
            git(folder, "tag", "first")
    return folder


def refused(folder: Path, revision: str) -> UsageError:
    with pytest.raises(UsageError) as told, files_at(folder, revision):
        pass
    assert told.value.code == "MED112"
    return told.value


def test_files_are_those_of_the_revision_and_an_unknown_one_is_told_with_known_names(repository: Path) -> None:
    with files_at(repository, "first") as folder:
        assert (folder / "a.sql").read_text() == "one"
    error = refused(repository, "frist")
    assert (error.found, error.expected, error.next) == ("frist", "main, first", "git log --oneline")


def test_a_clone_without_its_history_is_told_to_fetch_it(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "short")
    assert refused(tmp_path / "short", "first").next == "git fetch --unshallow"


def test_a_folder_that_is_no_repository_is_told_to_become_one(tmp_path: Path) -> None:
    error = refused(tmp_path, "main")
    assert (error.message, error.next) == (
        "there is no revision main: the project is in no git repository",
        "git init && git add -A && git commit -m start",
    )
