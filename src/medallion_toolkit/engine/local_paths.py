"""Local folders behind the paths that pipeline code names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medallion_toolkit.errors import Place, UnsupportedError


def mapped_folder(path: str, place: Place, volumes: Mapping[str, Path], own_files: Mapping[str, Path]) -> Path:
    """The local folder or file of a path; UnsupportedError MED406 when nothing is mapped to it.

    `volumes` are volumes and paths of the settings, `own_files` where the project is deployed and where it is;
    of several that fit, the longest counts. `dbfs:/x` and `/x` are one path.
    """
    wanted = path.removeprefix("dbfs:")
    known = {name.removeprefix("dbfs:"): local for name, local in {**own_files, **volumes}.items()}
    for mapped in sorted(known, key=len, reverse=True):
        if wanted == mapped or wanted.startswith(mapped + "/"):
            return known[mapped] / wanted[len(mapped) :].lstrip("/")
    raise UnsupportedError(
        "MED406",
        f"the path {wanted} is not mapped to a local folder",
        place=place,
        expected=f"a path under {', '.join(volumes) or 'a mapped volume'}",
        help='map it in pyproject.toml: [tool.medallion.local] volumes.KEY = "folder", or paths."/path" = "folder"',
    )
