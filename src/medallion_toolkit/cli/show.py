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
    where: Annotated[str | None, typer.Option(help="Only rows for which this SQL condition holds.")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="VERSION|TIME", help="A streaming table as it was: 3, 2026-11-21 08:00.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="What a member of this group sees: row filter and masks apply; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Rows as JSON on stdout.")] = False,
) -> None:
    """Print rows of a dataset as the last local run left it."""
    with reported(json, project):
        from medallion_toolkit.engine.monitoring import recorded_names
        from medallion_toolkit.engine.rows import read_rows
        from medallion_toolkit.engine.run import LocalRun
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.graph.order import find_dataset
        from medallion_toolkit.graph.privacy import privacy_note
        from medallion_toolkit.report.rows import rows_as_json, rows_as_text

        run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
        if name.lower() not in recorded_names(run):
            note = privacy_note(run.project.graph, find_dataset(run.project.graph, name, run.project.display))
            if note is not None:
                typer.echo(f"note: {note}", err=True)
        rows = read_rows(run, name, limit, where, as_of, group)
        print_json(rows_as_json(rows)) if json else typer.echo(rows_as_text(rows))
