"""`medallion render`: what a contract makes, as pipeline SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def render(
    name: Annotated[str, typer.Argument(help="Table of the contract: silver.orders, or orders.")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    eject: Annotated[bool, typer.Option("--eject", help="Write it to sql/<layer>/; never replaces a file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Print the tables, flows and rules of a contract as plain pipeline SQL."""
    with reported(json, project):
        from medallion_toolkit.generate import rendering

        result = rendering.eject(project, name) if eject else rendering.render(project, name)
        if json:
            print_json(result.as_dict())
        else:
            typer.echo(result.as_text())
