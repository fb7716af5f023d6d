"""The monitoring views of the job's governance task, over local event logs and the checks of local gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.check_records import CHECKS_TABLE
from medallion_toolkit.engine.run import LocalRun, event_tables
from medallion_toolkit.errors import Place

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.binding import Binder


def recorded_names(run: LocalRun) -> dict[str, str]:
    """Full names of event logs, the table of checks and the views over them, by full name and by name on screen."""
    names = [*event_tables(run.project, run.store), *monitoring_queries(run)]
    return {known: name for name in names for known in (name, run.project.shown(name).lower())}


def monitoring_queries(run: LocalRun) -> Mapping[str, str]:
    """Full name and query of every view, as the project's own package makes them; empty where no gate keeps checks."""
    package, tables = run.project.contracts.package, event_tables(run.project, run.store)
    checks = next((name for name in tables if name.endswith(f".{CHECKS_TABLE}")), None)
    if checks is None or package is None or not hasattr(package, "monitoring_views"):
        return {}
    logs = [_quoted(name) for name in tables if name != checks]
    queries = package.monitoring_views(list(run.project.contracts.by_table.values()), logs, _quoted(checks))
    return {f"{checks.rpartition('.')[0]}.{name}": text for name, text in queries.items()}


def with_views(run: LocalRun, binder: Binder) -> Binder:
    """The binder that also reads the monitoring views."""
    return replace(binder, views=monitoring_queries(run))


def monitoring_frame(run: LocalRun, name: str) -> DataFrame | None:
    """Rows of an event log, of the checks or of a monitoring view; None for any other name."""
    found = recorded_names(run).get(name.lower())
    if found is None:
        return None
    binder = with_views(run, run.binder(run.project.graph.pipelines[0]))
    return binder.table(found, "batch", Place("monitoring"))


def _quoted(name: str) -> str:
    return ".".join(f"`{part}`" for part in name.split("."))
