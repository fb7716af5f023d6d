"""What the job's SQL files share: heads, schemas one after the other, text that SQL puts together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import indent

LAYERS = ("bronze", "silver", "gold")


def heading(about: str) -> str:
    """The first lines of a file that a command writes."""
    return f"-- {about}\n-- Written from contracts/ by: medallion generate   (edits are overwritten)\n"


def given(parameter: str) -> str:
    """The variable that holds a job parameter inside a block."""
    return f"given_{parameter}"


def script(statements: Iterable[str], variables: Sequence[str] = ()) -> str:
    """Statements in one BEGIN … END block that may put together a `statement`, with variables of their own.

    Parameters are taken into variables first: not every clause of a block can read a parameter.
    """
    body = "\n".join(statements)
    parameters = sorted(set(re.findall(r"\bgiven_(\w+)", body)))
    declared = [f"DECLARE {name} STRING;" for name in ("statement", *variables, *map(given, parameters))]
    taken = [f"SET {given(name)} = :{name};" for name in parameters]
    return "BEGIN\n" + indent("\n".join((*declared, *taken, body)), "    ") + "\nEND;\n"


def run_text(expression: str) -> str:
    """Run a statement whose text SQL puts together, where IDENTIFIER is not allowed."""
    return f"SET statement = {expression};\nEXECUTE IMMEDIATE statement;"


def text(value: str) -> str:
    """A SQL literal that keeps its line breaks."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted_name(expression: str) -> str:
    """SQL for a name in back quotes, whatever the expression's text has in it."""
    return f"'`' || replace({expression}, '`', '``') || '`'"


def quoted_text(expression: str) -> str:
    """SQL for a literal with the expression's text."""
    return f"'\\'' || replace(replace({expression}, '\\\\', '\\\\\\\\'), '\\'', '\\\\\\'') || '\\''"
