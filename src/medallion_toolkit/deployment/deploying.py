"""Deploy a target: validate, plan, deploy what was planned, and see that nothing is left to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.unnoted import Unnoted, find_unnoted, lock_holder, need_a_word, note
from medallion_toolkit.deployment.workspace import sign_in
from medallion_toolkit.errors import MedallionError, WorkspaceError

Json = Any
NOTHING = ("skip", "none", "")
# What the CLI says of a lock that another deployment holds, or has left behind.
LOCKED = "deploy lock acquired by"


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
class Deployment:
    """What was planned, and what the workspace still lacked afterwards; `left` is empty when all is there.

    `taken_up` are resources that an earlier deployment had made without noting them.
    """

    target: str
    planned: tuple[PlannedChange, ...]
    left: tuple[PlannedChange, ...] = ()
    taken_up: tuple[str, ...] = ()

    @property
    def creates(self) -> tuple[str, ...]:
        """Resources that are to be made."""
        return tuple(change.resource for change in self.planned if change.action == "create")


def plan_deployment(root: Path, target: str, save_to: Path | None = None) -> Deployment:
    """Validate strictly, then plan; nothing is changed. The plan's file is what `deploy_planned` takes."""
    cli = Cli(root, target)
    cli.run("bundle", "validate", "--strict")
    plan = cli.asked("bundle", "plan")
    if save_to is not None:
        save_to.parent.mkdir(parents=True, exist_ok=True)
        save_to.write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
    return Deployment(target, changes_of(plan))


def deploy_planned(
    root: Path, planned: Deployment, plan_file: Path | None = None, take_over: bool = False
) -> Deployment:
    """Deploy, then plan again. The CLI is not transactional: after an error the resources that lack are told.

    What an earlier deployment made and did not note is taken up first, so that nothing is made twice.
    `take_over` is a person's word that no other deployment runs: its lock is taken, and what it left.
    """
    cli = Cli(root, planned.target)
    before = _taken_up(root, cli, planned, plan_file, take_over) if planned.creates else ()
    given = ("--plan", str(plan_file.absolute())) if plan_file else ()
    try:
        cli.run("bundle", "deploy", *given, *(("--force-lock",) if take_over else ()))
    except WorkspaceError as error:
        if LOCKED in (error.found or ""):
            raise _locked(planned.target, error.found) from error
        _keep_what_was_made(root, cli, planned, before)
        raise _partly(cli, planned, error) from error
    left = changes_of(cli.asked("bundle", "plan"))
    return Deployment(planned.target, planned.planned, left, tuple(one.resource for one in before))


def _taken_up(
    root: Path, cli: Cli, planned: Deployment, plan_file: Path | None, take_over: bool
) -> tuple[Unnoted, ...]:
    """What an earlier deployment had made of the plan, now noted; an error when that needs a person's word."""
    signed_in = sign_in(root, cli.target)
    found = find_unnoted(signed_in, planned.creates)
    if found and not take_over:
        holder = lock_holder(signed_in)
        if holder:
            raise _locked(cli.target, holder)
    asking = [one for one in found if not one.is_marked or plan_file]
    if asking and (plan_file or not take_over):
        raise need_a_word(cli.target, asking)
    note(cli, found, take_over)
    return found


def _keep_what_was_made(root: Path, cli: Cli, planned: Deployment, before: tuple[Unnoted, ...]) -> None:
    """After a failure: note what this deployment made and lost the answer of, where the workspace still answers."""
    known = {one.resource for one in before}
    with suppress(MedallionError):
        signed_in = sign_in(root, planned.target)
        lacking = [one.resource for one in changes_of(cli.asked("bundle", "plan")) if one.action == "create"]
        found = find_unnoted(signed_in, [one for one in lacking if one in planned.creates and one not in known])
        note(cli, [one for one in found if one.is_marked or one.by == signed_in.me.user_name])


def _locked(target: str, holder: str | None) -> WorkspaceError:
    return WorkspaceError(
        "MED719",
        f"another deployment of {target} holds the lock; nothing was changed",
        found=holder,
        expected="a lock that is free",
        help="wait for it; when nobody deploys, an earlier deployment was cut off and has left its lock behind: "
        "--take-over takes it (databricks bundle deploy --force-lock) and goes on where that one stopped",
        next=f"medallion deploy -t {target} --take-over",
    )


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
