"""What `medallion clean` says before it removes anything."""

from __future__ import annotations

from medallion_toolkit.engine.cleaning import Cleaning
from medallion_toolkit.report.sizes import size_text


def cleaning_as_text(found: Cleaning) -> str:
    """A line for each part with its size, what its loss means below, the sum at the end."""
    width = max((len(part.name) for part in found.parts), default=0)
    lines = []
    for part in found.parts:
        files = f"{part.files:,} file{'' if part.files == 1 else 's'}"
        lines.append(f"  {part.name:<{width}}  {size_text(part.size):>9}  {files}".rstrip())
        lines += [f"      {line}" for line in part.meaning]
    if found.kept:
        lines.append(
            f"kept, because they do not allow a full refresh (name them to remove them): {', '.join(found.kept)}"
        )
    return "\n".join([*lines, f"{size_text(found.size)} in {found.root}"])


def cleaning_as_json(found: Cleaning, removed: bool) -> dict[str, object]:
    """The same for `--json`; `removed` says whether it has happened."""
    parts = [
        {"name": part.name, "bytes": part.size, "files": part.files, "meaning": list(part.meaning)}
        for part in found.parts
    ]
    return {"removed": removed, "bytes": found.size, "parts": parts, "kept": list(found.kept)}
