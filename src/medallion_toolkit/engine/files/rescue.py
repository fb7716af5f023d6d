"""The rescued data column: everything a row carried that its schema has no place for, as JSON text.

Spark ignores `rescuedDataColumn` silently, so the text is built here; keys are column names,
`_corrupt_record` holds a line that could not be read, `_file_path` says where it stood.
"""

from __future__ import annotations

from collections.abc import Sequence

METADATA = "__file_metadata"
CORRUPT = "_corrupt_record"


def rescued(corrupt: str, raw: str, unknown: str | None, mismatched: Sequence[tuple[str, str, str]]) -> str:
    """SQL text of the column.

    `corrupt` is a condition, `raw` the unread line, `unknown` a map<string,string> of fields without a
    column, `mismatched` are (name, typed value, text value) of columns whose text may not have cast.
    """
    entries = [
        f"CASE WHEN {typed} IS NULL AND {text} IS NOT NULL THEN struct({literal(name)} AS key, {text} AS value) END"
        for name, typed, text in mismatched
    ]
    maps = [unknown] if unknown else []
    if entries:
        maps.append(f"map_from_entries(filter(array({', '.join(entries)}), e -> e IS NOT NULL))")
    file_path = f"map('_file_path', {METADATA}.file_path)"
    broken = f"WHEN {corrupt} THEN to_json(map_concat(map('{CORRUPT}', {raw}), {file_path}))"
    if not maps:
        return f"CASE {broken} END"
    found = f"map_concat({', '.join(maps)})" if len(maps) > 1 else maps[0]
    return f"CASE {broken} WHEN size({found}) > 0 THEN to_json(map_concat({found}, {file_path})) END"


def literal(text: str) -> str:
    """`text` as a SQL string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted(name: str) -> str:
    """`name` as a quoted identifier."""
    return "`" + name.replace("`", "``") + "`"
