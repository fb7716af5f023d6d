"""`medallion show`: rows of a dataset of the local lakehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def show(
    name: Annotated[str, typer.Argument(help="A dataset: silver.orders.")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Rows as JSON on stdout.")] = False,
) -> None:
    """Print rows of a dataset as the last local run left it."""
    with reported(json, project):
        from medallion_toolkit.engine.rows import read_rows
        from medallion_toolkit.engine.run import LocalRun
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.report.rows import rows_as_text

        run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
        rows = read_rows(run, name, limit)
        if json:
            print_json({"name": rows.name, "total": rows.total, "columns": rows.columns, "rows": rows.values})
        else:
            typer.echo(rows_as_text(rows))
