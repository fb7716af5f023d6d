"""`medallion contract`: contracts shown merged, rewritten, compared, exchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

contract = typer.Typer(name="contract", help="Show, rewrite, compare and exchange contracts.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Table of the contract: silver.orders, or orders.")]
Names = Annotated[list[str] | None, typer.Argument(help="Tables: silver.orders, or orders; all without one.")]
Project = Annotated[Path, typer.Option(help="Project folder.")]
Json = Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")]


@contract.command("show")
def show(
    name: Name,
    project: Project = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose overlays to lay over it: a target of databricks.yml.")] = None,
    json: Json = False,
) -> None:
    """Print a contract with defaults and overlays merged, and where each value came from."""
    with reported(json, project):
        from medallion_toolkit.contracts import showing

        result = showing.show(project, name, vars)
        print_json(result.as_dict()) if json else typer.echo(result.as_text())


@contract.command("fmt")
def fmt(
    names: Names = None,
    project: Project = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when a file is in the long form.")
    ] = False,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the short form instead of writing it.")] = False,
    json: Json = False,
) -> None:
    """Rewrite contracts of the long form to the short form; comments stay, the meaning is checked to be the same."""
    with reported(json, project):
        from medallion_toolkit.contracts import rewriting

        result = rewriting.rewrite(project, names or (), writes=not (check or stdout))
        print_json(result.as_dict()) if json else typer.echo(result.as_text(with_files=stdout))
        if check and not result.is_short:
            raise typer.Exit(1)
