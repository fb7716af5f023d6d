"""`medallion deliver`: the next sample day into the landing folder, or into a target's landing volume."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def deliver(
    target: Annotated[str | None, typer.Option("-t", "--target", help="Deliver to this target's workspace.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Copy the next day of sample files to where the pipelines look for them."""
    with reported(json, project):
        from medallion_toolkit.deployment.deliver import deliver_here, deliver_to
        from medallion_toolkit.project.bundle import load_bundle

        if target is None:
            delivered = deliver_here(load_bundle(project))
        else:
            from medallion_toolkit.deployment.workspace import sign_in

            delivered = deliver_to(sign_in(project, target))
        if json:
            print_json(delivered.as_dict())
        else:
            typer.echo(delivered.as_text())
