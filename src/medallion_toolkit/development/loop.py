"""The loop itself: keys and changed files become requests, one is worked on, everything is shown as it happens."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import Protocol

from medallion_toolkit.development.files import purpose_of
from medallion_toolkit.development.keys import Command, Keys
from medallion_toolkit.development.screen import KEYS, Screen
from medallion_toolkit.development.state import Event, Shown, State
from medallion_toolkit.development.work import Request

MOST_NAMED = 3


class Files(Protocol):
    """Says which files changed since it was last asked."""

    @property
    def root(self) -> Path: ...
    @property
    def data(self) -> tuple[Path, ...]: ...
    def changes(self) -> frozenset[Path]: ...


class Worker(Protocol):
    """Carries out a request; `stop` asks it to leave out what can be left out."""

    stop: Flag

    def do(self, request: Request) -> None: ...


@dataclass
class Loop:
    """Runs until it is told to quit; `pause` waits between two looks at keys and files."""

    worker: Worker
    files: Files
    keys: Keys
    screen: Screen
    executor: Executor
    events: queue.SimpleQueue[Event]
    pause: Callable[[], None]
    state: State = field(default_factory=State)
    _waiting: list[Request] = field(default_factory=lambda: [Request("start", "start")])
    _running: Future[None] | None = None
    _quits: bool = False
    _ends: bool = False

    def run(self) -> None:
        """Work until the user quits; what is being written is finished first."""
        while not self.step():
            self.pause()

    def step(self) -> bool:
        """One look at everything; whether the loop is over."""
        for command in self.keys.read():
            self._obey(command)
        self._notice(self.files.changes())
        self._finish()
        self._hear()
        is_idle = self._running is None
        if is_idle and (self._quits or (self._ends and not self._waiting)):
            return True
        if is_idle and self._waiting:
            self._running = self.executor.submit(self.worker.do, self._waiting.pop(0))
        return False

    def _obey(self, command: Command) -> None:
        name = (command.name,) if command.name else ()
        match command.action:
            case "quit":
                self._quits = True
                self.worker.stop.set()
            case "end":
                self._ends = True
            case "run":
                self._ask(Request("everything", "key r"))
            case "tests":
                self._ask(Request("tests", "key t"))
            case "show":
                self._ask(Request("show", "key s", name))
            case "refresh" if name:
                self._ask(Request("refresh", f"making {command.name} anew", name))
            case _:
                self.events.put(Shown(KEYS))
        self._draw()

    def _notice(self, changed: frozenset[Path]) -> None:
        by_purpose: dict[str, list[Path]] = {}
        for path in sorted(changed):
            purpose = purpose_of(path, self.files.root, self.files.data)
            if purpose is not None:
                by_purpose.setdefault(purpose, []).append(path)
        touched = [*by_purpose.get("project", ()), *by_purpose.get("data", ())]
        if touched:
            self.worker.stop.set()
            self._ask(Request("run", f"change of {self._named(touched)}"))
        tests = by_purpose.get("tests", [])
        if tests:
            self._ask(Request("tests", f"change of {self._named(tests)}", self._relative(tests)))

    def _named(self, paths: Sequence[Path]) -> str:
        names = self._relative(paths)
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        return ", ".join(names[:MOST_NAMED]) + more

    def _relative(self, paths: Sequence[Path]) -> tuple[str, ...]:
        root = self.files.root
        return tuple(str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in paths)

    def _ask(self, request: Request) -> None:
        """Put a request in line; one run covers all changes that wait."""
        if request.kind != "run" or all(each.kind != "run" for each in self._waiting):
            self._waiting.append(request)

    def _finish(self) -> None:
        if self._running is not None and self._running.done():
            done, self._running = self._running, None
            done.result()

    def _hear(self) -> None:
        heard = False
        while not self.events.empty():
            event = self.events.get()
            self.state = self.state.after(event)
            self.screen.happened(event)
            heard = True
        if heard:
            self._draw()

    def _draw(self) -> None:
        self.screen.draw(self.state, "ending …" if self._quits else self.keys.prompt)
