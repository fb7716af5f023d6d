"""What is measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def run_child(script: str, *arguments: str) -> dict[str, object]:
    """Run a script of this folder; the JSON on its last line, nothing where it prints none."""
    command = [sys.executable, str(Path(__file__).with_name(f"{script}.py")), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines()
    found: dict[str, object] = json.loads(lines[-1]) if lines else {}
    return found
