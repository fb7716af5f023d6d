"""Small bundles for tests of the bundle reader."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.project.bundle import Bundle, load_bundle
from medallion_toolkit.project.pipelines import Pipeline


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Put the files below a folder; give the folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return root


def load(root: Path, text: str, target: str | None = None, **variables: str) -> Bundle:
    """The bundle whose databricks.yml has this text."""
    return load_bundle(write(root, {"databricks.yml": text}), target, variables)


def refusal(root: Path, text: str, target: str | None = None, **variables: str) -> MedallionError:
    """The error that loading such a bundle ends with."""
    with pytest.raises(MedallionError) as caught:
        load(root, text, target, **variables)
    return caught.value


def pipeline(bundle: Bundle, key: str) -> Pipeline:
    """The one pipeline of that key."""
    [found] = [item for item in bundle.pipelines if item.key == key]
    return found


def names(bundle: Bundle, paths: tuple[Path, ...]) -> list[str]:
    """Paths as they are seen from the bundle's folder."""
    return [path.relative_to(bundle.root).as_posix() for path in paths]
