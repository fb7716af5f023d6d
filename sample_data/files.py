"""Rows to files, byte for byte the same each time: JSON lines, CSV with a header, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

Row = Mapping[str, object]


def json_lines(rows: Sequence[Row | str]) -> bytes:
    """One JSON object a line; a text row goes in as it is, which is how a broken line gets in."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def csv_file(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A header and a line for each row; an absent value is an empty field."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write(folder: Path, name: str, content: bytes) -> None:
    """Put a file into a folder that may not be there yet."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
