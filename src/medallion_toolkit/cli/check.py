"""`medallion check`: what a changed contract means for the rows that are there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, print_markdown, reported


def check(
    name: Annotated[
        str | None, typer.Argument(help="Table of a contract: silver.orders. Default: all changed.")
    ] = None,
    base: Annotated[str | None, typer.Option(metavar="REV", help="Git revision to compare with; default HEAD.")] = None,
    target: Annotated[str | None, typer.Option("-t", "--target", help="Ask the rows of this target.")] = None,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Also say how many quarantined rows would pass now.")
    ] = False,
    examples: Annotated[int, typer.Option(min=0, help="At most so many rows for each rule.")] = 5,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The same for the summary of a CI job.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Judge the rows that are there by the contract as it was and as it is now. Writes nothing."""
    with reported(json, project):
        from medallion_toolkit.checking.running import Question, check_local, check_target
        from medallion_toolkit.engine.session import SessionOnDemand

        question = Question(name, base, quarantined, examples)
        if target is not None:
            result = check_target(project, target, question)
        else:
            result = check_local(project, vars, SessionOnDemand(project / ".medallion"), question)
        if json:
            print_json(result.as_dict())
        elif markdown:
            print_markdown(f"```\n{result.as_text()}\n```")
        else:
            typer.echo(result.as_text())
        if result.is_missed:
            raise typer.Exit(1)
