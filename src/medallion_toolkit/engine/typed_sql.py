"""SQL typed on the command line: errors point into it as they point into a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.errors import MedallionError, Place, nearest

_UNKNOWN_COLUMN = re.compile(r"`([^`]+)` cannot be resolved")
_WORD = re.compile(r"[\w.`]+")


@contextmanager
def typed(text: str, where: str, columns: Sequence[str] = ()) -> Iterator[None]:
    """Let errors raised inside show the typed line with a caret.

    `where` names the text in messages (`--where`); of `columns` the nearest to an unknown one is offered.
    """
    try:
        with translated(Place(where, 1, 1)):
            yield
    except MedallionError as error:
        if error.place is not None and error.place.path == where:
            error.source = text
            error.place = _whole_word(error.place, text)
        unknown = _UNKNOWN_COLUMN.search(error.message)
        close = nearest(unknown.group(1), columns) if unknown and error.help is None else None
        error.help = error.help or (f"did you mean {close}?" if close else None)
        raise


def _whole_word(place: Place, text: str) -> Place:
    lines = text.splitlines()
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    word = _WORD.match(line, max(place.column - 1, 0))
    return replace(place, length=len(word.group())) if word and place.length == 1 else place
