"""A test session: all chosen tests over one Spark session, two at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.testing.cases import find_cases
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.running import CaseResult, run_case

WORKERS = 2


@dataclass(frozen=True)
class TestResults:
    """What a session found, in the order of the files."""

    cases: tuple[CaseResult, ...]
    seconds: float

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.cases if not result.ok)


def run_tests(
    folder: Path, target: str | None, name: str | None, say: Callable[[str], None], text: str | None = None
) -> TestResults:
    """Run the tests of the project that `name` and `text` choose; its own local lakehouse is not touched."""
    started = time.monotonic()
    cases = find_cases(folder, name, text)
    run = LocalRun.open(folder, target, SessionOnDemand(folder / ".medallion"))
    say(f"local · variables of target {run.project.bundle.target} · {len(cases)} tests")
    if not cases:
        return TestResults((), time.monotonic() - started)
    run.spark_source.spark()
    known = Known()
    with ThreadPoolExecutor(WORKERS) as pool:
        results = tuple(pool.map(lambda case: run_case(run, case, known), cases))
    return TestResults(results, time.monotonic() - started)


def test_lines(results: TestResults) -> list[str]:
    """Text for the terminal: a line a test, differences below, the sum at the end."""
    lines = []
    for result in results.cases:
        mark = "ok    " if result.ok else "FAILED"
        file = Path(result.case.place.path)
        lines.append(f"{mark} {result.seconds:4.1f}s  {file.parent.name}.{file.stem}: {result.case.name}")
        if not result.ok:
            lines += [f"    {result.case.place}", *(f"    {line}" for line in result.lines)]
    passed = len(results.cases) - len(results.failed)
    failed = f", {len(results.failed)} failed" if results.failed else ""
    return [*lines, f"{passed} passed{failed} in {results.seconds:.0f} s"]


def tests_as_json(results: TestResults) -> dict[str, object]:
    return {
        "passed": len(results.cases) - len(results.failed),
        "failed": len(results.failed),
        "seconds": round(results.seconds, 2),
        "tests": [
            {
                "name": result.case.name,
                "path": result.case.place.path,
                "line": result.case.place.line,
                "ok": result.ok,
                "seconds": round(result.seconds, 2),
                "differences": list(result.lines),
            }
            for result in results.cases
        ],
    }
