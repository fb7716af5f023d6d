"""`medallion sql`: a query over the local lakehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def sql(
    query: Annotated[str, typer.Argument(help="SELECT …, WITH …, DESCRIBE [HISTORY] NAME, SHOW TABLES [IN SCHEMA].")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 100,
    json: Annotated[bool, typer.Option("--json", help="Rows as JSON on stdout.")] = False,
) -> None:
    """Answer a query from the local tables, under the names of the project: silver.orders. Changes nothing."""
    with reported(json, project):
        from medallion_toolkit.engine.answering import answer
        from medallion_toolkit.engine.run import LocalRun
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.report.rows import rows_as_json, rows_as_text

        run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
        rows = answer(run, query, limit)
        print_json(rows_as_json(rows)) if json else typer.echo(rows_as_text(rows))
