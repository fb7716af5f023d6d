"""A project folder with the helper package and whatever contracts a test writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]

BUNDLE = "bundle: {name: shop}\ntargets:\n  dev: {default: true}\n  prod: {mode: production}\n"


@pytest.fixture(scope="session")
def project_folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """One folder for all tests: its helper package is loaded once."""
    root = tmp_path_factory.mktemp("contracts") / "shop"
    root.mkdir()
    (root / "medallion").symlink_to(repository / "template" / "{{.project_name}}" / "medallion")
    (root / "databricks.yml").write_text(BUNDLE, encoding="utf-8")
    return root


@pytest.fixture
def write(project_folder: Path) -> Write:
    """Writes the contracts of a test, path below contracts/ to text, and gives the project's folder."""

    def files(**texts: str) -> Path:
        shutil.rmtree(project_folder / "contracts", ignore_errors=True)
        for name, text in texts.items():
            layer, _, file = name.rpartition("__")
            path = (
                project_folder
                / "contracts"
                / layer
                / f"{file.removesuffix('_json')}{'.json' if '_json' in file else '.yml'}"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return project_folder

    return files
