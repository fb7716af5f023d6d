"""`medallion describe`: one dataset, its files, neighbours, tests and last run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def describe(
    name: Annotated[str, typer.Argument(help="A dataset: silver.orders.")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say where a dataset is made, what it reads and feeds, and how its last run went. Starts no Spark."""
    with reported(json, project):
        from medallion_toolkit.engine.store import Store
        from medallion_toolkit.graph.project import load_project
        from medallion_toolkit.report.describing import describe as description_of

        state = project / ".medallion"
        loaded = load_project(project, vars, exists=Store.open(state).exists if state.exists() else None)
        found = description_of(loaded, name)
        print_json(found.as_dict()) if json else typer.echo(found.text())
