"""`medallion deploy`: validate, plan, deploy what was planned, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.deploying import TakeOver, show_plan, tell_deployment
from medallion_toolkit.cli.output import reported


def deploy(
    target: Annotated[str, typer.Option("-t", "--target", help="Where to.")],
    plan: Annotated[Path | None, typer.Option(help="Deploy exactly this saved plan.")] = None,
    save_plan: Annotated[Path | None, typer.Option(help="Write the plan to a file and stop.")] = None,
    take_over: TakeOver = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask in a production target.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Deploy a target with the Databricks CLI, never with --auto-approve; what would be destroyed stops it."""
    with reported(json, project):
        from medallion_toolkit.deployment import planning
        from medallion_toolkit.deployment.deploying import Deployment
        from medallion_toolkit.deployment.destination import Destination
        from medallion_toolkit.deployment.releases.recording import deploy_and_record

        to = Destination(project, target, f"medallion deploy -t {target}")
        planned = planning.plan_to_deploy(to, plan)
        show_plan(f"workspace · target {target}", planned, json)
        if save_plan:
            planning.save_plan(to, planned, save_plan)
            if json:
                tell_deployment(to, Deployment(target, planned.changes), None, json)
            else:
                typer.echo(f"plan saved   next: medallion deploy -t {target} --plan {save_plan}")
            return
        if to.is_production and not yes:
            typer.confirm(f"Deploy to {target}?", abort=True, err=True)
        done, release = deploy_and_record(to, planned, take_over)
        tell_deployment(to, done, release, json)
