"""`medallion watch`: follow an update of a deployed pipeline to its end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import reported


def watch(
    target: Annotated[str, typer.Option("-t", "--target", help="Whose pipelines.")],
    pipeline: Annotated[str | None, typer.Argument(help="Key of a pipeline; default: the one started last.")] = None,
    update: Annotated[str | None, typer.Option(help="Id of an update; default: the newest.")] = None,
    heal: Annotated[
        bool, typer.Option("--heal", help="After a failure do what is safe and start again, at most three times.")
    ] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Follow an update until it is COMPLETED, FAILED or CANCELED; starts nothing unless --heal is given."""
    with reported(json, project):
        from medallion_toolkit.cli.watching import follow_to_the_end
        from medallion_toolkit.deployment.updates.deployed import chosen, deployed_pipelines, newest_update
        from medallion_toolkit.deployment.workspace import sign_in

        signed_in = sign_in(project, target)
        found = chosen(deployed_pipelines(signed_in), pipeline)
        follow_to_the_end(signed_in, found, update or newest_update(found, target), project, heal, json)
