"""JSON read for its places: checked as JSON, then read as the YAML it is."""

from __future__ import annotations

import json
import re

from ..errors import MedallionContractError, Position

_TAB = str.maketrans("\t", " ")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def as_yaml(text: str, path: str) -> str:
    """The JSON `text` as YAML; raises MED301 where it is no JSON.

    A tab stands only between the words of JSON, where YAML wants blanks. A pair of escapes for one character
    (emoji) is written as YAML writes it, two signs shorter; everything else keeps its place.
    """
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise MedallionContractError(
            "MED301", "not readable as JSON", Position(path, error.lineno, error.colno), found=error.msg
        ) from None
    except RecursionError:
        raise MedallionContractError("MED301", "nested too deeply", Position(path)) from None
    return _PAIR.sub(_one_escape, text.translate(_TAB))


def _one_escape(found: re.Match[str]) -> str:
    high, low = int(found[2], 16), int(found[3], 16)
    return f"{found[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
