"""What deploy, promote and rollback show alike: the plan before, and afterwards what has come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json

if TYPE_CHECKING:
    from medallion_toolkit.deployment.deploying import Deployment
    from medallion_toolkit.deployment.destination import Destination
    from medallion_toolkit.deployment.planning import Plan
    from medallion_toolkit.deployment.releases.model import Release

TakeOver = Annotated[
    bool, typer.Option("--take-over", help="An earlier deployment was cut off: take its lock and what it left.")
]


def show_plan(head: str, plan: Plan, json: bool) -> None:
    """The resources that a deployment changes, each with its fields."""
    if not json:
        typer.echo("\n".join([head, *plan.lines]))


def tell_deployment(
    to: Destination, done: Deployment, release: Release | None, json: bool, more: Mapping[str, object] | None = None
) -> None:
    """What was deployed and which release it is; ends with 1 when something is left to do."""
    from medallion_toolkit.engine.gates import task_pipelines

    if json:
        made = release.id if release else None
        print_json({**asdict(done), "ok": not done.left, "release": made, **(more or {})})
    else:
        lines = [f"  taken up  {one}" for one in done.taken_up]
        lines.append(f"deployed; {'still to do:' if done.left else 'nothing left to do'}")
        lines += [one.line for one in done.left]
        if release:
            job = next((f" {key}" for key in to.bundle.jobs if task_pipelines(to.bundle, key)), "")
            lines.append(f"release {release.id}   next: medallion start -t {to.target}{job} --watch")
        elif not done.left:
            lines.append("no release: something is not committed")
        typer.echo("\n".join(lines))
    if done.left:
        raise typer.Exit(1)
