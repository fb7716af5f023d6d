"""Values for `${name}`: put in as they are, as the workspace does, but never empty for an unknown name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from medallion_toolkit.errors import Place, SqlError, nearest
from medallion_toolkit.sql.tokens import comment_spans

_PARAMETER = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")


def substitute(text: str, configuration: Mapping[str, str], place: Place) -> str:
    """`text` with every `${name}` replaced by its value; `place` is where `text` begins in its file.

    An unknown name is an SqlError with the nearest known one (open-source Spark would make it empty); in a
    comment it stays.
    """
    if "${" not in text:
        return text
    comments = comment_spans(text) if "--" in text or "/*" in text else ()

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in configuration:
            return configuration[name]
        if any(start <= found.start() < end for start, end in comments):
            return found.group()
        raise _unknown(name, found.group(), configuration, _place_within(text, found, place))

    return _PARAMETER.sub(value, text)


def parameters_of(text: str) -> tuple[str, ...]:
    """The names that `${name}` asks for, each once, in the order of the text; comments do not count."""
    comments = comment_spans(text)
    found = (
        match.group(1)
        for match in _PARAMETER.finditer(text)
        if not any(start <= match.start() < end for start, end in comments)
    )
    return tuple(dict.fromkeys(found))


def _unknown(name: str, written: str, configuration: Mapping[str, str], place: Place) -> SqlError:
    close = nearest(name, configuration)
    return SqlError(
        "MED209",
        f"{written} is not in the pipeline's configuration",
        place=place,
        found=name,
        expected=", ".join(sorted(configuration)) or "a configuration",
        help=f"did you mean ${{{close}}}?" if close else "add it to `configuration` of the pipeline",
    )


def _place_within(text: str, found: re.Match[str], place: Place) -> Place:
    before = text[: found.start()]
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") if lines else place.column + len(before)
    return Place(place.path, place.line + lines, column, len(found.group()))
