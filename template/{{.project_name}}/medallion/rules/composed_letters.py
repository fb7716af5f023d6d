"""Letters that Unicode writes in two ways: as one sign, or as a letter and a mark that follows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from .words import escaped

# Latin, Greek and Cyrillic with their extensions; other scripts are left as they are.
_BLOCKS = (range(0x00C0, 0x0530), range(0x1E00, 0x2000))


@cache
def composed_pairs() -> Mapping[str, str]:
    """Letter and mark to the one sign that form NFC of Unicode Standard Annex 15 has for them."""
    pairs: dict[str, str] = {}
    for code in (code for block in _BLOCKS for code in block):
        sign = chr(code)
        parts = unicodedata.decomposition(sign).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in parts)
            if unicodedata.normalize("NFC", pair) == sign:
                pairs[pair] = sign
    return pairs


@cache
def marks() -> str:
    """The marks of the pairs, one after the other."""
    return "".join(sorted({pair[1] for pair in composed_pairs()}))


@cache
def decomposed_pattern() -> str:
    """A Java pattern that is found where a letter is followed by a mark although one sign for both exists."""
    letters: dict[str, list[str]] = {}
    for pair in composed_pairs():
        letters.setdefault(pair[1], []).append(pair[0])
    return "|".join(f"[{escaped(''.join(sorted(bases)))}]{mark}" for mark, bases in sorted(letters.items()))
