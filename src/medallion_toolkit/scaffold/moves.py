"""Where a new template keeps what an older one kept elsewhere, so that a change in the project can follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from pathlib import PurePosixPath

# As much of a text has to be found again; git calls a file renamed from the same half on. A name is a witness too.
LEAST_LIKENESS = 0.5
LEAST_LIKENESS_OF_NAMESAKES = 0.2


def find_moves(changed: Collection[str], before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, str]:
    """For each of these paths that `after` has no more the path that holds its text now; left out without one.

    >>> find_moves(["a/x.py"], {"a/x.py": b"1\\n2\\n3\\n"}, {"a/b/x.py": b"1\\n2\\n4\\n", "a/y.py": b"5\\n"})
    {'a/x.py': 'a/b/x.py'}
    """
    new = {path: text for path, text in after.items() if path not in before}
    found: dict[str, str] = {}
    for path in sorted(changed):
        likeness = {other: _likeness(path, before[path], other, text) for other, text in new.items()}
        best = max(likeness, key=lambda other: likeness[other], default=None)
        if best is not None and likeness[best] > (0.0, False):
            found[path] = best
            del new[best]
    return found


def _likeness(path: str, text: bytes, other: str, other_text: bytes) -> tuple[float, bool]:
    """How much of the text is found again, 0 where it is too little; then whether the file kept its name."""
    one, two = PurePosixPath(path), PurePosixPath(other)
    if one.suffix != two.suffix:
        return 0.0, False
    least = LEAST_LIKENESS_OF_NAMESAKES if one.name == two.name else LEAST_LIKENESS
    matcher = SequenceMatcher(None, _lines(text), _lines(other_text), autojunk=False)
    likeness = matcher.ratio() if matcher.quick_ratio() >= least else 0.0
    return (likeness, one.name == two.name) if likeness >= least else (0.0, False)


def _lines(text: bytes) -> list[bytes]:
    """The lines that say something."""
    return [line for line in text.splitlines() if line.strip()]
