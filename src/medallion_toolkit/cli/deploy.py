"""`medallion deploy`: validate, plan, deploy what was planned, verify."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.deployment.deploying import Deployment


def deploy(
    target: Annotated[str, typer.Option("-t", "--target", help="Where to.")],
    plan: Annotated[Path | None, typer.Option(help="Deploy exactly this saved plan.")] = None,
    save_plan: Annotated[Path | None, typer.Option(help="Write the plan to a file and stop.")] = None,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="An earlier deployment was cut off: take its lock and what it left.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask in a production target.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Deploy a target with the Databricks CLI, never with --auto-approve; what would be destroyed stops it."""
    with reported(json, project):
        from medallion_toolkit.deployment.deploying import Deployment, deploy_planned, plan_deployment, read_plan
        from medallion_toolkit.deployment.releases.recording import commit_of
        from medallion_toolkit.deployment.workspace import load_ahead
        from medallion_toolkit.project.bundle import load_bundle

        load_ahead()
        is_production = load_bundle(project, target).mode == "production"
        planned = Deployment(target, read_plan(plan)) if plan else plan_deployment(project, target, save_plan)
        if not json:
            typer.echo(f"workspace · target {target}\n{_changes(planned)}")
        if save_plan:
            _end(planned, json)
            return
        if is_production and planned.planned and not yes:
            typer.confirm(f"Deploy to {target}?", abort=True, err=True)
        if is_production:
            commit_of(project)
        done = deploy_planned(project, planned, plan, take_over)
        release = None if done.left else _recorded(project, target, done)
        if not json:
            typer.echo("\n".join(f"  taken up  {one}" for one in done.taken_up), nl=bool(done.taken_up))
            typer.echo(f"deployed; {'nothing left to do' if not done.left else 'still to do:'}")
            typer.echo("\n".join(f"  {one.action} {one.resource}" for one in done.left), nl=bool(done.left))
            typer.echo(f"release {release}" if release else "no release: something is not committed")
        _end(done, json, release)


def _recorded(project: Path, target: str, done: Deployment) -> str | None:
    """The id of the release; None in a development target whose files are not all committed."""
    from medallion_toolkit.deployment.releases.recording import record
    from medallion_toolkit.deployment.workspace import sign_in
    from medallion_toolkit.errors import UsageError

    signed_in = sign_in(project, target)
    try:
        return record(project, signed_in, done).id
    except UsageError:
        if signed_in.bundle.mode == "production":
            raise
        return None


def _changes(planned: Deployment) -> str:
    return "\n".join(one.line for one in planned.planned) or "  nothing to change"


def _end(done: Deployment, json: bool, release: str | None = None) -> None:
    if json:
        print_json({**asdict(done), "ok": not done.left, "release": release})
    if done.left:
        raise typer.Exit(1)
