"""`medallion run`: the project's pipelines on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def run(
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    pipeline: Annotated[str | None, typer.Option(help="Run only this pipeline.")] = None,
    select: Annotated[
        str, typer.Option(help="Datasets: NAME, +NAME with inputs, NAME+ with consumers, by comma.")
    ] = "",
    full_refresh: Annotated[str, typer.Option(help="Datasets to make anew, by comma; * for all.")] = "",
    files: Annotated[
        list[str] | None, typer.Option(help="A pipeline without a bundle: a glob of SQL and Python files; repeatable.")
    ] = None,
    conf: Annotated[
        list[str] | None, typer.Option(help="With --files: a setting KEY=VALUE, or KEY=./folder; repeatable.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Run also what has not changed since its last run.")] = False,
    validate_only: Annotated[bool, typer.Option(help="Check files, graph and contracts; run nothing.")] = False,
    explain_differences: Annotated[
        bool, typer.Option(help="List what is translated, refused or not shown here, with its place; run nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Run the pipelines here, on the files of the mapped folders."""
    with reported(json, project):
        _name_files(project, files or [], conf or [])
        if explain_differences:
            _explain_differences(project, vars, json)
            return
        if validate_only:
            _validate(project, vars, json)
            return
        _run(project, vars, pipeline, _names(select), _names(full_refresh), all, json)


def _run(
    folder: Path,
    target: str | None,
    pipeline: str | None,
    select: tuple[str, ...],
    full_refresh: tuple[str, ...],
    every: bool,
    json: bool,
) -> None:
    from medallion_toolkit.engine.lock import hold_lock
    from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
    from medallion_toolkit.engine.session import SessionOnDemand
    from medallion_toolkit.report.as_json import run_as_json
    from medallion_toolkit.report.console import Progress, summary
    from medallion_toolkit.report.from_run import report_of
    from medallion_toolkit.report.html import write_report
    from medallion_toolkit.report.past_runs import save_run

    progress = Progress()
    opened = LocalRun.open(folder, target, SessionOnDemand(folder / ".medallion", progress.starting))
    if not opened.project.graph.nodes:
        text = "There is nothing to run yet: no pipeline has a dataset. Next: add sql/bronze/<table>.sql"
        print_json({"ok": True, "datasets": [], "message": text}) if json else typer.echo(text)
        return
    with hold_lock(opened.store.root, progress.waiting):
        result = run_project(opened, RunOptions(pipeline, select, full_refresh, every), progress)
        if result.broken_off is not None:
            raise result.broken_off
        document = run_as_json(opened.project, result)
        if not result.is_unchanged:
            write_report(report_of(opened, result), opened.store.report())
            save_run(opened.store.runs(), document)
    if json:
        print_json(document)
    else:
        typer.echo(summary(opened.project, result, str(folder / ".medallion" / "report.html")))
    if not result.ok:
        raise typer.Exit(1)


def _name_files(folder: Path, files: list[str], conf: list[str]) -> None:
    from medallion_toolkit.project.without_bundle import chosen_files

    pipeline = chosen_files(folder, files, conf)
    if pipeline is not None:
        typer.echo(pipeline.headline, err=True)


def _explain_differences(folder: Path, target: str | None, json: bool) -> None:
    from medallion_toolkit.differences.project import project_differences
    from medallion_toolkit.differences.text import differences_as_dict, differences_as_text

    found = project_differences(folder, target)
    print_json(differences_as_dict(found)) if json else typer.echo(differences_as_text(found))
    if found.is_refused:
        raise typer.Exit(1)


def _validate(folder: Path, target: str | None, json: bool) -> None:
    from medallion_toolkit.engine.store import Store
    from medallion_toolkit.graph.project import load_project

    store = folder / ".medallion"
    found = load_project(folder, target, exists=Store.open(store).exists if store.exists() else None)
    names = sorted(found.display.values())
    if json:
        print_json({"target": found.bundle.target, "datasets": names, "errors": []})
    else:
        typer.echo(f"local · variables of target {found.bundle.target} · {len(names)} datasets and views: all good")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
