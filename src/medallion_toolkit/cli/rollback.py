"""`medallion rollback`: a target back to an earlier release, consequences first."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.deploying import TakeOver, show_plan, tell_deployment
from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.deployment.releases.rollback import Rollback


def rollback(
    target: Annotated[str, typer.Option("-t", "--target", help="Which target goes back.")],
    to: Annotated[str, typer.Option(help="Id of a release, or the beginning of its commit.")],
    take_over: TakeOver = False,
    yes: Annotated[bool, typer.Option("--yes", help="Deploy without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say what the older code does to the tables, then deploy it. Steps that could lose rows are only spelled out."""
    with reported(json, project):
        from medallion_toolkit.deployment.destination import Destination
        from medallion_toolkit.deployment.planning import plan_to_deploy
        from medallion_toolkit.deployment.releases.recording import deploy_and_record
        from medallion_toolkit.deployment.releases.returning import earlier_files, planned_return

        here = Destination(project, target, f"medallion rollback -t {target} --to {to}")
        found = planned_return(here, to)
        steps = {
            "from": found.running.id,
            "to": found.goal.id,
            "steps": [asdict(step) for step in found.steps],
        }
        with earlier_files(here, found) as there:
            planned = plan_to_deploy(there)
            show_plan(_text(found), planned, json)
            if not dry_run:
                if not yes:
                    typer.confirm(f"Deploy {found.goal.id} to {target}?", abort=True, err=True)
                done, release = deploy_and_record(there, planned, take_over, found.goal.id, here.releases)
                tell_deployment(there, done, release, json, steps)
            elif json:
                print_json({"target": target, "planned": [asdict(one) for one in planned.changes], **steps})
        if found.runbook:
            raise typer.Exit(1)


def _text(found: Rollback) -> str:
    lines = [f"workspace · target {found.target} · {found.running.id} → {found.goal.id}"]
    for step in found.steps:
        lines += [
            f"{'by itself' if step.is_safe else 'YOU':<10} {step.effect:<22} {step.dataset}",
            f"           {step.why}",
        ]
        lines += [
            f"           {'$' if command.startswith('databricks ') else 'sql>'} {command}" for command in step.commands
        ]
    return "\n".join([*(lines if found.steps else [*lines, "no dataset changes"]), "resources:"])
