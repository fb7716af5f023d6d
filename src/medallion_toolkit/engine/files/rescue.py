"""The rescued data column: everything a row carried that its schema has no place for, as JSON text.

Spark ignores `rescuedDataColumn` silently, so the text is built here; keys are column names,
`_corrupt_record` holds a line that could not be read, `_file_path` says where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

METADATA = "__file_metadata"
CORRUPT = "_corrupt_record"


def rescued(corrupt: str, raw: str, unknown: str | None, mismatched: Sequence[tuple[str, str]]) -> str:
    """SQL text of the column.

    `corrupt` is a condition, `raw` the unread line, `unknown` a map<string,string> of fields without a
    column, `mismatched` are (name, text that did not fit the column's type, else NULL).
    """
    maps = [unknown] if unknown else []
    maps += [map_of(mismatched)] if mismatched else []
    file_path = f"map('_file_path', {METADATA}.file_path)"
    broken = f"WHEN {corrupt} THEN to_json(map_concat(map('{CORRUPT}', {raw}), {file_path}))"
    if not maps:
        return f"CASE {broken} END"
    found = f"map_concat({', '.join(maps)})" if len(maps) > 1 else maps[0]
    return f"CASE {broken} WHEN size({found}) > 0 THEN to_json(map_concat({found}, {file_path})) END"


def map_of(entries: Sequence[tuple[str, str]]) -> str:
    """SQL of a map<string,string> from names and SQL texts, without those that are NULL."""
    structs = ", ".join(f"struct({literal(name)} AS key, {text} AS value)" for name, text in entries)
    return f"map_from_entries(filter(array({structs}), e -> e.value IS NOT NULL))"


def without_names(fields: str, names: Sequence[str]) -> str:
    """SQL of the entries of a map<string,string> that no column in `names` takes, NULL values left out."""
    known = ", ".join(literal(name) for name in names)
    return f"map_filter({fields}, (k, v) -> NOT array_contains(array({known}), k) AND v IS NOT NULL)"


def options_map(options: Mapping[str, str]) -> str:
    """Options of a parsing function as its last argument, with the comma; empty without options."""
    pairs = ", ".join(f"{literal(name)}, {literal(value)}" for name, value in options.items())
    return f", map({pairs})" if pairs else ""


def literal(text: str) -> str:
    """`text` as a SQL string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted(name: str) -> str:
    """`name` as a quoted identifier."""
    return "`" + name.replace("`", "``") + "`"
