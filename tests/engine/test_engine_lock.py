"""One run at a time writes a lakehouse; what a killed one leaves is seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from medallion_toolkit.engine.lock import hold_lock, is_after_a_kill
from medallion_toolkit.errors import EnvironmentProblem

HOLDER = """
import sys, time
from pathlib import Path
from medallion_toolkit.engine.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def _other_holder(root: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_says_who_holds_the_lock(tmp_path: Path) -> None:
    said: list[str] = []
    with _other_holder(tmp_path) as other:
        with pytest.raises(EnvironmentProblem) as refused, hold_lock(tmp_path, said.append, patience=0.3):
            raise AssertionError
        other.kill()
    assert refused.value.code == "MED509"
    assert f"process {other.pid}" in str(refused.value.found)
    assert said == [f"waiting for {refused.value.found}"]


def test_a_second_run_waits_for_the_first_to_end(tmp_path: Path) -> None:
    with _other_holder(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        with hold_lock(tmp_path, patience=10):
            assert is_after_a_kill(tmp_path)
            assert str(os.getpid()) in (tmp_path / "lock.json").read_text(encoding="utf-8")
    with hold_lock(tmp_path):
        assert not is_after_a_kill(tmp_path)


def test_the_lock_is_free_inside_the_process_that_has_it(tmp_path: Path) -> None:
    with hold_lock(tmp_path), hold_lock(tmp_path, patience=0):
        assert (tmp_path / "lock.json").exists()
    assert not (tmp_path / "lock.json").exists()
