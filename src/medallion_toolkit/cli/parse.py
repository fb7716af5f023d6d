"""`medallion parse`: what pipeline files say, statement by statement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported


def parse(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders, of this project or any other.")],
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Read pipeline SQL and Python: datasets, what they read, expectations, and errors with their place."""
    with reported(json):
        from medallion_toolkit.graph.python_survey import survey_python
        from medallion_toolkit.sql.survey import Survey, survey
        from medallion_toolkit.sql.survey_output import survey_as_dict, survey_as_text

        result = Survey((*survey(paths).files, *survey_python(paths)))
        print_json(survey_as_dict(result)) if json else typer.echo(survey_as_text(result))
        if result.errors:
            raise typer.Exit(1)
