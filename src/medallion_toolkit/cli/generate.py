"""`medallion generate`: the job's SQL and the editor's schema from the contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def generate(
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when a file is not current.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Write jobs/*.sql and .vscode/contract.schema.json from contracts/."""
    with reported(json, project):
        from medallion_toolkit.generate.files import check_files, write_files

        result = check_files(project) if check else write_files(project)
        if json:
            print_json(result.as_dict())
        else:
            typer.echo(result.as_text())
        if not result.is_current:
            raise typer.Exit(1)
