"""`medallion gate`: the checks of the job's gates, asked about the last local run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def gate(
    layer: Annotated[str | None, typer.Option(help="Only the gate of this layer: silver.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables in Markdown on stdout.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Ask what the job's gates ask, about the last local run; exit 1 with the list when a limit is missed."""
    with reported(json, project):
        from medallion_toolkit.engine.gating import judge_last_run
        from medallion_toolkit.engine.run import LocalRun
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.report.gate import GateReport

        run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
        report = GateReport(run.project.bundle.target, judge_last_run(run, layer), project)
        if json:
            print_json(report.as_dict())
        else:
            typer.echo(report.as_markdown() if markdown else report.as_text())
        if not report.ok:
            raise typer.Exit(1)
