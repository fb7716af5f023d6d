"""What the loop knows and shows: the last result of each dataset, problems, tests; changed by events only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Figures:
    """The last result of a dataset; `at` is the local time of day, `note` what went along with it."""

    name: str
    outcome: str
    seconds: float = 0.0
    rows_in: int | None = None
    written: int | None = None
    note: str = ""
    at: str = ""


@dataclass(frozen=True)
class Began:
    """Work started: `what` is being done, `why` names the changed files or the key."""

    what: str
    why: str


@dataclass(frozen=True)
class Planned:
    """The project was read: its title, its datasets in order, and results of earlier runs by name."""

    title: str
    earlier: tuple[Figures, ...]


@dataclass(frozen=True)
class Finished:
    """A dataset ended; `problem` is its error as text."""

    figures: Figures
    problem: str = ""


@dataclass(frozen=True)
class Judged:
    """A gate was judged."""

    line: str
    ok: bool


@dataclass(frozen=True)
class Broken:
    """The project cannot be read, or a run could not start."""

    problem: str


@dataclass(frozen=True)
class CasesRun:
    """A test ended: lines of the failed ones so far, of this one, and the sums."""

    failures: tuple[str, ...]
    latest: tuple[str, ...]
    passed: int
    failed: int


@dataclass(frozen=True)
class Shown:
    """Text that was asked for."""

    text: str


@dataclass(frozen=True)
class Ended:
    """The work is done; tests that follow a run leave its `seconds` as they are."""

    seconds: float | None = None


Event = Began | Planned | Finished | Judged | Broken | CasesRun | Shown | Ended


@dataclass(frozen=True)
class State:
    """All that a screen shows. `fresh` are the datasets that ran in the latest round."""

    title: str = ""
    busy: str = ""
    why: str = ""
    figures: Mapping[str, Figures] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    problem: str = ""
    failures: Mapping[str, str] = field(default_factory=dict)
    gates: tuple[str, ...] = ()
    tests: CasesRun | None = None
    shown: str = ""
    seconds: float | None = None

    def after(self, event: Event) -> State:
        """The state once `event` has happened."""
        match event:
            case Began():
                return self._begun(event)
            case Planned():
                return self._planned(event)
            case Finished():
                return self._finished(event)
            case Judged():
                return self if event.ok else replace(self, gates=(*self.gates, event.line))
            case Broken():
                return replace(self, problem=event.problem)
            case CasesRun():
                return replace(self, tests=event)
            case Shown():
                return replace(self, shown=event.text)
            case Ended():
                return replace(self, busy="", seconds=self.seconds if event.seconds is None else event.seconds)

    def _begun(self, event: Began) -> State:
        """A round starts with a clean slate; tests and rows are shown beside the last results."""
        begun = replace(self, busy=event.what, why=event.why, seconds=self.seconds if event.why == self.why else None)
        if event.what == "running":
            return replace(begun, fresh=frozenset(), problem="", gates=(), tests=None, shown="")
        return replace(begun, problem="", tests=None) if event.what == "testing" else begun

    def _planned(self, event: Planned) -> State:
        names = [each.name for each in event.earlier]
        figures = {each.name: self.figures.get(each.name, each) for each in event.earlier}
        failures = {name: text for name, text in self.failures.items() if name in names}
        return replace(self, title=event.title, figures=figures, failures=failures)

    def _finished(self, event: Finished) -> State:
        name = event.figures.name
        failures = {other: text for other, text in self.failures.items() if other != name}
        if event.figures.outcome == "unchanged":
            return replace(self, failures=failures)
        if event.problem:
            failures[name] = event.problem
        figures = {**self.figures, name: event.figures}
        return replace(self, figures=figures, fresh=self.fresh | {name}, failures=failures)
