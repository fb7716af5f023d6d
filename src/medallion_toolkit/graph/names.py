"""Names of tables: split as SQL does, completed from the pipeline's defaults, compared in lower case."""

from __future__ import annotations

import re

_PART = re.compile(r"`((?:[^`]|``)*)`|([^.`]+)")


def split_name(text: str) -> tuple[str, ...]:
    """Parts of a possibly back-quoted name, in lower case."""
    parts = []
    for match in _PART.finditer(text):
        quoted, bare = match.groups()
        parts.append((quoted.replace("``", "`") if quoted is not None else bare.strip()).lower())
    return tuple(parts)


def full_name(text: str, catalog: str, schema: str) -> str:
    """`text` with catalog and schema filled in: always three parts."""
    parts = split_name(text)
    if parts and parts[0] == "live" and len(parts) == 2:
        parts = parts[1:]
    defaults = (catalog.lower(), schema.lower())
    return ".".join((*defaults[: max(0, 3 - len(parts))], *parts))
