"""`medallion plan`: what a change does to tables, checkpoints and readers, before anything is deployed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def plan(
    base: Annotated[str, typer.Option(help="Git revision to compare with.")] = "main",
    deployed: Annotated[
        bool, typer.Option("--deployed", help="Compare with the release that runs in the target, -t says which.")
    ] = False,
    target: Annotated[str | None, typer.Option("-t", "--target", help="With --deployed: whose release.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="Agree to a dataset's effect, or to an effect: 'full refresh needed'.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="A comment for a pull request.")] = False,
    comment: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write that comment to a file too, for `medallion comment`.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Say what the change since a revision does to each dataset. Contacts nothing without -t, starts no Spark."""
    with reported(json, project):
        from medallion_toolkit.errors import UsageError
        from medallion_toolkit.plan.comment import as_markdown
        from medallion_toolkit.plan.loading import plan_since
        from medallion_toolkit.plan.telling import as_json, as_text

        if deployed != (target is not None):
            raise UsageError(
                "MED738",
                "--deployed and -t belong together",
                found="--deployed" if deployed else f"-t {target}",
                next="medallion plan --deployed -t TARGET, or medallion plan --base REV --vars TARGET",
            )
        now, where = None, "local · variables of"
        if target is not None:
            from medallion_toolkit.deployment.releases.since import plan_since_release

            now, where = plan_since_release(project, target, tuple(allow or ())), "workspace ·"
        found = now.consequences if now else plan_since(project, base, vars, tuple(allow or ()))
        if comment is not None:
            comment.parent.mkdir(parents=True, exist_ok=True)
            comment.write_text(as_markdown(found), encoding="utf-8")
        if json:
            print_json({**as_json(found), **({"workspace": [asdict(one) for one in now.resources]} if now else {})})
        else:
            typer.echo(as_markdown(found) if markdown else f"{where} target {found.target}\n{as_text(found)}")
            typer.echo("\n".join(["", *now.lines()]) if now and not markdown else "", nl=bool(now and not markdown))
        if found.refused:
            raise typer.Exit(1)
