"""`medallion permissions`: what an administrator runs before the first deployment of a target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def permissions(
    target: Annotated[str, typer.Option("-t", "--target", help="The target to prepare.")],
    deployer: Annotated[
        str | None, typer.Option(help="Who deploys; default: the target's run_as, else who is signed in.")
    ] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    apply: Annotated[
        bool, typer.Option("--apply", help="Run the statements through the SQL warehouse, as you.")
    ] = False,
    federation: Annotated[
        str | None,
        typer.Option(metavar="OWNER/REPO", help="Print how a GitHub repository signs in without a secret instead."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Print the SQL that makes the catalog and grants what deploying and running need; --apply runs it."""
    with reported(json, project):
        if federation is not None:
            _federation(project, target, federation, deployer, json)
            return
        if apply:
            _apply(project, target, deployer, json)
            return
        from medallion_toolkit.deployment.permissions import permission_script, prepare_access

        access = prepare_access(project, target, deployer)
        if json:
            print_json(access.as_dict())
        else:
            typer.echo(permission_script(access), nl=False)


def _federation(project: Path, target: str, repository: str, deployer: str | None, json: bool) -> None:
    from medallion_toolkit.deployment.federation import federation_of

    found = federation_of(project, target, repository, deployer)
    print_json(found.as_dict()) if json else typer.echo(found.script(), nl=False)


def _apply(project: Path, target: str, deployer: str | None, json: bool) -> None:
    from dataclasses import asdict

    from medallion_toolkit.deployment.grants import apply_permissions

    found = apply_permissions(project, target, deployer)
    if json:
        print_json({"target": target, "statements": [asdict(one) for one in found]})
    else:
        lines = [f"{'refused' if one.refused else 'done':<8} {one.statement}" for one in found]
        refused = [f"         {one.refused}" if one.refused else "" for one in found]
        pairs = [line for pair in zip(lines, refused, strict=True) for line in pair if line]
        typer.echo("\n".join([f"workspace · target {target}", *pairs]))
    if any(one.refused for one in found):
        raise typer.Exit(1)
