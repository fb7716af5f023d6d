"""`medallion rules`: what a contract may ask and normalize, and the examples of the project's own rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def rules(
    name: Annotated[str | None, typer.Argument(help="A rule: all about it. Default: every rule in a line.")] = None,
    patterns: Annotated[bool, typer.Option("--patterns", help="List the patterns of normalization instead.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Run the examples of this project's own rules and patterns.")
    ] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """List the rules a contract may use, the project's own first. Only --check starts Spark."""
    with reported(json, project):
        if check:
            from medallion_toolkit.engine.session import SessionOnDemand
            from medallion_toolkit.rules.checking import check_own_rules

            checked = check_own_rules(project, SessionOnDemand(project / ".medallion"))
            print_json(checked.as_dict()) if json else typer.echo(checked.as_text())
            if checked.wrong:
                raise typer.Exit(1)
            return
        from medallion_toolkit.rules.listing import list_patterns, list_rules

        found = list_patterns(project) if patterns else list_rules(project, name)
        print_json(found.as_dict()) if json else typer.echo(found.as_text())
