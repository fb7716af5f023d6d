"""The way back: code to an earlier release, and first what that does to the tables that newer code made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.releases.model import Release
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.loading import load_revision
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan
from medallion_toolkit.plan.shapes import said
from medallion_toolkit.project.bundle import Bundle
from medallion_toolkit.project.revisions import files_at

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
SAFE = ("unchanged", "metadata only", "new", "recomputed", "incremental refresh lost")


@dataclass(frozen=True)
class Step:
    """One dataset's part of the way back: what happens by itself, or what a person does, as commands."""

    dataset: str
    effect: str
    why: str
    is_safe: bool
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rollback:
    """From the release that runs to an earlier one, dataset by dataset."""

    target: str
    running: Release
    goal: Release
    steps: tuple[Step, ...]

    @property
    def runbook(self) -> tuple[Step, ...]:
        """What the deployment of the earlier code does not settle by itself."""
        return tuple(step for step in self.steps if not step.is_safe)


def plan_rollback(root: Path, bundle: Bundle, running: Release, goal: Release) -> Rollback:
    """Compares the two commits; contacts nothing and changes nothing. `bundle` has the names that are deployed."""
    target = bundle.target
    with files_at(root, running.commit) as newer, files_at(root, goal.commit) as older:
        plan = compare(load_revision(newer, root, target), load_revision(older, root, target), running.id)
    return Rollback(target, running, goal, steps_of(plan, bundle.schemas))


def steps_of(plan: ConsequencePlan, schemas: Mapping[str, str]) -> tuple[Step, ...]:
    """The datasets that change on the way back, each with what it asks for.

    `schemas`: full name by key, as deployed; commands name tables so that they can be run.
    """
    return tuple(_step(one, plan.target, schemas) for one in plan.datasets)


def _step(one: DatasetPlan, target: str, schemas: Mapping[str, str]) -> Step:
    why = "; ".join(reason.text for reason in one.reasons)
    added_back = [f"column {name} comes back; rows written without it have NULL" for name in one.columns_added]
    if one.effect in SAFE:
        return Step(one.name, one.effect, why, True)
    if one.effect == "new rows only":
        kept = [f"column {name} stays in the table with the values it has" for name in one.columns_gone]
        return Step(one.name, one.effect, "; ".join([why, *kept, *added_back]), True)
    return Step(one.name, one.effect, why, False, _commands(one, target, schemas))


def _commands(one: DatasetPlan, target: str, schemas: Mapping[str, str]) -> tuple[str, ...]:
    """How a person settles it: nothing here is run by itself, since each may lose rows."""
    layer, _, name = one.name.rpartition(".")
    whole = f"{schemas.get(layer, layer)}.{name}"
    table = quoted_name(whole)
    refresh = f"databricks bundle run {one.pipeline} -t {target} --full-refresh {whole}"
    protected = any(reason.statement == "reset protection" for reason in one.reasons)
    first = f"after pipelines.reset.allowed was lifted in {one.place} and deployed; " if protected else ""
    if one.effect == "dropped with data":
        kept = quoted_name(f"{schemas.get(layer, layer)}.{name}_kept")
        kind = "MATERIALIZED VIEW" if one.kind == said("materialized_view") else "TABLE"
        return (
            f"CREATE TABLE {kept} AS SELECT * FROM {table}   -- before the deployment: keeps the rows",
            f"UNDROP {kind} {table}   -- within seven days, when the rows are wanted after all",
        )
    if one.effect == "undefined results":
        return (f"{refresh}   # {first}keys or sequence differ; its source must hold everything",)
    return (
        f"SELECT count(*) FROM {table}   -- before",
        f"{refresh}   # {first}only where its source still holds everything",
        f"SELECT count(*) FROM {table}   -- after: as many, or the source had lost rows",
    )


def quoted_name(dotted: str) -> str:
    """A name as SQL takes it, in quotes where it needs them.

    >>> quoted_name("shop-dev.gold.daily_sales")
    '`shop-dev`.gold.daily_sales'
    """
    return ".".join(part if _PLAIN.fullmatch(part) else quoted(part) for part in dotted.split("."))
