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
        from medallion_toolkit.cli.watching import followed
        from medallion_toolkit.deployment.updates.deployed import chosen, deployed_pipelines
        from medallion_toolkit.deployment.updates.running import start_update
        from medallion_toolkit.deployment.updates.success import has_datasets
        from medallion_toolkit.deployment.updates.telling import attempts_json
        from medallion_toolkit.deployment.workspace import sign_in
        from medallion_toolkit.graph.project import project_of

        signed_in = sign_in(project, target)
        graph = project_of(signed_in.bundle)
        found = tuple(one for one in deployed_pipelines(signed_in) if has_datasets(graph, one.key))
        picked = (chosen(found, pipeline),) if pipeline else found
        if not picked and not json:
            typer.echo(f"workspace · target {target}\nnothing to start: no pipeline makes a dataset")
        if picked and signed_in.bundle.mode == "production" and not yes:
            names = ", ".join(one.name for one in picked)
            typer.confirm(f"Start {names} in target {target}?", abort=True, err=True)
        ended = []
        for one in picked:
            update = start_update(signed_in, one)
            attempts = followed(signed_in, one, update, project, heal, json) if watch else ()
            if not watch and not json:
                typer.echo(f"started {one.name}   next: medallion watch -t {target} {one.key}")
            told = attempts_json(target, attempts) if attempts else {}
            ended.append({"pipeline": one.key, "name": one.name, "update": update, **told})
            if told and not told["ok"]:
                break
        if json:
            print_json({"target": target, "started": ended})
        if not all(one.get("ok", True) for one in ended):
            raise typer.Exit(1)
