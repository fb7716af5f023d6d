"""Run benchmarks/bench_*.py, each in a process of its own, and pass on their JSON lines.

`scripts/run_benchmarks.py [NAME ...]` runs those named, all without a name. A line has name, value, unit, aim and
ok. Ends with 1 when an aim is missed, a line is not of that form or a benchmark fails; with 2 for an unknown name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
KEYS = ("name", "value", "unit", "aim", "ok")


def find_benchmarks(folder: Path) -> dict[str, Path]:
    """Name and file of every benchmark: `bench_read.py` is `read`."""
    return {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}


def trouble_with(line: str) -> str | None:
    """What is wrong with a line that a benchmark printed, None when it is a measure that meets its aim."""
    try:
        measure = json.loads(line)
    except json.JSONDecodeError:
        return "not a line of JSON"
    if not isinstance(measure, dict) or tuple(measure) != KEYS:
        return f"not a measure: its keys have to be {', '.join(KEYS)}"
    return None if measure["ok"] is True else f"{measure['name']} misses its aim"


def run_benchmark(path: Path) -> Iterator[str]:
    """Run one benchmark, print its lines, yield what is wrong with them."""
    done = subprocess.run([sys.executable, str(path)], stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    troubles = [trouble_with(line) for line in done.stdout.splitlines()]
    yield from (f"{path.name}: {trouble}" for trouble in troubles if trouble)
    if done.returncode:
        yield f"{path.name}: ended with {done.returncode}"
    elif not troubles:
        yield f"{path.name}: measured nothing"


def main(names: list[str], folder: Path = FOLDER) -> int:
    """Exit code of the whole run."""
    known = find_benchmarks(folder)
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        wanted = ", ".join(unknown) or "any"
        print(f"no benchmark {wanted}; there is: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    troubles = [trouble for name in names or known for trouble in run_benchmark(known[name])]
    print("\n".join(troubles), end="\n" if troubles else "", file=sys.stderr)
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
