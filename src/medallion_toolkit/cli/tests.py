"""`medallion test`: the YAML tests of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def run_project_tests(
    name: Annotated[str | None, typer.Argument(help="Only this table, layer or file: silver.orders.")] = None,
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    text: Annotated[str | None, typer.Option("-k", metavar="TEXT", help="Only tests with this in their name.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the results as JUnit XML too.")] = None,
    create: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write a test of this dataset from rows of the last local run.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Run the tests in tests/<layer>/<table>.yml: rows in, rows out."""
    with reported(json, project):
        if create is not None:
            _create(create, project, vars, json)
            return
        from medallion_toolkit.testing.session import run_tests, test_lines, tests_as_json

        results = run_tests(project, vars, name, lambda line: typer.echo(line, err=True), text)
        if junit is not None:
            from medallion_toolkit.testing.junit import write_junit

            write_junit(results.cases, results.seconds, junit)
        if json:
            print_json(tests_as_json(results))
        else:
            typer.echo("\n".join(test_lines(results)))
        if not all(result.ok for result in results.cases):
            raise typer.Exit(1)


def _create(name: str, project: Path, target: str | None, json: bool) -> None:
    from dataclasses import asdict

    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.engine.session import SessionOnDemand
    from medallion_toolkit.testing.creating import create_test

    made = create_test(LocalRun.open(project, target, SessionOnDemand(project / ".medallion")), name)
    if json:
        print_json(asdict(made))
        return
    masked = f"; masked: {', '.join(made.masked)}" if made.masked else ""
    typer.echo(f"{made.path}: {made.name} ({made.given} rows given, {made.expected} expected{masked})")
