"""`medallion dev`: change files, see what becomes of the rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from medallion_toolkit.cli.output import reported

PAUSE = 0.05


def dev(
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    vars: Annotated[str | None, typer.Option(help="Whose variables to take: a target of databricks.yml.")] = None,
    json: Annotated[bool, typer.Option("--json", help="What happens as JSON, an object a line.")] = False,
) -> None:
    """Keep Spark warm and watch the files: each change runs what it touches, with its tests. q ends it."""
    with reported(json, project):
        import queue
        import time
        from concurrent.futures import ThreadPoolExecutor

        from medallion_toolkit.development.files import WatchedFiles
        from medallion_toolkit.development.keys import typed_on
        from medallion_toolkit.development.loop import Loop
        from medallion_toolkit.development.screen import JsonScreen, LineScreen, TerminalScreen
        from medallion_toolkit.development.state import Event
        from medallion_toolkit.development.work import Work
        from medallion_toolkit.engine.session import SessionOnDemand
        from medallion_toolkit.project.bundle import load_bundle

        load_bundle(project, vars)
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        files = WatchedFiles(project.absolute())
        worker = Work(project, vars, SessionOnDemand(project / ".medallion"), events.put, files.watch)
        is_drawn = sys.stdout.isatty() and not json
        screen = JsonScreen(sys.stdout) if json else (TerminalScreen if is_drawn else LineScreen)(sys.stdout)
        with ThreadPoolExecutor(1) as executor, typed_on(sys.stdin.fileno()) as keys:
            Loop(worker, files, keys, screen, executor, events, lambda: time.sleep(PAUSE)).run()
        if is_drawn:
            typer.echo("")
