"""One run at a time writes a lakehouse: an operating-system lock that ends with the last process holding it.

The JVM of a run inherits the locked file as its error stream. Python may be killed; the lock then stays until
its JVM is gone too, which was seen to live two seconds longer and could still commit.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from medallion_toolkit.engine.store import write_whole
from medallion_toolkit.errors import EnvironmentProblem, Place

PATIENCE = 10.0
PAUSE = 0.1


@dataclass
class Lock:
    """A held lock: `after_a_kill` when its last holder was killed, `is_shared` once a JVM of this process has it."""

    descriptor: int
    after_a_kill: bool
    is_shared: bool = False


_held: dict[Path, Lock] = {}


@contextmanager
def hold_lock(
    root: Path, say: Callable[[str], None] = lambda _line: None, patience: float = PATIENCE
) -> Iterator[None]:
    """Hold the lock of the state in `root`; waits `patience` seconds for another process, then raises MED509.

    Inside a process that holds it already nothing more is needed.
    """
    root = root.absolute()
    if root in _held:
        yield
        return
    lock = Lock(_acquire(root, say, patience), _holder(root).exists())
    _held[root] = lock
    write_whole(_holder(root), json.dumps(_this_process()))
    try:
        yield
    finally:
        _holder(root).unlink(missing_ok=True)
        if not lock.is_shared:
            del _held[root]
            os.close(lock.descriptor)


def is_after_a_kill(root: Path) -> bool:
    """Whether the run that held the lock before this process did not come to its end."""
    lock = _held.get(root.absolute())
    return lock is not None and lock.after_a_kill


def shared_descriptor(root: Path) -> int | None:
    """The locked file for a JVM to inherit; None when this process does not hold the lock."""
    lock = _held.get(root.absolute())
    if lock is None:
        return None
    lock.is_shared = True
    return lock.descriptor


def _acquire(root: Path, say: Callable[[str], None], patience: float) -> int:
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    end = time.monotonic() + patience
    said = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except OSError:
            holder = _described(root)
            if time.monotonic() >= end:
                os.close(descriptor)
                raise _refusal(root, holder) from None
        if not said:
            say(f"waiting for {holder}")
            said = True
        time.sleep(PAUSE)


def _refusal(root: Path, holder: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        "MED509",
        "another run writes this lakehouse",
        place=Place(str(root / "lock")),
        found=holder,
        help="wait for it to end, or end it; nothing was touched",
    )


def _this_process() -> Mapping[str, object]:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "started": started, "command": " ".join(["medallion", *sys.argv[1:]])}


def _holder(root: Path) -> Path:
    return root / "lock.json"


def _described(root: Path) -> str:
    try:
        holder = json.loads(_holder(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "a run that has just ended or begun"
    return f"{holder['command']} (process {holder['pid']}, since {holder['started']})"
