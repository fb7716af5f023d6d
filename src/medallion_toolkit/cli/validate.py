"""`medallion validate`: the bundle's configuration against the CLI's own schema, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def validate(
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Compare databricks.yml and the resources of every target with the CLI's own schema. Contacts nothing."""
    with reported(json, project):
        from medallion_toolkit.deployment.resource_schema import validate as compare

        found = compare(project)
        print_json(found.as_dict()) if json else typer.echo(found.as_text(project.absolute()))
        if found.misfits:
            raise typer.Exit(1)
