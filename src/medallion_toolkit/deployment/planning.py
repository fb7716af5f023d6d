"""What a deployment would do: the CLI's plan, shown before it is deployed, or kept until somebody has agreed to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medallion_toolkit.deployment.destination import Destination
from medallion_toolkit.deployment.workspace import load_ahead
from medallion_toolkit.errors import RunError, UsageError

Json = Any
NOTHING = ("skip", "none", "")
# Kinds of resources with rows, files or work in them, which the CLI asks a person about. Source: deployApprovalGroups
# in bundle/phases/deploy.go of the CLI 1.12.1.
HOLDING = frozenset(
    (
        "dashboards", "database_instances", "genie_spaces", "pipelines", "postgres_branches", "postgres_databases",
        "postgres_projects", "schemas", "synced_database_tables", "vector_search_indexes", "volumes",
    )
)  # fmt: skip


@dataclass(frozen=True)
class PlannedChange:
    """What becomes of one resource: `resources.jobs.daily`, create | update | recreate | delete."""

    resource: str
    action: str
    fields: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The change as a line of a plan."""
        return f"  {self.action:<9} {self.resource}  {', '.join(self.fields)}".rstrip()


@dataclass(frozen=True)
class Plan:
    """The CLI's plan for a target, as JSON; `file` is where it was saved when that is what will be deployed."""

    target: str
    raw: Json
    file: Path | None = None

    @property
    def changes(self) -> tuple[PlannedChange, ...]:
        """What becomes of the resources that do not stay as they are."""
        return changes_of(self.raw)

    @property
    def creates(self) -> tuple[str, ...]:
        """Resources that are to be made."""
        return tuple(change.resource for change in self.changes if change.action == "create")

    @property
    def destroys(self) -> tuple[str, ...]:
        """Resources that would go with all they hold; one that is gone already does not count."""
        entries = self.raw.get("plan") or {}
        return tuple(
            change.resource
            for change in self.changes
            if change.action in ("delete", "recreate") and not entries[change.resource].get("gone")
            if change.resource.count(".") == 2 and change.resource.split(".")[1] in HOLDING
        )

    @property
    def lines(self) -> list[str]:
        """The plan as text."""
        return [change.line for change in self.changes] or ["  no resource changes"]


@dataclass(frozen=True)
class SavedPlan:
    """A plan to be agreed to, and `base`, the release that ran when it was made."""

    target: str
    base: str | None
    plan: Json


def plan_deployment(to: Destination) -> Plan:
    """Validate strictly, then plan; nothing is changed."""
    return Plan(str(to.validated["bundle"]["target"]), to.cli.asked("bundle", "plan"))


def plan_to_deploy(to: Destination, saved: Path | None = None) -> Plan:
    """The plan that is about to be deployed: a fresh one, or the saved one where a fresh one says the same."""
    plan = _still_holds(to, saved) if saved else plan_deployment(to)
    if plan.creates:
        load_ahead()  # deploying looks for what an earlier deployment has made and not noted
    return plan


def save_plan(to: Destination, plan: Plan, file: Path) -> None:
    """Keep a plan for `plan_to_deploy`."""
    running = to.releases.current()
    file.parent.mkdir(parents=True, exist_ok=True)
    saved = SavedPlan(to.target, running.id if running else None, plan.raw)
    file.write_text(json.dumps(asdict(saved), indent=2) + "\n", encoding="utf-8")


def read_plan(file: Path) -> SavedPlan:
    """A plan that was saved; UsageError for anything else."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return SavedPlan(raw["target"], raw["base"], raw["plan"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(
            "MED722",
            f"{file} is no saved plan",
            found=f"no {error}" if isinstance(error, KeyError) else str(error),
            expected="a file that `medallion deploy --save-plan` has written",
            next=f"medallion deploy -t TARGET --save-plan {file}",
        ) from error


def _still_holds(to: Destination, file: Path) -> Plan:
    """The saved plan. The CLI notices a newer state of the deployment only: not what somebody changed by hand, not
    a deployment of files alone, nor one before the first state.
    """
    saved = read_plan(file)
    if saved.target != to.target:
        raise out_of_date(to, file, f"it is a plan of {saved.target}")
    fresh = plan_deployment(to)
    running = to.releases.current()
    now = SavedPlan(to.target, running.id if running else None, fresh.raw)
    found = list(differences(saved, now))
    if found:
        raise out_of_date(to, file, "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if found[5:] else ""))
    return Plan(to.target, saved.plan, file)


def differences(saved: SavedPlan, now: SavedPlan) -> Iterator[str]:
    """What a saved plan and a fresh one do not have in common, less what nothing is deployed from."""
    if saved.base != now.base:
        yield f"{now.base or 'no release'} runs now, then {saved.base or 'nothing was released'}"
    before, after = (_deployed_from(each.plan) for each in (saved, now))
    for resource in sorted({*before, *after}):
        old, new = (each.get(resource, {"action": "skip"}) for each in (before, after))
        if old != new:
            words = [f"{each['action']} {', '.join(each.get('changes', ()))}".rstrip() for each in (new, old)]
            yield f"{resource}: {words[0]} now, {words[1]} then" if len({*words}) > 1 else f"{resource}: other values"
    if before == after and _state(saved.plan) != _state(now.plan):
        yield "another deployment was made"


def _deployed_from(plan: Json) -> dict[str, Json]:
    """What the CLI deploys from by resource. What the workspace says of a resource besides is left out: a run of a
    pipeline changes that, and no deployment.
    """
    entries: Mapping[str, Json] = plan.get("plan") or {}
    return {
        name: {
            "action": entry.get("action") or "skip",
            "id": entry.get("id"),
            "new_state": entry.get("new_state"),
            "changes": dict(_acting(entry)),
        }
        for name, entry in entries.items()
    }


def _state(plan: Json) -> tuple[Json, Json]:
    return plan.get("lineage"), plan.get("serial")


def out_of_date(to: Destination, file: Path, found: str | None) -> RunError:
    """The error for a saved plan that is not what would be deployed now."""
    return RunError(
        "MED721",
        f"the saved plan for {to.target} does not hold any more; nothing was changed",
        found=found,
        expected="a workspace and files as they were when it was saved",
        help="save a new plan, have it agreed to, and deploy that",
        next=f"medallion deploy -t {to.target} --save-plan {file}",
    )


def changes_of(plan: Json) -> tuple[PlannedChange, ...]:
    """The changes of the CLI's plan; resources that stay as they are do not count."""
    entries: Mapping[str, Json] = plan.get("plan") or {}
    return tuple(
        PlannedChange(name, str(entry.get("action", "")), tuple(field for field, _ in _acting(entry)))
        for name, entry in sorted(entries.items())
        if str(entry.get("action", "")) not in NOTHING
    )


def _acting(entry: Json) -> Iterator[tuple[str, Json]]:
    """The fields that a deployment would change."""
    for field, change in (entry.get("changes") or {}).items():
        if not (isinstance(change, Mapping) and change.get("action") in NOTHING):
            yield str(field), change
