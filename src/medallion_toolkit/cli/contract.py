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


@contract.command("diff")
def diff(
    revision: Annotated[str, typer.Argument(help="A branch, tag or commit: main, HEAD~1, v1.2.")],
    names: Names = None,
    project: Project = Path(),
    vars: Annotated[str | None, typer.Option(help="Compare as contracts hold in this target.")] = None,
    json: Json = False,
) -> None:
    """Compare contracts with a git revision: what changed, whom it breaks, what to do. Exit 1 when it breaks one."""
    with reported(json, project):
        from medallion_toolkit.contracts import diffing

        result = diffing.compare(project, revision, names or (), vars)
        print_json(result.as_dict()) if json else typer.echo(result.as_text())
        if result.breaking:
            raise typer.Exit(1)


@contract.command("export")
def export(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="The format: odcs, the Open Data Contract Standard v3.1.")] = "odcs",
    project: Project = Path(),
    vars: Annotated[str | None, typer.Option(help="Export as the contract holds in this target.")] = None,
    json: Json = False,
) -> None:
    """Print a contract in another format; what has no standard place there is noted on stderr."""
    with reported(json, project):
        from medallion_toolkit.contracts import exchange

        _refuse_other_formats(to)
        result = exchange.export(project, name, vars)
        print_json(result.as_dict()) if json else typer.echo(result.text, nl=False)
        for note in () if json else result.notes:
            typer.echo(f"note: {note}", err=True)


@contract.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A document of the Open Data Contract Standard v3, YAML or JSON.")],
    project: Project = Path(),
    layer: Annotated[str | None, typer.Option(help="Layer of the tables; default: what the document says.")] = None,
    source: Annotated[str | None, typer.Option("--from", help="The view the table is made of.")] = None,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the contracts instead of writing them.")] = False,
    json: Json = False,
) -> None:
    """Write contracts from another format; never replaces a file, notes what is not taken over."""
    with reported(json, project):
        from medallion_toolkit.contracts import exchange

        result = exchange.read_document(project, file, layer, source)
        if not stdout:
            exchange.write_contracts(project, result)
        if json:
            print_json(result.as_dict())
        else:
            typer.echo("\n".join(result.files.values()) if stdout else result.as_text(), nl=not stdout)


def _refuse_other_formats(name: str) -> None:
    from medallion_toolkit.errors import UsageError

    if name != "odcs":
        raise UsageError("MED350", f"there is no format {name}", found=name, expected="odcs")
