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
    validate_only: Annotated[bool, typer.Option(help="Check files, graph and contracts; run nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Run the pipelines here, on the files of the mapped folders."""
    with reported(json, project):
        if validate_only:
            _validate(project, vars, json)
            return
        from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.report.as_json import run_as_json
        from medallion_toolkit.report.console import Progress, summary
        from medallion_toolkit.report.from_run import report_of
        from medallion_toolkit.report.html import write_report
        from medallion_toolkit.report.past_runs import save_run

        progress = Progress()
        opened = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion", progress.starting))
        if not opened.project.graph.nodes:
            text = "There is nothing to run yet: no pipeline has a dataset. Next: add sql/bronze/<table>.sql"
            print_json({"ok": True, "datasets": [], "message": text}) if json else typer.echo(text)
            return
        result = run_project(opened, RunOptions(pipeline, _names(select), _names(full_refresh)), progress)
        report = report_of(opened, result)
        write_report(report, opened.store.report())
        document = run_as_json(opened.project, result)
        save_run(opened.store.runs(), document)
        if json:
            print_json(document)
        else:
            typer.echo(summary(opened.project, result, str(project / ".medallion" / "report.html")))
        if not result.ok:
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
