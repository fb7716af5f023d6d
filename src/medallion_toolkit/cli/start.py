"""`medallion start`: a new update of a deployed pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def start(
    target: Annotated[str, typer.Option("-t", "--target", help="Whose pipelines.")],
    pipeline: Annotated[str | None, typer.Argument(help="Key of one pipeline; default: all, in their order.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask in a production target.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow each update to its end.")] = False,
    heal: Annotated[bool, typer.Option("--heal", help="With --watch: do what is safe about a failure.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Start the pipelines of a target; a production target is asked about first. Never a full refresh."""
    with reported(json, project):
        from medallion_toolkit.cli.watching import follow_to_the_end
        from medallion_toolkit.deployment.updates.deployed import chosen, deployed_pipelines
        from medallion_toolkit.deployment.updates.running import start_update
        from medallion_toolkit.deployment.workspace import sign_in

        signed_in = sign_in(project, target)
        found = deployed_pipelines(signed_in)
        picked = (chosen(found, pipeline),) if pipeline else found
        if signed_in.bundle.mode == "production" and not yes:
            names = ", ".join(one.name for one in picked)
            typer.confirm(f"Start {names} in target {target}?", abort=True, err=True)
        started = []
        for one in picked:
            update = start_update(signed_in, one)
            if watch:
                follow_to_the_end(signed_in, one, update, project, heal, json)
            elif not json:
                typer.echo(f"started {one.name}   next: medallion watch -t {target} {one.key}")
            started.append({"pipeline": one.key, "name": one.name, "update": update})
        if json and not watch:
            print_json({"target": target, "started": started})
