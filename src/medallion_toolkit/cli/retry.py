"""`medallion retry`: refresh what failed or was skipped in the newest update."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def retry(
    target: Annotated[str, typer.Option("-t", "--target", help="Whose pipelines.")],
    pipeline: Annotated[str | None, typer.Argument(help="Key of a pipeline; default: the one started last.")] = None,
    watch: Annotated[bool, typer.Option("--watch/--no-watch", help="Follow the new update to its end.")] = True,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Start a new update of the datasets that did not complete in the newest one; nothing else runs again."""
    with reported(json, project):
        from medallion_toolkit.cli.watching import follow_to_the_end
        from medallion_toolkit.deployment.updates.deployed import chosen, deployed_pipelines, newest_update
        from medallion_toolkit.deployment.updates.following import progress_now
        from medallion_toolkit.deployment.updates.running import start_update
        from medallion_toolkit.deployment.updates.selection import dataset_kinds, refreshable
        from medallion_toolkit.deployment.workspace import sign_in

        signed_in = sign_in(project, target)
        found = chosen(deployed_pipelines(signed_in), pipeline)
        progress = progress_now(signed_in.client, target, found.id, newest_update(found, target))
        if not progress.not_done:
            typer.echo(f"workspace · target {target} · nothing to retry: {found.name} {progress.state}", err=json)
            return
        kinds = dataset_kinds(signed_in.bundle, found.key)
        update = start_update(signed_in, found, refreshable(progress.not_done, kinds))
        if watch:
            follow_to_the_end(signed_in, found, update, project, False, json)
        elif json:
            print_json({"target": target, "pipeline": found.key, "update": update, "datasets": progress.not_done})
        else:
            typer.echo(f"workspace · target {target} · {len(progress.not_done)} datasets of {found.name} run again")
