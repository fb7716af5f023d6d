"""A run of the sample project, so that its classes are loaded and can be archived: `python -m … FOLDER ARCHIVE`."""

from __future__ import annotations

import sys
from pathlib import Path

from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.scaffold.project import create_project


class Silent:
    """Hears nothing of the run."""

    def planned(self, project: object, total: int) -> None: ...
    def changed(self, change: object) -> None: ...
    def finished(self, result: object) -> None: ...
    def judged(self, result: object) -> None: ...


def warm_up(folder: Path, archive: Path) -> None:
    """Run the sample's first day; then end the JVM, which writes the archive, and wait for it."""
    create_project(folder, {"project_name": "warm"})
    source = SessionOnDemand(folder / "session", record=archive)
    run_project(LocalRun.open(folder / "warm", None, source), RunOptions(), Silent())
    spark = source.spark()
    gateway = spark.sparkContext._gateway
    spark.stop()
    if gateway is not None:
        gateway.shutdown()
        process = gateway.proc
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    warm_up(Path(sys.argv[1]), Path(sys.argv[2]))
