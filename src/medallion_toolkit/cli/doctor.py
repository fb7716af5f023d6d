"""`medallion doctor`: is everything here that a local run and a deployment need?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def doctor(
    project: Annotated[Path, typer.Option(help="Folder of the project.", file_okay=False, exists=True)] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """Check Python, Java, Spark, engine jars, CLI, memory, disk and the project; say how to fix each."""
    from medallion_toolkit.doctor.examination import examine

    with reported(as_json):
        examination = examine(project.resolve())
        if as_json:
            print_json(examination.as_dict())
        else:
            typer.echo(examination.as_text())
    if not examination.ready:
        raise typer.Exit(3)
