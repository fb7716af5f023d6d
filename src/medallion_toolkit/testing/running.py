"""Run a test: given rows stand for tables of an empty lakehouse, what the expected tables need is made of them."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.store import Store
from medallion_toolkit.errors import EnvironmentProblem, MedallionError, render_error
from medallion_toolkit.testing.cases import Case
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.setting import Setting
from medallion_toolkit.testing.verdict import verdict


@dataclass(frozen=True)
class CaseResult:
    """Outcome of a test; `lines` say what differs, table by table. `is_error`: it could not be judged."""

    case: Case
    ok: bool
    seconds: float
    lines: tuple[str, ...] = ()
    is_error: bool = False


def run_case(run: LocalRun, case: Case, known: Known | None = None) -> CaseResult:
    """Run one test in a lakehouse of its own that is removed afterwards; tests of one project share `known`.

    What is wrong with the test or the project ends in the result; EnvironmentProblem is raised.
    """
    started = time.monotonic()
    is_error = False
    with tempfile.TemporaryDirectory(prefix="medallion-test-") as folder:
        try:
            own = run.in_store(Store.open(Path(folder)))
            lines = verdict(Setting.of(own, case, known or Known()))
        except EnvironmentProblem:
            raise
        except MedallionError as error:
            lines, is_error = render_error(error, run.project.bundle.root).splitlines(), True
    return CaseResult(case, not lines, time.monotonic() - started, tuple(lines), is_error)
