"""`medallion new`: a ready project from the template, without the Databricks CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def new(
    name: Annotated[
        str | None, typer.Argument(help="Name of the project; the same as --set project_name=NAME.")
    ] = None,
    output_dir: Annotated[Path, typer.Option(help="Where the project's folder is made.")] = Path(),
    config_file: Annotated[
        Path | None, typer.Option(help="JSON file with answers, as for `databricks bundle init`.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="An answer; may be repeated.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Create a project: the same files as `databricks bundle init`, every prompt answered by its default."""
    with reported(json):
        from medallion_toolkit.scaffold.project import create_project
        from medallion_toolkit.scaffold.prompts import read_pairs

        given = read_pairs(set_ or [])
        made = create_project(output_dir, given if name is None else {**given, "project_name": name}, config_file)
        if json:
            print_json(made.as_dict())
        else:
            typer.echo(made.message.strip("\n"))
