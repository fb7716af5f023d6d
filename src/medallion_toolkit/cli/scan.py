"""`medallion scan`: which columns hold personal data, and the class that their contracts should say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def scan(
    name: Annotated[str | None, typer.Argument(help="A contract: silver.customers. Default: all of them.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Look at about so many rows of each table.")] = 2000,
    write: Annotated[bool, typer.Option("--write", help="Write the proposed classes into the contracts.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Look for personal data in the local tables and propose classes for the columns of contracts.

    Exit code 1 when there are proposals that are not written, or columns whose class contradicts their data.
    """
    with reported(json, project):
        from medallion_toolkit.engine.run import LocalRun
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.scanning.as_text import scan_as_text
        from medallion_toolkit.scanning.scan import apply
        from medallion_toolkit.scanning.scan import scan as scanned

        run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
        found = scanned(run, project, name, rows)
        found = apply(found, project) if write else found
        print_json(found.as_dict()) if json else typer.echo(scan_as_text(found))
        if found.has_findings:
            raise typer.Exit(1)
