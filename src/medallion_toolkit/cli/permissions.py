"""`medallion permissions`: what an administrator runs before the first deployment of a target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def permissions(
    target: Annotated[str, typer.Option("-t", "--target", help="The target to prepare.")],
    deployer: Annotated[
        str | None, typer.Option(help="Who deploys; default: the target's run_as, else who is signed in.")
    ] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Print the SQL that makes the catalog and grants what deploying and running need. Nothing is executed."""
    with reported(json, project):
        from medallion_toolkit.deployment.permissions import permission_script, prepare_access

        access = prepare_access(project, target, deployer)
        if json:
            print_json(access.as_dict())
        else:
            typer.echo(permission_script(access), nl=False)
