"""The command starts quickly and loads nothing heavy before it has to."""

from __future__ import annotations

import json
import subprocess
import sys
import time

HEAVY = ("pyspark", "delta", "sqlglot", "databricks", "jinja2", "jsonschema", "yaml", "ruamel", "rich", "pydantic")
AIM_SECONDS = 0.3


def seconds_of_help() -> float:
    started = time.perf_counter()
    command = [sys.executable, "-c", "from medallion_toolkit.cli.main import main; main()", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Run, test, check and deploy" in shown.stdout
    return time.perf_counter() - started


def test_help_is_there_at_once() -> None:
    assert min(seconds_of_help() for _ in range(5)) <= AIM_SECONDS


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import json, sys, medallion_toolkit.cli.main as cli\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
