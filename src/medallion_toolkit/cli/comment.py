"""`medallion comment`: one comment on a pull request, kept current instead of repeated."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import add_to_summary, print_json, reported


def comment(
    file: Annotated[Path, typer.Argument(help="Markdown, as `medallion plan --comment FILE` writes it.")],
    note: Annotated[str, typer.Option(help="A sentence below it: what was not checked.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Put a file into the job's summary and into the one comment of the pull request that this job is for.

    Without a pull request (on a laptop) it is printed; without the right to comment (a fork) the summary has it.
    """
    with reported(json):
        from medallion_toolkit.deployment.pull_request import comment_text, here, put_comment

        text = comment_text(file, note)
        in_summary = add_to_summary(text)
        done = put_comment(here(), text)
        if json:
            print_json({**asdict(done), "in_summary": in_summary})
            return
        if done.where is None and not in_summary:
            typer.echo(text)
        typer.echo(done.what, err=True)
