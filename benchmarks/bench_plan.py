"""`medallion plan` on a project of a thousand datasets, one in ten of them changed: the whole process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_growth import BUNDLE, COMMAND, PYPROJECT

DATASETS, AIM = 1_000, 10.0
BRONZE = """CREATE OR REFRESH STREAMING TABLE ${bronze}.rows
AS SELECT * FROM STREAM read_files('${landing}/rows', format => 'json', schema => 'id STRING, amount INT');
"""
QUERY = """CREATE OR REFRESH MATERIALIZED VIEW ${{silver}}.t{number}
AS SELECT id, amount + {constant} AS amount FROM {source} WHERE amount > {number};
"""


def main() -> int:
    count = int(os.environ.get("DATASETS", str(DATASETS)))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write(root, constant=1, changed=range(count))
        _git(root, "init", "-q")
        _git(root, "add", "-A")
        _git(root, "-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-qm", "base")
        _write(root, constant=2, changed=range(0, count, 10))
        started = time.perf_counter()
        done = subprocess.run([COMMAND, "plan", "--base", "HEAD", "--json"], cwd=root, capture_output=True, check=True)
        seconds = time.perf_counter() - started
    told = len(json.loads(done.stdout)["datasets"])
    if told < count // 10:
        raise SystemExit(f"{told} datasets told")
    ok = seconds <= AIM
    name = f"plan_{count}_datasets"
    print(json.dumps({"name": name, "value": round(seconds, 2), "unit": "s", "aim": f"<= {AIM}", "ok": ok}))
    return 0 if ok else 1


def _write(root: Path, constant: int, changed: range) -> None:
    files = {"databricks.yml": BUNDLE, "pyproject.toml": PYPROJECT, "sql/rows.sql": BRONZE}
    for number in changed:
        source = "${bronze}.rows" if number % 20 == 0 else f"${{silver}}.t{number - 1}"
        files[f"sql/t{number}.sql"] = QUERY.format(number=number, constant=constant, source=source)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
