"""`medallion clean`: forget local tables and their progress."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.engine.cleaning import Cleaning


def clean(
    names: Annotated[list[str] | None, typer.Argument(help="Datasets to forget: silver.orders.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that local runs have made.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    json: Annotated[bool, typer.Option("--json", help="What goes as JSON on stdout; removed only with --yes.")] = False,
) -> None:
    """Say what removing local state means, ask, and remove it. Never touches anything outside .medallion."""
    with reported(json, project):
        from medallion_toolkit.engine.cleaning import plan_cleaning, remove
        from medallion_toolkit.engine.lock import hold_lock
        from medallion_toolkit.engine.store import Store
        from medallion_toolkit.graph.project import load_project
        from medallion_toolkit.report.cleaning import cleaning_as_json, cleaning_as_text

        state = project / ".medallion"
        if not state.is_dir():
            print_json({"removed": False, "bytes": 0, "parts": [], "kept": []}) if json else typer.echo(
                "There is nothing to remove: no run has been here yet."
            )
            return
        with hold_lock(state, patience=0):
            store = Store.open(state)
            opened = load_project(project, vars, exists=store.exists)
            chosen = bool(names or every)
            found = plan_cleaning(store, opened, names or (), every or not chosen)
            if not json:
                typer.echo(cleaning_as_text(found))
            removed = chosen and bool(found.parts) and _agreed(found, yes, json, names or ())
            if removed:
                remove(found)
            if json:
                print_json(cleaning_as_json(found, removed))
            elif removed:
                typer.echo("removed")
            elif not chosen:
                typer.echo("next: medallion clean NAME…, or medallion clean --all")


def _agreed(found: Cleaning, yes: bool, json: bool, names: list[str] | tuple[str, ...]) -> bool:
    from medallion_toolkit.errors import UsageError

    if yes or json:
        return yes
    if not sys.stdin.isatty():
        raise UsageError(
            "MED455",
            "nobody is there to be asked, so nothing was removed",
            next=f"medallion clean {' '.join(names) or '--all'} --yes",
        )
    return typer.confirm(f"Remove {len(found.parts)} parts?")
