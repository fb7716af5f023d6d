"""A full disk, too little memory and a lost session are told as what they are."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from medallion_toolkit.engine.breakdowns import breakdown
from medallion_toolkit.engine.event_log import EventLog
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.engine.store import Store, write_whole
from medallion_toolkit.errors import EnvironmentProblem, Place

PLACE = Place("sql/a.sql", 1, 1)
CASES = [
    (OSError(errno.ENOSPC, "No space left on device"), "MED511"),
    (RuntimeError("Job aborted: java.io.IOException: No space left on device"), "MED511"),
    (RuntimeError("java.lang.OutOfMemoryError: Java heap space"), "MED512"),
    (ConnectionRefusedError(111, "Connection refused"), "MED510"),
    (RuntimeError("Py4JError: Answer from Java side is empty"), "MED510"),
]


@pytest.mark.parametrize(("error", "code"), CASES)
def test_the_machine_is_named(error: Exception, code: str) -> None:
    found = breakdown(error)
    assert found is not None
    assert (found.code, found.exit_code) == (code, 3)


def test_an_error_of_the_data_is_none_of_the_machine() -> None:
    assert breakdown(RuntimeError("[CAST_INVALID_INPUT] The value 'a' cannot be cast")) is None


def test_a_full_disk_while_the_event_log_is_written_is_told(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl", "p", "p")
    log.path.symlink_to("/dev/full")
    with pytest.raises(EnvironmentProblem) as told, translated(PLACE):
        log.update_progress("RUNNING")
    assert told.value.code == "MED511"


def test_a_file_of_the_state_is_old_or_new_and_never_half(tmp_path: Path) -> None:
    path = tmp_path / "books" / "a.json"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"


def test_state_of_a_version_without_books_is_read(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    (tmp_path / "lock.json").unlink(missing_ok=True)
    assert Store.open(tmp_path) == store
    (tmp_path / "format").write_text("layout 99 of elsewhere\n", encoding="utf-8")
    with pytest.raises(EnvironmentProblem) as refused:
        Store.open(tmp_path)
    assert refused.value.code == "MED508"
