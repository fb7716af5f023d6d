"""`medallion status`: how the jobs and pipelines of a target are, and what to do where they are not well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, print_markdown, reported


def status(
    target: Annotated[str, typer.Option("-t", "--target", help="Whose jobs and pipelines.")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    markdown: Annotated[bool, typer.Option("--markdown", help="A summary for an issue or a job page.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say how jobs and updates ended, which rows were refused, why, and what to do. Reads only, starts nothing."""
    with reported(json, project):
        from medallion_toolkit.deployment.status.target import status_of
        from medallion_toolkit.deployment.status.telling import status_json, status_markdown, status_text

        found = status_of(project, target)
        if json:
            print_json(status_json(found))
        elif markdown:
            print_markdown(status_markdown(found))
        else:
            typer.echo(status_text(found))
        if not found.ok:
            raise typer.Exit(1)
