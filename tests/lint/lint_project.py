"""A small project that lint judges; the files a test does not give are those of one clean bronze table."""

from __future__ import annotations

import compileall
import shutil
from collections.abc import Mapping
from pathlib import Path

from small_project import make_project, write_files

from medallion_toolkit.lint.findings import LintResult
from medallion_toolkit.lint.running import lint
from medallion_toolkit.lint.samples import SHARED

HELPERS = Path(__file__).parents[2] / "template" / "{{.project_name}}" / "medallion"
FOLDERS = ("sql", "contracts", "python")
DECLARED = {"python/contracts.py": 'from medallion import declare_tables\n\ndeclare_tables("silver")\n'}


class JudgedProject:
    """One folder, so that its helper package is loaded once; every test writes its own files into it."""

    def __init__(self, root: Path) -> None:
        self.root = make_project(root, {})
        shutil.copytree(HELPERS, root / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(root / "medallion", quiet=1)  # read by every lint, compiled once

    def write(self, files: Mapping[str, str]) -> None:
        for folder in FOLDERS:
            shutil.rmtree(self.root / folder, ignore_errors=True)
        write_files(self.root, {**SHARED, **DECLARED, **files})

    def lint(self, files: Mapping[str, str] | None = None, **options: object) -> LintResult:
        if files is not None:
            self.write(files)
        return lint(self.root, **options)

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


def codes(result: LintResult) -> list[str]:
    return [finding.code for finding in result.findings]
