"""Deploy what was planned, and see that nothing is left to do; after a failure, say what is made and what lacks."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.destination import Destination
from medallion_toolkit.deployment.planning import Plan, PlannedChange, changes_of, out_of_date
from medallion_toolkit.deployment.unnoted import Unnoted, find_unnoted, lock_holder, need_a_word, note
from medallion_toolkit.errors import MedallionError, RunError, WorkspaceError

# What the CLI says of a lock that another deployment holds or has left behind, the second of one taken over.
LOCKED = ("deploy lock acquired by", "deploy lock force-acquired by")
# What it says at the end, when all is deployed and its own lock is gone or another's.
LOCK_LOST = "unlock called when lock is not held"
# What it says when the state of the deployment is not the one that a plan was made of.
STALE = ("plan lineage", "plan serial")


@dataclass(frozen=True)
class Deployment:
    """What was planned, and what the workspace still lacked afterwards; `left` is empty when all is there.

    `taken_up` are resources that an earlier deployment had made without noting them.
    """

    target: str
    planned: tuple[PlannedChange, ...]
    left: tuple[PlannedChange, ...] = ()
    taken_up: tuple[str, ...] = ()


def deploy_planned(to: Destination, plan: Plan, take_over: bool = False) -> Deployment:
    """Deploy, then plan again. The CLI is not transactional: after an error the resources that lack are told.

    What an earlier deployment made and did not note is taken up first, so that nothing is made twice.
    `take_over` is a person's word that no other deployment runs: its lock is taken, and what it left.
    """
    if plan.destroys:
        raise _destroying(to, plan)
    before = _taken_up(to, plan, take_over) if plan.creates else ()
    try:
        with _as_the_cli_takes_it(plan) as given:
            to.cli.run("bundle", "deploy", *given, *(("--force-lock",) if take_over else ()))
    except WorkspaceError as error:
        raise _told(to, plan, before, error) from error
    try:
        left = changes_of(to.cli.asked("bundle", "plan"))
    except WorkspaceError as error:
        raise _not_known(to, plan, "deployed, and did not say whether anything is left to do", error) from error
    return Deployment(to.target, plan.changes, left, tuple(one.resource for one in before))


@contextmanager
def _as_the_cli_takes_it(plan: Plan) -> Iterator[tuple[str, ...]]:
    """The options for a saved plan; none for a fresh one, so that the CLI builds artifacts and makes all its checks."""
    if plan.file is None:
        yield ()
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(plan.raw), encoding="utf-8")
        yield ("--plan", str(file))


def _taken_up(to: Destination, plan: Plan, take_over: bool) -> tuple[Unnoted, ...]:
    """What an earlier deployment had made of the plan, now noted; an error when that needs a person's word."""
    found = find_unnoted(to.signed_in, plan.creates)
    if found and not take_over:
        holder = lock_holder(to.signed_in)
        if holder:
            raise _locked(to, holder)
    asking = [one for one in found if not one.is_marked or plan.file]
    if asking and (plan.file or not take_over):
        raise need_a_word(to, asking)
    note(to.cli, found, take_over)
    return found


def _told(to: Destination, plan: Plan, before: tuple[Unnoted, ...], error: WorkspaceError) -> MedallionError:
    """What the failure of the CLI means, and what has come of the plan."""
    said = error.found or ""
    if any(words in said for words in LOCKED) and LOCK_LOST not in said:
        return _locked(to, said)
    if plan.file and any(words in said for words in STALE):
        return out_of_date(to, plan.file, said)
    _keep_what_was_made(to, plan, before)
    return _partly(to, plan, error)


def _keep_what_was_made(to: Destination, plan: Plan, before: tuple[Unnoted, ...]) -> None:
    """After a failure: note what this deployment made and lost the answer of, where the workspace still answers."""
    if not plan.creates:
        return
    known = {one.resource for one in before}
    with suppress(MedallionError):
        lacking = [one.resource for one in changes_of(to.cli.asked("bundle", "plan")) if one.action == "create"]
        found = find_unnoted(to.signed_in, [one for one in lacking if one in plan.creates and one not in known])
        note(to.cli, [one for one in found if one.is_marked or one.by == to.me.user_name])


def _destroying(to: Destination, plan: Plan) -> RunError:
    """The CLI would stop as well, but with the new files in the workspace already, where pipelines run them."""
    deploy = f"databricks bundle deploy -t {to.target}"
    return RunError(
        "MED723",
        f"the deployment of {to.target} would destroy resources with all they hold; nothing was changed",
        found=", ".join(plan.destroys),
        expected="a deployment that keeps them",
        help=f"when that is meant, the CLI asks a person at a terminal; then `{to.command}` records the release",
        next=f"git checkout {to.commit[:12]} && {deploy}" if to.commit else deploy,
    )


def _locked(to: Destination, holder: str) -> WorkspaceError:
    return WorkspaceError(
        "MED719",
        f"another deployment of {to.target} holds the lock; nothing was changed",
        found=holder,
        expected="a lock that is free",
        help="wait for it; when nobody deploys, an earlier deployment was cut off and has left its lock behind: "
        "--take-over takes it (databricks bundle deploy --force-lock) and goes on where that one stopped",
        next=f"{to.command} --take-over",
    )


def _partly(to: Destination, plan: Plan, error: WorkspaceError) -> MedallionError:
    """The same error with what the workspace has and lacks, where it still answers."""
    try:
        left = changes_of(to.cli.asked("bundle", "plan"))
    except WorkspaceError:
        return _not_known(
            to, plan, "perhaps partly deployed: the deployment failed, nor did the workspace answer", error
        )
    lacking = {change.resource for change in left}
    done = [change.resource for change in plan.changes if change.resource not in lacking]
    what = f"{len(done)} of {len(plan.changes)} changes are made" if done else "no resource was changed"
    files = "no resource; perhaps files, or the notes of the deployment"
    return WorkspaceError(
        "MED718",
        f"the deployment of {to.target} failed: {what}",
        found=error.found,
        expected=f"still to do: {', '.join(sorted(lacking)) or files}",
        help="a second deployment goes on from here",
        next=to.command,
    )


def _not_known(to: Destination, plan: Plan, what: str, error: WorkspaceError) -> WorkspaceError:
    return WorkspaceError(
        "MED718",
        f"{to.target} is {what}",
        found=error.found,
        expected=f"still to do: at most {', '.join(one.resource for one in plan.changes) or 'the files'}",
        help="a second deployment goes on from here",
        next=to.command,
    )
