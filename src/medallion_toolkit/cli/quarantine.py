"""`medallion quarantine`: which rows are open, why, and how they come back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.repair.model import Replayed, ReplayPlan
    from medallion_toolkit.repair.workspace import WorkspaceTables

app = typer.Typer(help="Quarantined rows: list, show, explain, replay.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="A table with a quarantine: silver.orders.")]
Folder = Annotated[Path, typer.Option("--project", help="Project folder.")]
Vars = Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")]
Json = Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")]
Unmasked = Annotated[bool, typer.Option("--unmasked", help="Show the values of classified columns too.")]
Target = Annotated[str | None, typer.Option("-t", "--target", help="In the workspace of this target.")]


@app.command("list")
def list_rows(target: Target = None, project: Folder = Path(), vars: Vars = None, json: Json = False) -> None:
    """Open rows by table, rule and source file. An open row's newest attempt has reasons."""
    with reported(json, project):
        from dataclasses import asdict

        from medallion_toolkit.repair import local, workspace
        from medallion_toolkit.repair.text import open_rows_text

        if target is None:
            found = local.list_open(_opened(project, vars, json))
        else:
            with _signed_in(project, target, json) as tables:
                found = workspace.list_open(tables)
        print_json([asdict(one) for one in found]) if json else typer.echo(open_rows_text(found))
        if found:
            raise typer.Exit(1)


@app.command()
def show(
    name: Name,
    rule: Annotated[str | None, typer.Option(help="Only rows that fail this rule.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 20,
    unmasked: Unmasked = False,
    target: Target = None,
    project: Folder = Path(),
    vars: Vars = None,
    json: Json = False,
) -> None:
    """Open rows as they came, with their reasons; values of classified columns are hidden."""
    with reported(json, project):
        from medallion_toolkit.repair import inspection, workspace_rows
        from medallion_toolkit.report.rows import rows_as_json, rows_as_text

        if target is None:
            rows = inspection.show_rows(_opened(project, vars, json), name, rule, limit, unmasked)
        else:
            with _signed_in(project, target, json) as tables:
                rows = workspace_rows.show_rows(tables, name, rule, limit, unmasked)
        print_json(rows_as_json(rows)) if json else typer.echo(rows_as_text(rows))


@app.command()
def explain(
    name: Name,
    row: Annotated[str, typer.Argument(metavar="ROW_ID", help="Its _row_id, or the first characters of it.")],
    unmasked: Unmasked = False,
    target: Target = None,
    project: Folder = Path(),
    vars: Vars = None,
    json: Json = False,
) -> None:
    """The way of one row: bronze, present query, each rule, every attempt, where it is now."""
    with reported(json, project):
        from dataclasses import asdict

        from medallion_toolkit.repair import inspection, workspace_rows
        from medallion_toolkit.repair.text import journey_text

        if target is None:
            found = inspection.journey(_opened(project, vars, json), name, row, unmasked)
        else:
            with _signed_in(project, target, json) as tables:
                found = workspace_rows.journey(tables, name, row, unmasked)
        print_json(asdict(found)) if json else typer.echo(journey_text(found))


@app.command()
def replay(
    name: Name,
    target: Target = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Replay without asking; here and in development targets only.")
    ] = False,
    project: Folder = Path(),
    vars: Vars = None,
    json: Json = False,
) -> None:
    """Say what a replay would do, ask, and bring open rows back with the present query, rules and corrections."""
    with reported(json, project):
        if target is None:
            _replay_here(name, yes, project, vars, json)
        else:
            _replay_there(name, target, yes, project, json)


def _replay_here(name: str, yes: bool, project: Path, vars: str | None, json: bool) -> None:
    from medallion_toolkit.engine.lock import hold_lock
    from medallion_toolkit.repair import local

    run = _opened(project, vars, json)
    with hold_lock(run.store.root):
        plan = local.plan_replay(run, name)
        agreed = _agreed(plan, name, yes, json)
        done = local.replay(project, run, plan) if agreed else None
    _tell(plan, done, json, "medallion run   (what reads it in other pipelines)")


def _replay_there(name: str, target: str, yes: bool, project: Path, json: bool) -> None:
    from medallion_toolkit.repair import workspace

    with _signed_in(project, target, json) as tables:
        plan = workspace.plan_replay(tables, name)
        confirms = tables.bundle.mode != "development"
        agreed = _agreed(plan, f"{name} -t {target}", yes and not confirms, json, confirms)
        done = workspace.replay(tables, plan) if agreed else None
    _tell(plan, done, json, f"databricks bundle run daily -t {target}   (what reads it in other pipelines)")


def _agreed(plan: ReplayPlan, name: str, yes: bool, json: bool, confirms: bool = False) -> bool:
    """Show the plan and ask, unless there is nothing to do; where a person `confirms`, --yes does not help."""
    from medallion_toolkit.errors import UsageError
    from medallion_toolkit.repair.text import plan_text

    if not json:
        typer.echo(plan_text(plan))
    if plan.is_empty or yes or json:
        return yes and not plan.is_empty
    if not sys.stdin.isatty():
        raise UsageError(
            "MED377",
            "nobody is there to be asked, so nothing was replayed",
            help="outside of development targets a person confirms the plan",
            next=f"medallion quarantine replay {name}{'   (at a terminal)' if confirms else ' --yes'}",
        )
    return typer.confirm("Replay?")


def _tell(plan: ReplayPlan, done: Replayed | None, json: bool, following: str) -> None:
    from dataclasses import asdict

    from medallion_toolkit.repair.text import replayed_text

    if json:
        print_json({"plan": asdict(plan), "replayed": asdict(done) if done else None})
    elif done is not None:
        typer.echo(f"{replayed_text(done)}\nnext: {following}")
    if done is not None and not done.ok:
        raise typer.Exit(1)


@contextmanager
def _signed_in(project: Path, target: str, json: bool) -> Iterator[WorkspaceTables]:
    from medallion_toolkit.deployment.warehouse import open_warehouse
    from medallion_toolkit.deployment.workspace import asked, sign_in
    from medallion_toolkit.graph.project import load_project
    from medallion_toolkit.repair.workspace import WorkspaceTables

    signed_in = sign_in(project, target)
    if not json:
        typer.echo(f"workspace of target {target} · {signed_in.me.user_name}")
    with asked("answer about quarantined rows"):
        client, bundle = signed_in.client, signed_in.bundle
        opened = load_project(project, target, exists=lambda _: True)
        yield WorkspaceTables(client, bundle, opened, open_warehouse(client, bundle).rows)


def _opened(project: Path, vars: str | None, json: bool) -> LocalRun:
    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.engine.session import SessionOnDemand

    run = LocalRun.open(project, vars, SessionOnDemand(project / ".medallion"))
    if not json:
        typer.echo(f"local · variables of target {run.project.bundle.target}")
    return run
