"""The format of files by their names, for sources that do not say it."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

from medallion_toolkit.engine.files.globs import split_pattern

SUFFIXES = {
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".csv": "csv",
    ".xml": "xml",
    ".parquet": "parquet",
    ".avro": "avro",
    ".orc": "orc",
    ".txt": "text",
}
PACKED = (".gz", ".bz2", ".zst", ".lz4", ".snappy", ".deflate")


def detected_format(folder: Path) -> str | None:
    """The one format that the names in a folder, a pattern or a file speak of; None for none or several."""
    base = folder if folder.exists() else Path(split_pattern(folder.as_posix())[0])
    if base.is_file():
        return _format(base.name)
    found = set()
    for _, folders, names in os.walk(base):
        folders[:] = [name for name in folders if name[0] != "." and (name[0] != "_" or "=" in name)]
        found |= {_format(name) for name in names if name[0] not in "._"}
    return found.pop() if len(found) == 1 else None


def _format(name: str) -> str | None:
    path = PurePath(name)
    return SUFFIXES.get((PurePath(path.stem) if path.suffix in PACKED else path).suffix)
