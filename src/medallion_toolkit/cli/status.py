"""`medallion status`: how the pipelines of a target are, and what to do where they are not well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def status(
    target: Annotated[str, typer.Option("-t", "--target", help="Whose pipelines.")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    markdown: Annotated[bool, typer.Option("--markdown", help="A summary for an issue or a job page.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say how the newest updates ended, which datasets failed, why, and what to do. Reads only, starts nothing."""
    with reported(json, project):
        from medallion_toolkit.deployment.updates.status import status_of
        from medallion_toolkit.deployment.updates.telling import status_json, status_markdown, status_text

        found = status_of(project, target)
        if json:
            print_json(status_json(target, found))
        else:
            typer.echo(status_markdown(target, found) if markdown else status_text(target, found))
        if not all(one.ok for one in found):
            raise typer.Exit(1)
