"""How a run grows: with datasets, with landing files, with batches of the past. One process a measure.

Cold runs start from nothing. `unchanged` is the whole process of a second run that finds nothing new.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("medallion"))
DATASETS = (10, 50, 200)
LANDING_FILES = (10, 1_000, 10_000)
PAST_BATCHES = 1_000
BRONZE = """CREATE OR REFRESH STREAMING TABLE ${{bronze}}.rows
AS SELECT * FROM STREAM read_files('${{landing}}/rows', format => 'json', schema => 'id STRING, amount INT'{more});
"""
BUNDLE = """
bundle: {name: growing}
targets: {dev: {default: true}}
resources:
  schemas:
    bronze: {catalog_name: local, name: bronze}
    silver: {catalog_name: local, name: silver}
  volumes:
    landing: {catalog_name: local, schema_name: bronze, name: landing}
  pipelines:
    all:
      name: all
      catalog: local
      schema: silver
      serverless: true
      root_path: .
      libraries: [{glob: {include: sql/**}}]
      configuration: {bronze: bronze, silver: silver, landing: /Volumes/local/bronze/landing}
"""
PYPROJECT = '[tool.medallion.local]\nvolumes.landing = "landing"\n'


def main() -> int:
    small = os.environ.get("SMALL") == "1"
    for count in DATASETS[:1] if small else DATASETS:
        with tempfile.TemporaryDirectory() as folder:
            _project(Path(folder), count, 1)
            _tell(f"cold_run_{count}_datasets", _run(folder))
            _tell(f"unchanged_run_{count}_datasets", _run(folder))
    for count in LANDING_FILES[:1] if small else LANDING_FILES:
        with tempfile.TemporaryDirectory() as folder:
            _project(Path(folder), 2, count)
            _tell(f"cold_run_{count}_files", _run(folder))
            _write_rows(Path(folder), count, count + 1)
            _tell(f"one_more_after_{count}_files", _run(folder))
    batches = 20 if small else PAST_BATCHES
    with tempfile.TemporaryDirectory() as folder:
        _project(Path(folder), 2, batches, ", maxFilesPerTrigger => 1")
        _tell(f"cold_run_{batches}_batches", _run(folder))
        _write_rows(Path(folder), batches, batches + 1)
        _tell(f"one_more_after_{batches}_batches", _run(folder))
    return 0


def _project(folder: Path, datasets: int, files: int, more: str = "") -> None:
    texts = {"databricks.yml": BUNDLE, "pyproject.toml": PYPROJECT, "sql/rows.sql": BRONZE.format(more=more)}
    for number in range(datasets - 1):
        texts[f"sql/t{number}.sql"] = (
            f"CREATE OR REFRESH STREAMING TABLE ${{silver}}.t{number} AS SELECT * FROM STREAM(${{bronze}}.rows);\n"
            if number % 2
            else f"CREATE OR REFRESH MATERIALIZED VIEW ${{silver}}.t{number}\n"
            "AS SELECT id, sum(amount) AS amount FROM ${bronze}.rows GROUP BY id;\n"
        )
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _write_rows(folder, 0, files)


def _write_rows(folder: Path, first: int, end: int) -> None:
    landing = folder / "landing/rows"
    landing.mkdir(parents=True, exist_ok=True)
    for number in range(first, end):
        lines = "".join(f'{{"id": "K{row % 7}", "amount": {row}}}\n' for row in range(10))
        (landing / f"{number:06}.json").write_text(lines, encoding="utf-8")


def _run(folder: str) -> float:
    started = time.perf_counter()
    subprocess.run([COMMAND, "run"], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - started


def _tell(name: str, value: float) -> None:
    print(json.dumps({"name": name, "value": round(value, 1), "unit": "s", "aim": "", "ok": True}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
