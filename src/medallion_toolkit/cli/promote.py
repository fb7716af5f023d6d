"""`medallion promote`: what has passed in one target is deployed to the next, exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.deploying import TakeOver, show_plan, tell_deployment
from medallion_toolkit.cli.output import reported


def promote(
    target: Annotated[str, typer.Option("-t", "--target", help="Where to.")],
    source: Annotated[str, typer.Option("--from", help="The target it has passed in.")],
    plan: Annotated[Path | None, typer.Option(help="Deploy exactly this saved plan.")] = None,
    take_over: TakeOver = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Deploy the release that runs and has passed in one target to the next; anything else is refused."""
    with reported(json, project):
        from medallion_toolkit.deployment.destination import Destination
        from medallion_toolkit.deployment.planning import plan_to_deploy
        from medallion_toolkit.deployment.releases.promotion import need_next_stage, promotable
        from medallion_toolkit.deployment.releases.recording import deploy_and_record

        need_next_stage(project, source, target)
        command = f"medallion promote -t {target} --from {source}"
        to = Destination(project, target, command)
        release = promotable(project, Destination(project, source, command).releases, to.releases)
        planned = plan_to_deploy(to, plan)
        show_plan(f"workspace · {release.id} from {source} to {target}", planned, json)
        if not yes:
            typer.confirm(f"Promote to {target}?", abort=True, err=True)
        done, made = deploy_and_record(to, planned, take_over, release.id)
        tell_deployment(to, done, made, json, {"promoted_from": release.id})
