"""Where releases are kept: which one runs, which one is meant, and a record that is never written twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from medallion_toolkit.deployment.releases.model import Passed, Release
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.errors import UsageError, WorkspaceError


def release(id: str, created: str, base: str | None = "before") -> Release:
    return Release(id, "dev", f"{id.rpartition('-')[2]}00000000", created, "ada", {}, {}, (), {}, {}, base)


FIRST = release("20261121T210617Z-da7625ff", "2026-11-21T21:06:17.100+00:00", None)
SECOND = release("20261121T210623Z-0def123e", "2026-11-21T21:06:23.900+00:00")
SAME_SECOND = release("20261121T210623Z-ffffffff", "2026-11-21T21:06:23.100+00:00")


@dataclass
class Folder:
    """Files in memory: it refuses what a workspace refuses, and notes what is read."""

    texts: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    reads: list[str] = field(default_factory=list)
    loses_answers: bool = False

    def names(self, folder: str) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.texts if path.rpartition("/")[0] == folder)

    def read(self, path: str) -> str:
        self.reads.append(path.rpartition("/")[2])
        return self.texts[path]

    def write(self, path: str, text: str) -> None:
        if path in self.texts or path.rpartition("/")[0] not in self.folders:
            raise WorkspaceError("MED716", "refused")
        self.texts[path] = text
        if self.loses_answers:
            raise WorkspaceError("MED716", "EOF")

    def make_folder(self, folder: str) -> None:
        self.folders.add(folder)


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def store(folder: Folder) -> ReleaseStore:
    made = ReleaseStore.in_folder(folder, "/root", "dev")
    for one in (FIRST, SECOND, SAME_SECOND):
        made.add(one)
    folder.reads = []
    return made


def test_the_newest_release_runs_and_no_older_one_is_read(store: ReleaseStore, folder: Folder) -> None:
    assert store.current() == SECOND, "newer than the other of its second"
    assert FIRST.id not in str(folder.reads)
    assert ReleaseStore.in_folder(Folder(), "/root", "dev").current() is None


def test_a_release_is_found_by_its_id_or_the_beginning_of_its_commit(store: ReleaseStore, folder: Folder) -> None:
    assert store.find(FIRST.id) == store.find("da76") == store.find(FIRST.commit) == FIRST
    assert set(folder.reads) == {f"{FIRST.id}.release.json"}
    for wanted in ("20261121T210617Z-da7625fe", f"{FIRST.commit}1"):
        with pytest.raises(UsageError) as raised:
            store.find(wanted)
        assert (raised.value.code, raised.value.next) == ("MED731", "medallion release list -t dev")


def test_a_record_is_written_once(store: ReleaseStore, folder: Folder) -> None:
    with pytest.raises(WorkspaceError) as raised:
        store.add(replace(FIRST, by="eve"))
    assert raised.value.code == "MED732"
    store.add(FIRST)
    assert (len(store.releases()), store.find(FIRST.id).by) == (3, "ada")
    folder.loses_answers = True
    store.add_passed(Passed(SECOND.id, "now", "ada"))
    assert (store.passed(SECOND), store.passed(FIRST)) == (Passed(SECOND.id, "now", "ada"), None)
