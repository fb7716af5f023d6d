"""Every error a user can meet: a code, one sentence, a place, what to do next.

`MedallionError` is the one base; its leaves say whose fault it is and fix the exit code
(1 findings, 2 usage, 3 environment). Build them with keyword arguments; `render_error` prints the
form shown in docs/errors.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A spot in a user's file. `line` and `column` count from 1; 0 means the whole file."""

    path: str
    line: int = 0
    column: int = 0
    length: int = 1

    def __str__(self) -> str:
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


class MedallionError(Exception):
    """Base of all errors: `code` is stable and listed in docs/errors.md.

    `source` is the text that `place` points into where that is no file: SQL typed on the command line.
    """

    exit_code = 1

    def __init__(
        self,
        code: str,
        message: str,
        *,
        place: Place | None = None,
        found: str | None = None,
        expected: str | None = None,
        help: str | None = None,
        next: str | None = None,
        notes: tuple[Place, ...] = (),
    ) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.place = place
        self.found = found
        self.expected = expected
        self.help = help
        self.next = next
        self.notes = notes
        self.source: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The same error for `--json`: no key is missing, absent parts are null."""
        place = self.place
        return {
            "code": self.code,
            "message": self.message,
            "path": place.path if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "found": self.found,
            "expected": self.expected,
            "help": self.help,
            "next": self.next,
        }


class ConfigError(MedallionError):
    """The bundle, pyproject or a command's combination of options is wrong."""


class UsageError(MedallionError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class ContractError(MedallionError):
    """A contract file is wrong."""


class SqlError(MedallionError):
    """A pipeline SQL file cannot be read or run."""


class PipelineError(MedallionError):
    """The datasets do not fit together, or a Python pipeline file fails."""


class UnsupportedError(MedallionError):
    """Valid in the workspace, refused by the local engine rather than done differently."""


class RunError(MedallionError):
    """A dataset failed while it ran."""


class EnvironmentProblem(MedallionError):
    """Java, Spark, the CLI or the disk is not as it has to be."""

    exit_code = 3


class WorkspaceError(MedallionError):
    """The workspace refused a request or could not be reached."""

    exit_code = 3


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when nothing is close."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Help that names the known name most like `name`; None when nothing is close."""
    close = nearest(name, known)
    return f"did you mean {close}?" if close else None


def render_error(error: MedallionError, root: Path | None = None) -> str:
    """Text for the terminal: headline with place, source line with caret, help and next command."""
    if isinstance(error, Problems):
        return "\n\n".join(render_error(each, root) for each in error.errors)
    head = f"{error.code} {error.message}"
    lines = [f"{head}   {error.place}" if error.place else head]
    lines += _source_lines(error, root) or _facts(error)
    advice = [f"help: {error.help}" if error.help else "", f"next: {error.next}" if error.next else ""]
    if any(advice):
        lines.append("   ".join(part for part in advice if part))
    lines += [f"also: {note}" for note in error.notes]
    return "\n".join(lines)


def _facts(error: MedallionError) -> list[str]:
    facts = (f"found: {error.found}" if error.found else "", f"expected: {error.expected}" if error.expected else "")
    return ["   ".join(fact for fact in facts if fact)] if any(facts) else []


def _source_lines(error: MedallionError, root: Path | None) -> list[str]:
    place = error.place
    if place is None or not place.line:
        return []
    source = _line(error.source, place) if error.source is not None else _read_line(place, root)
    if source is None:
        return []
    margin = f"{place.line:>6} | "
    blank = " " * (len(margin) - 2) + "| "
    caret = " " * max(place.column - 1, 0) + "^" * max(place.length, 1)
    note = " ".join(
        part
        for part in (
            f"found {error.found}" if error.found else "",
            f"expected {error.expected}" if error.expected else "",
        )
        if part
    )
    return [margin + source, f"{blank}{caret} {note}".rstrip()]


def _read_line(place: Place, root: Path | None) -> str | None:
    path = Path(place.path)
    if root is not None and not path.is_absolute():
        path = root / path
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return _line(text, place)


def _line(text: str, place: Place) -> str | None:
    lines = text.splitlines()
    return lines[place.line - 1] if 0 < place.line <= len(lines) else None


class Problems(MedallionError):
    """Several errors found together; each keeps its own code and place."""

    def __init__(self, errors: Iterable[MedallionError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__(first.code, first.message, place=first.place, help=first.help, next=first.next)
        self.exit_code = max(error.exit_code for error in self.errors)


def raise_all(errors: Iterable[MedallionError]) -> None:
    """Raise what was found: nothing, the one error, or all of them together, each said once."""
    found = tuple({(error.code, str(error.place), error.message): error for error in errors}.values())
    if len(found) == 1:
        raise found[0]
    if found:
        raise Problems(found)
