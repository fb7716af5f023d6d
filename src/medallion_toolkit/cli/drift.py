"""`medallion drift`: what a workspace has otherwise than its code, or one target otherwise than another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, print_markdown, reported

if TYPE_CHECKING:
    from medallion_toolkit.deployment.drift.model import DriftReport


def drift(
    first: Annotated[str | None, typer.Argument(help="A target to compare another one with.")] = None,
    second: Annotated[str | None, typer.Argument(help="The other target.")] = None,
    target: Annotated[str | None, typer.Option("-t", "--target", help="Compare its workspace with its code.")] = None,
    adopt: Annotated[bool, typer.Option("--adopt", help="Write the differences into the working tree.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    markdown: Annotated[bool, typer.Option("--markdown", help="A summary for an issue or a job page.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say what differs: with -t workspace and code, with two targets their releases and tables. Reads only."""
    with reported(json, project):
        from medallion_toolkit.deployment.drift.telling import adoption_text, as_json, as_markdown, as_text

        report = _compared(project, first, second, target, adopt)
        adoption = None
        if adopt and target:
            from medallion_toolkit.deployment.drift.adopting import adopt as write_back

            adoption = write_back(project, target, report)
        if json:
            print_json(as_json(report, adoption))
        else:
            print_markdown(as_markdown(report)) if markdown else typer.echo(as_text(report))
            if adoption:
                typer.echo(adoption_text(adoption))
        if adoption.left if adoption else report.differences:
            raise typer.Exit(1)


def _compared(project: Path, first: str | None, second: str | None, target: str | None, adopt: bool) -> DriftReport:
    from medallion_toolkit.errors import UsageError

    if target and first is None:
        from medallion_toolkit.deployment.drift.workspace import drift_of

        return drift_of(project, target)
    if first and second and target is None and not adopt:
        from medallion_toolkit.deployment.drift.environments import drift_between

        return drift_between(project, first, second)
    raise UsageError(
        "MED752",
        "drift compares one workspace with its code, or two targets",
        expected="medallion drift -t TARGET [--adopt], or medallion drift TARGET TARGET",
    )
