"""`medallion gate`: the checks of the job's gates, asked about the last run, here or in a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, print_markdown, reported

if TYPE_CHECKING:
    from medallion_toolkit.report.gate import GateReport


def gate(
    layer: Annotated[str | None, typer.Option(help="Only the gate of this layer: silver.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    target: Annotated[
        str | None,
        typer.Option("--target", "-t", help="Ask in the workspace of this target; nothing is written there."),
    ] = None,
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables in Markdown on stdout.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Ask what the job's gates ask, about the last run; exit 1 with the list when a limit is missed."""
    with reported(json, project):
        report = _in_workspace(project, target, layer) if target else _local(project, vars, layer)
        if json:
            print_json(report.as_dict())
        elif markdown:
            print_markdown(report.as_markdown())
        else:
            typer.echo(report.as_text())
        if not report.ok:
            raise typer.Exit(1)


def _local(project: Path, target: str | None, layer: str | None) -> GateReport:
    from medallion_toolkit.engine.gating import judge_last_run
    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.engine.session import SessionOnDemand
    from medallion_toolkit.report.gate import GateReport

    run = LocalRun.open(project, target, SessionOnDemand(project / ".medallion"))
    return GateReport(run.project.bundle.target, judge_last_run(run, layer), project)


def _in_workspace(project: Path, target: str, layer: str | None) -> GateReport:
    from medallion_toolkit.deployment.gating import judge_in_workspace
    from medallion_toolkit.report.gate import GateReport

    return GateReport(target, judge_in_workspace(project, target, layer), project, "workspace")
