"""A command on a real terminal: type keys, wait for what it says."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Terminal:
    """The running command and all it has written so far, control sequences left out."""

    process: subprocess.Popen[bytes]
    descriptor: int
    text: str = ""
    heard: int = 0

    def type(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def wait_for(self, expected: str, seconds: float) -> str:
        """What was written behind the last answer, up to `expected`; AssertionError with it all after `seconds`."""
        start, end = self.heard, time.monotonic() + seconds
        while (found := self.text.find(expected, start)) < 0:
            assert time.monotonic() < end, f"no {expected!r} in:\n{self.text[start:]}"
            if not self._read() and self.process.poll() is not None:
                raise AssertionError(f"ended without {expected!r}:\n{self.text[start:]}")
        self.heard = found + len(expected)
        return self.text[start : self.heard]

    def end(self, seconds: float) -> int:
        """The exit code, once the command has ended."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read()
        return self.process.wait(timeout=1)

    def _read(self) -> bool:
        if not select.select([self.descriptor], [], [], 0.1)[0]:
            return False
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.text += CONTROL.sub("", data.decode("utf-8", errors="replace")).replace("\r\n", "\n")
        return bool(data)


@contextmanager
def on_a_terminal(folder: Path, *arguments: str) -> Iterator[Terminal]:
    """`medallion …` in `folder` with a terminal of its own; ended when the block ends."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "medallion_toolkit", *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "50"},
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
        os.close(ours)
