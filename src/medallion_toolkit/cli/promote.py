"""`medallion promote`: what has passed in one target is deployed to the next, exactly."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def promote(
    target: Annotated[str, typer.Option("-t", "--target", help="Where to.")],
    source: Annotated[str, typer.Option("--from", help="The target it has passed in.")],
    plan: Annotated[Path | None, typer.Option(help="Deploy exactly this saved plan.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Deploy the release that runs and has passed in one target to the next; anything else is refused."""
    with reported(json, project):
        from medallion_toolkit.deployment.deploying import Deployment, deploy_planned, plan_deployment, read_plan
        from medallion_toolkit.deployment.releases.promotion import promotable
        from medallion_toolkit.deployment.releases.recording import record
        from medallion_toolkit.deployment.releases.store import ReleaseStore
        from medallion_toolkit.deployment.workspace import sign_in

        goal = sign_in(project, target)
        release = promotable(project, ReleaseStore.of(sign_in(project, source)), ReleaseStore.of(goal))
        planned = Deployment(target, read_plan(plan)) if plan else plan_deployment(project, target)
        if not json:
            changes = "\n".join(f"  {one.action:<9} {one.resource}" for one in planned.planned)
            typer.echo(f"workspace · {release.id} from {source} to {target}\n{changes or '  nothing to change'}")
        if not yes:
            typer.confirm(f"Promote to {target}?", abort=True, err=True)
        done = deploy_planned(project, planned, plan)
        made = record(project, goal, done, release.id)
        print_json({**asdict(done), "release": made.id, "promoted_from": release.id}) if json else typer.echo(
            f"release {made.id}"
        )
