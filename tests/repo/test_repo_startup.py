"""The command starts quickly and loads nothing heavy before it has to."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

HEAVY = ("pyspark", "delta", "sqlglot", "databricks", "jinja2", "jsonschema", "yaml", "ruamel", "rich", "pydantic")
AIM_SECONDS = 0.3


def processor_seconds_of_help() -> float:
    """Processor time, not the clock: other tests may keep the machine busy."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", "from medallion_toolkit.cli.main import main; main()", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "Run, test, check and deploy" in shown.stdout
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_is_there_at_once() -> None:
    assert min(processor_seconds_of_help() for _ in range(3)) <= AIM_SECONDS


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import json, sys, medallion_toolkit.cli.main as cli\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
