"""What a run has to tell beside its numbers: where the workspace would have gone another way to the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_notes: ContextVar[list[str] | None] = ContextVar("notes", default=None)


@contextmanager
def collecting() -> Iterator[list[str]]:
    """The notes made by this thread until the block ends, each once and in order."""
    found: list[str] = []
    token = _notes.set(found)
    try:
        yield found
    finally:
        _notes.reset(token)


def note(text: str) -> None:
    """Add a note to the flow that is running; without one nobody hears it."""
    found = _notes.get()
    if found is not None and text not in found:
        found.append(text)
