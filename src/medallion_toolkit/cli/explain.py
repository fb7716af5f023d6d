"""`medallion explain`: how a dataset is made here and where its time goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def explain(
    name: Annotated[str, typer.Argument(help="A dataset: gold.daily_sales.")],
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Show a dataset's compiled query, its inputs, Spark's plan in words, and where time went in the last run."""
    with reported(json, project):
        from medallion_toolkit.engine.explaining import explain_dataset
        from medallion_toolkit.engine.run import LocalRun
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.graph.order import find_dataset
        from medallion_toolkit.report.explanation import explanation_as_json, explanation_as_text, timing_of

        run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
        node = run.project.graph.nodes[find_dataset(run.project.graph, name, run.project.display)]
        found = explain_dataset(run, name)
        timing = timing_of(run.store.runs(), run.store.events(node.dataset.pipeline), found.name, node.name)
        print_json(explanation_as_json(found, timing)) if json else typer.echo(explanation_as_text(found, timing))
