"""The loop on a terminal, drawn anew whenever something happens; elsewhere as lines in order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Protocol, TextIO

from medallion_toolkit.development.state import (
    Began,
    Broken,
    CasesRun,
    Ended,
    Event,
    Figures,
    Finished,
    Judged,
    Planned,
    Shown,
    State,
)

KEYS = "r run all   f make anew   s show   t tests   q quit"
HOME, CLEAR_LINE, CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
COLORS = {"ok": "\x1b[32m", "failed": "\x1b[31m", "skipped": "\x1b[33m"}
RESET = "\x1b[0m"
OTHER_LINES = 8


class Screen(Protocol):
    """Where the loop is shown."""

    def happened(self, event: Event) -> None: ...
    def draw(self, state: State, prompt: str) -> None: ...


@dataclass
class TerminalScreen:
    """The whole state on one screen; what does not fit is counted."""

    stream: TextIO

    def happened(self, event: Event) -> None:
        """What happened is seen in the state."""

    def draw(self, state: State, prompt: str) -> None:
        size = shutil.get_terminal_size()
        lines = screen_lines(state, prompt, size.columns, size.lines)
        self.stream.write(HOME + "".join(f"{line}{CLEAR_LINE}\n" for line in lines[:-1]) + lines[-1])
        self.stream.write(CLEAR_LINE + CLEAR_BELOW)
        self.stream.flush()


def screen_lines(state: State, prompt: str, width: int, height: int) -> list[str]:
    """Title, table, problems, tests, rows, and what can be typed; no line is wider than the terminal."""
    rest = [*_problems(state), *_tests(state), *_rows(state)]
    room = max(height - OTHER_LINES - len(rest), 5)
    lines = [state.title or "medallion dev", "", *_table(state, room), *rest, "", _status(state), prompt or KEYS]
    return [_cut(line, width) for line in lines][-height:]


def _table(state: State, room: int) -> Iterator[str]:
    """The datasets in their order; where there is not enough room, those that ran or failed."""
    if not state.figures:
        return
    chosen = [each for each in state.figures.values() if _is_news(each, state)] or list(state.figures.values())
    shown = list(state.figures.values()) if len(state.figures) <= room else chosen[:room]
    wide = max(len(each.name) for each in shown)
    yield f"  {'dataset':<{wide}}  {'':<7} {'rows in':>11} {'written':>11} {'seconds':>8}"
    for each in shown:
        yield _row(each, each.name in state.fresh, wide)
    left = len(state.figures) - len(shown)
    if left:
        yield f"  … and {left} more"


def _is_news(each: Figures, state: State) -> bool:
    return each.name in state.fresh or each.name in state.failures


def _row(each: Figures, is_fresh: bool, wide: int) -> str:
    mark = "*" if is_fresh else " "
    color = COLORS.get(each.outcome, "") if is_fresh or each.outcome == "failed" else ""
    outcome = f"{color}{each.outcome:<7}{RESET if color else ''}"
    if each.rows_in is None or each.outcome in ("failed", "skipped"):
        return f"{mark} {each.name:<{wide}}  {outcome} {'':>32} {each.at}  {each.note}".rstrip()
    figures = f"{each.rows_in:>11,} {each.written:>11,} {each.seconds:>8.1f}"
    return f"{mark} {each.name:<{wide}}  {outcome} {figures}  {each.at}  {each.note}".rstrip()


def _problems(state: State) -> Iterator[str]:
    if state.problem:
        yield from ("", *state.problem.splitlines(), "the last good results stay")
    for name, text in state.failures.items():
        yield from ("", f"{name} failed", *text.splitlines())
    yield from state.gates


def _tests(state: State) -> Iterator[str]:
    if state.tests is None:
        return
    yield ""
    yield from state.tests.failures
    failed = f", {state.tests.failed} failed" if state.tests.failed else ""
    yield f"tests: {state.tests.passed} passed{failed}"


def _rows(state: State) -> Iterator[str]:
    if state.shown:
        yield from ("", *state.shown.splitlines())


def _status(state: State) -> str:
    if state.busy == "testing" and state.seconds is not None:
        return f"{state.seconds:.1f} s after {state.why}; testing …"
    if state.busy:
        return f"{state.busy} … ({state.why})"
    return f"{state.seconds:.1f} s after {state.why}; watching" if state.seconds is not None else "watching"


def _cut(line: str, width: int) -> str:
    """The line in `width` columns; colours take no room."""
    extra = len(line) - len(_plain(line))
    return line if len(line) - extra <= width else line[: width + extra - 1] + "…"


def _plain(line: str) -> str:
    for code in (*COLORS.values(), RESET):
        line = line.replace(code, "")
    return line


@dataclass
class LineScreen:
    """A line for everything that happens, for pipes and logs."""

    stream: TextIO

    def happened(self, event: Event) -> None:
        for line in event_lines(event):
            self.stream.write(line + "\n")
        self.stream.flush()

    def draw(self, state: State, prompt: str) -> None:
        """Lines are written as things happen."""


@dataclass
class JsonScreen:
    """An object a line for everything that happens, for programs."""

    stream: TextIO

    def happened(self, event: Event) -> None:
        self.stream.write(json.dumps({"event": type(event).__name__, **asdict(event)}) + "\n")
        self.stream.flush()

    def draw(self, state: State, prompt: str) -> None:
        """Lines are written as things happen."""


def event_lines(event: Event) -> Iterator[str]:
    """What a log says of an event."""
    match event:
        case Began():
            yield f"{event.what} ({event.why})"
        case Planned():
            yield event.title
        case Finished() if event.figures.outcome != "unchanged":
            yield _plain(_row(event.figures, False, 34))
            yield from event.problem.splitlines()
        case Judged() if not event.ok:
            yield event.line
        case Broken():
            yield from event.problem.splitlines()
        case CasesRun():
            yield from event.latest
        case Shown():
            yield from event.text.splitlines()
        case Ended():
            if event.seconds is not None:
                yield f"done in {event.seconds:.1f} s"
