"""What every command shares: results on stdout, errors on stderr, the exit code of the error."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from medallion_toolkit.errors import MedallionError, Problems, render_error


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, default=str, ensure_ascii=False) + "\n")


def print_markdown(text: str) -> None:
    """Markdown on stdout, and in the summary of the job where a CI system has one (GITHUB_STEP_SUMMARY)."""
    sys.stdout.write(text.rstrip("\n") + "\n")
    add_to_summary(text)


def add_to_summary(text: str) -> bool:
    """Whether the CI system has a summary, which now ends with the text."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(text.rstrip("\n") + "\n\n")
    return bool(file)


@contextmanager
def reported(as_json: bool, root: Path | None = None) -> Iterator[None]:
    """Turn a MedallionError into its text (stderr) or JSON (stdout) and its exit code."""
    try:
        yield
    except MedallionError as error:
        if as_json:
            found = error.errors if isinstance(error, Problems) else (error,)
            print_json({"errors": [each.as_dict() for each in found]})
        else:
            sys.stderr.write(render_error(error, root) + "\n")
        raise typer.Exit(error.exit_code) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.stderr.write(f"MED511 the disk is full: {error.filename or 'a file'} could not be written\n")
        raise typer.Exit(3) from None
