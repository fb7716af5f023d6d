"""Rough cost of making a dataset anew, from the rows and seconds of a run that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medallion_toolkit.plan.model import ConsequencePlan, Cost, DatasetPlan, Effect, Size
from medallion_toolkit.report.past_runs import read_runs

# Effects that read or write everything anew, at once or when somebody refreshes in full.
ANEW: tuple[Effect, ...] = (
    "new", "recomputed", "incremental refresh lost", "full refresh needed", "state lost", "undefined results",
)  # fmt: skip
# Below both of the first a dataset is small, from either of the second on it is large.
SMALL_ROWS, SMALL_SECONDS = 1_000_000, 60.0
LARGE_ROWS, LARGE_SECONDS = 100_000_000, 900.0
LOCAL = "of a local run, sample data"


@dataclass(frozen=True)
class Figures:
    """Rows and seconds of one dataset in one run; `source` says which: `update 8a31 of prod`.

    `is_whole`: the run with the most rows that is known; else one run, which may have read new rows only.
    """

    rows: int
    seconds: float
    source: str
    is_whole: bool = True


def with_costs(
    plan: ConsequencePlan, figures: Mapping[str, Figures], inputs: Mapping[str, tuple[str, ...]]
) -> ConsequencePlan:
    """The plan with a cost at every dataset that is made anew; `inputs` are the tables a new one reads."""
    datasets = tuple(
        replace(one, cost=_cost(one, figures, inputs.get(one.name, ()))) if one.effect in ANEW else one
        for one in plan.datasets
    )
    return replace(plan, datasets=datasets)


def size_of(rows: int, seconds: float) -> Size:
    """The class of so many rows in so many seconds."""
    if rows >= LARGE_ROWS or seconds >= LARGE_SECONDS:
        return "large"
    return "small" if rows < SMALL_ROWS and seconds < SMALL_SECONDS else "medium"


def _cost(one: DatasetPlan, figures: Mapping[str, Figures], inputs: tuple[str, ...]) -> Cost | None:
    if one.effect == "new":
        return _cost_of_new(figures, inputs)
    found = figures.get(one.name)
    if found is None:
        return Cost("unknown", "no run of it is known")
    told = f"{rows_text(found.rows)} in {found.seconds:.0f} s" if found.seconds >= 1 else rows_text(found.rows)
    return _class_of(size_of(found.rows, found.seconds), f"{told}, {found.source}", found.is_whole)


def _cost_of_new(figures: Mapping[str, Figures], inputs: tuple[str, ...]) -> Cost | None:
    """By what it reads; None for one that reads no table of the project."""
    if not inputs:
        return None
    known = [figures[name] for name in inputs if name in figures]
    if len(known) < len(inputs):
        return Cost("unknown", "no run is known of what it reads")
    rows = sum(one.rows for one in known)
    basis = f"it reads {rows_text(rows)}, {known[0].source}"
    return _class_of(size_of(rows, 0), basis, all(one.is_whole for one in known))


def _class_of(size: Size, basis: str, is_whole: bool) -> Cost:
    """What one run that may have read new rows only says of the whole: at least so much."""
    return Cost(size, basis) if is_whole or size == "large" else Cost("unknown", f"in one run alone {basis}")


def rows_text(rows: int) -> str:
    """`412 rows`, `3.4 k rows`, `1.2 M rows`, `2.0 G rows`."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (10_000, "k")):
        if rows >= size:
            return f"{rows / (1_000 if unit == 'k' else size):.1f} {unit} rows"
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def local_figures(root: Path) -> dict[str, Figures]:
    """Of each dataset the kept local run with the most rows, since a later run may have read new rows only."""
    found: dict[str, Figures] = {}
    for run in read_runs(root / ".medallion" / "runs"):
        for one in _made(run["datasets"]):
            figures = Figures(max(one.get("rows_in") or 0, one.get("written") or 0), one.get("seconds") or 0.0, LOCAL)
            if one["name"] not in found or figures.rows >= found[one["name"]].rows:
                found[one["name"]] = figures
    return found


def _made(datasets: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (one for one in datasets if one["outcome"] == "ok")
