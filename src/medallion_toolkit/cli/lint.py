"""`medallion lint`: findings in the project's files before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def lint(
    paths: Annotated[list[Path] | None, typer.Argument(help="Only findings in these files and folders.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what is safe to repair, by position.")] = False,
    notes: Annotated[bool, typer.Option("--notes", help="Show notes too.")] = False,
    sarif: Annotated[Path | None, typer.Option(help="Also write the findings here, as SARIF 2.1.0.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say what is wrong or risky in SQL, contracts and Python, and repair what is safe. Starts no Spark."""
    with reported(json, project):
        from medallion_toolkit.lint.running import lint as lint_project
        from medallion_toolkit.lint.sarif import write_sarif

        result = lint_project(project, paths or (), vars, fix)
        if sarif is not None:
            write_sarif(result, sarif)
        print_json(result.as_dict()) if json else typer.echo(result.as_text(notes))
        if not result.is_clean:
            raise typer.Exit(1)
