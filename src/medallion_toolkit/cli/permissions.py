"""`medallion permissions`: what an administrator runs before the first deployment of a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.deployment.grants import Granted


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
        print_json({"target": target, "statements": [{**asdict(one), "later": one.is_later} for one in found]})
    else:
        typer.echo("\n".join([f"workspace · target {target}", *_outcomes(found, target)]))
    if any(one.refused and not one.is_later for one in found):
        raise typer.Exit(1)


def _outcomes(found: Sequence[Granted], target: str) -> Iterator[str]:
    for one in found:
        yield f"{'later' if one.is_later else 'refused' if one.refused else 'done':<8} {one.statement}"
        if one.refused:
            yield f"         {one.refused}"
    if any(one.is_later for one in found):
        yield f"after the first deployment: medallion permissions -t {target} --apply"
