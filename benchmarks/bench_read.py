"""How long it takes to read 1,000 pipeline SQL files, and whether twice the files take twice the time.

The first is wall time with imports; the second compares processor time, which other processes do not change.

Run: .venv/bin/python benchmarks/bench_read.py
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline_sql_corpus import write_corpus

KINDS = {
    "streaming_table", "materialized_view", "view", "temporary_view", "flow_insert", "flow_auto_cdc", "use", "set",
}  # fmt: skip
READ = """
import json, sys, time
from pathlib import Path
started, used = time.perf_counter(), time.process_time()
from medallion_toolkit.sql.survey import survey
from medallion_toolkit.sql.survey_output import survey_as_dict
read = survey([Path(sys.argv[1])])
document = json.dumps(survey_as_dict(read))
print(time.perf_counter() - started, time.process_time() - used)
print(len(read.errors))
print(" ".join(sorted({statement.kind for file in read.files for statement in file.statements})))
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        paths = write_corpus(Path(folder) / "thousand", 1000)
        write_corpus(Path(folder) / "two_thousand", 2000)
        median = statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
        results = [_measure(Path(folder) / name) for name in ("thousand", "two_thousand")]
    (one, used_by_one, errors, kinds), (_, used_by_two, _, _) = results
    ratio = used_by_two / used_by_one
    measures = [
        ("read_1000_sql_files", one, "s", "<= 5", one <= 5),
        ("read_2000_over_1000", ratio, "x", "<= 2.4", ratio <= 2.4),
        ("read_median_lines", median, "lines", ">= 25", median >= 25),
        ("read_errors", errors, "errors", "== 0", errors == 0),
        ("read_missing_kinds", len(KINDS - kinds), "kinds", "== 0", kinds >= KINDS),
    ]
    for name, value, unit, aim, ok in measures:
        print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "ok": ok}))
    return 0 if all(ok for *_, ok in measures) else 1


def _measure(folder: Path) -> tuple[float, float, int, set[str]]:
    """Best of three fresh processes: wall and processor seconds, number of errors, kinds seen."""
    walls: list[float] = []
    processor: list[float] = []
    errors, kinds = 0, set[str]()
    for _ in range(3):
        command = [sys.executable, "-c", READ, str(folder)]
        finished = subprocess.run(command, check=True, capture_output=True, text=True)
        times, found_errors, found_kinds = finished.stdout.splitlines()
        wall, used = times.split()
        walls.append(float(wall))
        processor.append(float(used))
        errors, kinds = int(found_errors), set(found_kinds.split())
    return min(walls), min(processor), errors, kinds


if __name__ == "__main__":
    sys.exit(main())
