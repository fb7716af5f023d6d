"""The sample project as its owner meets it: a first run, nothing new, one new file, the second day, an edit.

Each `medallion run` is a process of its own, start-up included and set-up not; the edit is timed inside
`medallion dev`, from the moment the file is saved until its dataset's result is known.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("medallion"))
EDITED = "sql/silver/orders_conformed.sql"
RERUN = "silver.orders_checked"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        _timed("new", "shop", "--output-dir", folder, project=Path(folder))
        project = Path(folder) / "shop"
        first = _timed("run", project=project)
        nothing = _timed("run", project=project)
        _add_one_file(project)
        one_file = _timed("run", project=project)
        _timed("deliver", project=project)
        second = _timed("run", project=project)
        edit = _edited(project)
    measures = [
        ("demo_cold", first, 25.0),
        ("demo_nothing_new", nothing, 2.0),
        ("demo_one_new_file", one_file, 10.0),
        ("demo_second_day", second, 25.0),
        ("demo_edit_in_dev", edit, 4.0),
    ]
    for name, value, aim in measures:
        ok = value <= aim
        print(json.dumps({"name": name, "value": round(value, 1), "unit": "s", "aim": f"<= {aim:g}", "ok": ok}))
    return 0 if all(value <= aim for _, value, aim in measures) else 1


def _timed(*arguments: str, project: Path) -> float:
    started = time.perf_counter()
    subprocess.run([COMMAND, *arguments], cwd=project, check=True, capture_output=True)
    return time.perf_counter() - started


def _add_one_file(project: Path) -> None:
    """A new file of currencies: the rows of the one that is there."""
    folder = project / "fixtures/landing/currencies"
    old = next(path for path in sorted(folder.iterdir()) if path.is_file())
    shutil.copyfile(old, folder / f"more{old.suffix}")


def _edited(project: Path) -> float:
    """Seconds from saving a changed view until `medallion dev` tells the result of the table it feeds."""
    with subprocess.Popen(
        [COMMAND, "dev"],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            return float("inf")
        _wait_for(process, "done in")
        path = project / EDITED
        text = path.read_text(encoding="utf-8")
        seconds = []
        for change in ("trim(lower(status))", "lower(trim(status))", "trim(lower(status))"):
            path.write_text(text.replace("lower(trim(status))", change) + "\n", encoding="utf-8")
            started = time.perf_counter()
            _wait_for(process, RERUN)
            seconds.append(time.perf_counter() - started)
            _wait_for(process, "done in")
        process.stdin.write("q\n")
        process.stdin.flush()
        process.wait(timeout=60)
    return min(seconds)


def _wait_for(process: subprocess.Popen[str], words: str) -> None:
    for line in process.stdout or ():
        if words in line:
            return


if __name__ == "__main__":
    sys.exit(main())
