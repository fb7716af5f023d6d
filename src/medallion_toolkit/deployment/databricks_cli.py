"""The Databricks CLI: bundles are validated, planned and deployed by it and by nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medallion_toolkit.errors import EnvironmentProblem, WorkspaceError

TIMEOUT_SECONDS = 1800
Json = Any


@dataclass(frozen=True)
class Cli:
    """The CLI for one target of one project; it asks nothing. Only `deployment bind`, which changes no resource, is
    given --auto-approve.
    """

    root: Path
    target: str

    def run(self, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
        """Its standard output; WorkspaceError with its last words when it fails."""
        given = [part for name, value in (variables or {}).items() for part in ("--var", f"{name}={value}")]
        command = [_program(), *arguments, "-t", self.target, *given]
        try:
            done = subprocess.run(
                command,
                cwd=self.root,
                env={**os.environ, "DATABRICKS_BUNDLE_ENGINE": os.environ.get("DATABRICKS_BUNDLE_ENGINE", "direct")},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise WorkspaceError(
                "MED715", f"databricks {' '.join(arguments)} did not end within {TIMEOUT_SECONDS // 60} minutes"
            ) from None
        if done.returncode:
            raise WorkspaceError(
                "MED716",
                f"databricks {' '.join(arguments)} -t {self.target} failed",
                found=_last_words(done.stderr or done.stdout),
                expected="an end without errors, under --strict without warnings",
            )
        return done.stdout

    def asked(self, *arguments: str) -> Json:
        """Its answer as JSON."""
        return json.loads(self.run(*arguments, "-o", "json"))


def _program() -> str:
    found = shutil.which("databricks")
    if found is None:
        raise EnvironmentProblem(
            "MED717",
            "the Databricks CLI is not installed",
            expected="databricks 1.12 or newer on PATH",
            next="https://docs.databricks.com/dev-tools/cli/install",
        )
    return found


def _last_words(text: str) -> str:
    """Its errors; where warnings count as errors, those too with their places."""
    telling = ("Error", "Warning", "in ") if "in strict mode" in text else ("Error",)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(telling)]
    return " · ".join(dict.fromkeys((said or lines)[-6:])) or "it said nothing"
