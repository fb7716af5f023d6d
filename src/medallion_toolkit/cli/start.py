"""`medallion start`: a new run of a deployed job, or a new update of deployed pipelines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
    from medallion_toolkit.deployment.updates.job_following import JobRun
    from medallion_toolkit.deployment.workspace import SignedIn


def start(
    target: Annotated[str, typer.Option("-t", "--target", help="Whose job or pipelines.")],
    key: Annotated[
        str | None, typer.Argument(help="Key of a job or of one pipeline; default: all pipelines, in their order.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask in a production target.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow it to its end.")] = False,
    heal: Annotated[bool, typer.Option("--heal", help="With --watch: do what is safe about a failed update.")] = False,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Start a job or the pipelines of a target; a production target is asked about first. Never a full refresh."""
    with reported(json, project):
        from medallion_toolkit.deployment.workspace import sign_in

        signed_in = sign_in(project, target)
        if key is not None and key in signed_in.bundle.jobs:
            _refuse_healing(target, key, heal)
            ended = _job(signed_in, key, yes, watch, json)
        else:
            ended = _pipelines(signed_in, key, yes, watch, heal, project, json)
        if json:
            print_json({"target": target, "started": ended})
        elif not ended:
            typer.echo(f"workspace · target {target}\nnothing to start: no pipeline makes a dataset")
        if not all(one.get("ok", True) for one in ended):
            raise typer.Exit(1)


def _refuse_healing(target: str, job: str, heal: bool) -> None:
    from medallion_toolkit.errors import UsageError

    if heal:
        raise UsageError(
            "MED710",
            f"a run of the job {job} is not healed, its tasks are tried again by the platform",
            found="--heal",
            expected="--heal with pipelines",
            next=f"medallion start -t {target} --watch --heal",
        )


def _job(signed_in: SignedIn, key: str, yes: bool, watch: bool, json: bool) -> list[dict[str, object]]:
    """The run that was started; none while the pipelines it starts make nothing."""
    from medallion_toolkit.deployment.updates.job_following import follow_job, start_job
    from medallion_toolkit.deployment.updates.success import has_datasets
    from medallion_toolkit.graph.project import project_of

    job, graph = signed_in.bundle.jobs[key], project_of(signed_in.bundle)
    is_empty = not any(has_datasets(graph, one.key) for one in signed_in.bundle.pipelines)
    if is_empty and "pipeline_task" in str(job.get("tasks")):
        return []
    target, name = signed_in.bundle.target, str(job["name"])
    _confirm(signed_in, name, yes)
    run = start_job(signed_in, key)
    started: dict[str, object] = {"job": key, "name": name, "run": run}
    if not watch:
        typer.echo(f"started {name}, run {run}   next: medallion status -t {target}", err=json)
        return [started]
    typer.echo(f"workspace · target {target} · {name} · run {run}", err=json)
    ended = follow_job(signed_in, key, run, _teller(), time.sleep)
    if not json:
        typer.echo("\n".join(ended.lines()))
    return [{**started, **ended.as_dict()}]


def _pipelines(
    signed_in: SignedIn, key: str | None, yes: bool, watch: bool, heal: bool, project: Path, json: bool
) -> list[dict[str, object]]:
    """The updates that were started, one after the other as long as they complete."""
    from medallion_toolkit.cli.watching import followed
    from medallion_toolkit.deployment.updates.running import start_update
    from medallion_toolkit.deployment.updates.telling import attempts_json

    target = signed_in.bundle.target
    picked = _picked(signed_in, key)
    if picked:
        _confirm(signed_in, ", ".join(one.name for one in picked), yes)
    ended: list[dict[str, object]] = []
    for one in picked:
        update = start_update(signed_in, one)
        attempts = followed(signed_in, one, update, project, heal, json) if watch else ()
        if not watch and not json:
            typer.echo(f"started {one.name}   next: medallion watch -t {target} {one.key}")
        told = attempts_json(target, attempts) if attempts else {}
        ended.append({"pipeline": one.key, "name": one.name, "update": update, **told})
        if told and not told["ok"]:
            break
    return ended


def _picked(signed_in: SignedIn, key: str | None) -> tuple[DeployedPipeline, ...]:
    """The pipeline of that key, or all that make anything, each after those whose tables it reads."""
    from medallion_toolkit.deployment.updates.deployed import chosen, deployed_pipelines
    from medallion_toolkit.deployment.updates.success import has_datasets
    from medallion_toolkit.graph.order import pipeline_order
    from medallion_toolkit.graph.project import project_of

    project = project_of(signed_in.bundle)
    deployed = deployed_pipelines(signed_in)
    picked = (chosen(deployed, key, signed_in.bundle.jobs),) if key else deployed
    making = {one.key: one for one in picked if has_datasets(project, one.key)}
    return tuple(making[one] for one in pipeline_order(project.graph, project.depends) if one in making)


def _confirm(signed_in: SignedIn, what: str, yes: bool) -> None:
    if signed_in.bundle.mode == "production" and not yes:
        typer.confirm(f"Start {what} in target {signed_in.bundle.target}?", abort=True, err=True)


def _teller() -> Callable[[JobRun], None]:
    """A line on stderr for each task whose state changes."""
    seen: dict[str, str] = {}

    def tell(run: JobRun) -> None:
        for task in run.tasks:
            if not run.has_ended and seen.get(task.key, "PENDING") != task.state:
                sys.stderr.write(f"  {task.key}  {task.state}\n")
            seen[task.key] = task.state

    return tell
