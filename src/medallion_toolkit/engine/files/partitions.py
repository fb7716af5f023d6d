"""Columns that stand in the names of folders: `…/dt=2026-01-31/…`.

As there (read_files, "Partition schema inference"): folders that disagree about their names give no columns, and
later folders add none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import unquote

from medallion_toolkit.engine.files.globs import split_pattern
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.rescue import METADATA, literal

NULL_VALUE = "__HIVE_DEFAULT_PARTITION__"
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DOUBLE = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?")


def partition_types(source: FileSource, paths: Iterable[str]) -> dict[str, str]:
    """SQL types by column name, in the order of the folders; what `partitionColumns` names is always there."""
    found = _values(source, paths)
    if source.partitions is not None:
        found = {name: found.get(name, set()) for name in source.partitions}
    return {name: _type(values) if source.infer_types else "STRING" for name, values in found.items()}


def _values(source: FileSource, paths: Iterable[str]) -> dict[str, set[str]]:
    base = split_pattern(source.folder.as_posix())[0].rstrip("/") + "/"
    folders = {path.rpartition("/")[0] for path in paths}
    rows = [_pairs(folder.removeprefix(base)) for folder in folders if folder.startswith(base) or source.partitions]
    if source.partitions is None and (len({tuple(row) for row in rows}) > 1 or len(rows) < len(folders)):
        return {}
    names = {name: None for row in rows for name in row}
    return {name: {row[name] for row in rows if name in row} for name in names}


def _pairs(folder: str) -> dict[str, str]:
    parts = [part.partition("=") for part in folder.split("/") if "=" in part]
    return {name: unquote(value) for name, _, value in parts if name}


def _type(values: set[str]) -> str:
    known = {value for value in values if value != NULL_VALUE}
    if known and all(_INTEGER.fullmatch(value) for value in known):
        return "INT" if all(-(2**31) <= int(value) < 2**31 for value in known) else "BIGINT"
    if known and all(_DOUBLE.fullmatch(value) for value in known):
        return "DOUBLE"
    return "DATE" if known and all(map(_is_date, known)) else "STRING"


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def partition_sql(name: str, type_name: str) -> str:
    """SQL that takes the column from the path of the file."""
    uri = f"regexp_extract({METADATA}.file_path, {literal(f'/{re.escape(name)}=([^/]*)/')}, 1)"
    decoded = f"url_decode(replace({uri}, '+', '%2B'))"
    text = f"nullif(nullif(url_decode(replace({decoded}, '+', '%2B')), '{NULL_VALUE}'), '')"
    return text if type_name.upper() == "STRING" else f"try_cast({text} AS {type_name})"


def chosen(types: Mapping[str, str], stated: Mapping[str, str]) -> dict[str, str]:
    """Partition columns of a source whose schema is stated: only those it names, with its types."""
    return {name: stated[name.lower()] for name in types if name.lower() in stated}
