"""What `start`, `watch` and `retry` share: follow an update, show it, end with its verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from medallion_toolkit.cli.output import print_json

if TYPE_CHECKING:
    from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
    from medallion_toolkit.deployment.updates.progress import UpdateProgress
    from medallion_toolkit.deployment.updates.running import Attempt
    from medallion_toolkit.deployment.workspace import SignedIn


def follow_to_the_end(
    signed_in: SignedIn, pipeline: DeployedPipeline, update: str, root: Path, heal: bool, json: bool
) -> None:
    """Show the update until it ends; Exit 1 when it did not complete."""
    from medallion_toolkit.deployment.updates.telling import attempts_json

    attempts = followed(signed_in, pipeline, update, root, heal, json)
    if json:
        print_json(attempts_json(signed_in.bundle.target, attempts))
    if attempts[-1].progress.state != "COMPLETED":
        raise typer.Exit(1)


def followed(
    signed_in: SignedIn, pipeline: DeployedPipeline, update: str, root: Path, heal: bool, json: bool
) -> tuple[Attempt, ...]:
    """Every attempt, shown as text unless JSON is wanted: what is done about it before it is done."""
    from medallion_toolkit.deployment.updates.running import Watch
    from medallion_toolkit.deployment.updates.telling import progress_text

    if not json:
        typer.echo(f"workspace · target {signed_in.bundle.target} · {pipeline.name} · update {update}")
    attempts = []
    for one in Watch(signed_in, pipeline, _teller(json), root).run(update, heal):
        attempts.append(one)
        if not json:
            typer.echo("\n".join([progress_text(one.progress), *_heal_lines(one)]))
    return tuple(attempts)


def _heal_lines(attempt: Attempt) -> Iterator[str]:
    if attempt.treatment:
        yield f"  heal   {attempt.treatment.does or 'nothing'}: {attempt.treatment.why}"
        yield from (f"         {statement}" for statement in attempt.treatment.statements)


def _teller(json: bool) -> Callable[[UpdateProgress], None]:
    """A line for each change of state; on a terminal one line that counts datasets in between."""
    seen: list[str] = []

    def tell(progress: UpdateProgress) -> None:
        if json:
            return
        if progress.state not in seen[-1:]:
            seen.append(progress.state)
            sys.stderr.write(f"  {progress.state}\n")
        elif sys.stderr.isatty():
            done = sum(one.status == "COMPLETED" for one in progress.datasets.values())
            sys.stderr.write(f"\r  {progress.state}  {done} of {len(progress.datasets)} datasets\x1b[K\r")

    return tell
