"""Deploy a target: validate, plan, deploy what was planned, and see that nothing is left to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.errors import MedallionError, WorkspaceError

Json = Any
NOTHING = ("skip", "none", "")


@dataclass(frozen=True)
class PlannedChange:
    """What becomes of one resource: `resources.jobs.daily`, create | update | recreate | delete."""

    resource: str
    action: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deployment:
    """What was planned, and what the workspace still lacked afterwards; `left` is empty when all is there."""

    target: str
    planned: tuple[PlannedChange, ...]
    left: tuple[PlannedChange, ...] = ()

    @property
    def destroys(self) -> tuple[PlannedChange, ...]:
        """Changes that take something away."""
        return tuple(change for change in self.planned if change.action in ("delete", "recreate"))


def plan_deployment(root: Path, target: str, save_to: Path | None = None) -> Deployment:
    """Validate strictly, then plan; nothing is changed. The plan's file is what `deploy_planned` takes."""
    cli = Cli(root, target)
    cli.run("bundle", "validate", "--strict")
    plan = cli.asked("bundle", "plan")
    if save_to is not None:
        save_to.write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
    return Deployment(target, changes_of(plan))


def deploy_planned(root: Path, planned: Deployment, plan_file: Path | None = None) -> Deployment:
    """Deploy, then plan again. The CLI is not transactional: after an error the resources that lack are told."""
    cli = Cli(root, planned.target)
    given = ("--plan", str(plan_file.absolute())) if plan_file else ()
    try:
        cli.run("bundle", "deploy", *given)
    except WorkspaceError as error:
        raise _partly(cli, planned, error) from error
    return Deployment(planned.target, planned.planned, changes_of(cli.asked("bundle", "plan")))


def read_plan(file: Path) -> tuple[PlannedChange, ...]:
    """The changes of a saved plan."""
    return changes_of(json.loads(file.read_text(encoding="utf-8")))


def changes_of(plan: Json) -> tuple[PlannedChange, ...]:
    """The changes of the CLI's plan; resources that stay as they are do not count."""
    entries: Mapping[str, Json] = plan.get("plan") or {}
    return tuple(
        PlannedChange(name, str(entry.get("action", "")), _fields(entry))
        for name, entry in sorted(entries.items())
        if str(entry.get("action", "")) not in NOTHING
    )


def _fields(entry: Json) -> tuple[str, ...]:
    changes = entry.get("changes") or {}
    fields = changes if isinstance(changes, Mapping) else {}
    return tuple(
        str(name)
        for name, change in fields.items()
        if not (isinstance(change, Mapping) and change.get("action") in NOTHING)
    )


def _partly(cli: Cli, planned: Deployment, error: WorkspaceError) -> MedallionError:
    """The same error with what the workspace has and lacks, where it still answers."""
    try:
        left = changes_of(cli.asked("bundle", "plan"))
    except WorkspaceError:
        return WorkspaceError(
            "MED718",
            f"{planned.target} is perhaps partly deployed: the deployment failed and the workspace did not answer",
            found=error.found,
            next=f"medallion deploy -t {planned.target}",
        )
    lacking = {change.resource for change in left}
    done = [change.resource for change in planned.planned if change.resource not in lacking]
    what = f"{len(done)} of {len(planned.planned)} changes are made" if done else "nothing was changed"
    return WorkspaceError(
        "MED718",
        f"the deployment of {planned.target} failed: {what}",
        found=error.found,
        expected=f"still to do: {', '.join(sorted(lacking)) or 'nothing'}",
        help="a second deployment goes on from here",
        next=f"medallion deploy -t {planned.target}",
    )
