"""Run the permission script of a target through its SQL warehouse, statement by statement, as the person signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.permissions import permission_script, prepare_access
from medallion_toolkit.deployment.warehouse import open_warehouse
from medallion_toolkit.deployment.workspace import sign_in
from medallion_toolkit.errors import WorkspaceError

_STATEMENT = re.compile(r"(?:CREATE CATALOG IF NOT EXISTS|GRANT)\b[^;]*;")


@dataclass(frozen=True)
class Granted:
    """A statement of the script, and why the workspace refused it; None when it was run."""

    statement: str
    refused: str | None = None


def apply_permissions(project: Path, target: str, deployer: str | None = None) -> tuple[Granted, ...]:
    """Every statement with its outcome; running all of them twice changes nothing.

    A refused one does not stop the others: what needs an administrator is told, the rest is done.
    """
    signed_in = sign_in(project, target)
    warehouse = open_warehouse(signed_in.client, signed_in.bundle)
    found = []
    for statement in script_statements(permission_script(prepare_access(project, target, deployer))):
        try:
            warehouse.execute(statement)
            found.append(Granted(statement))
        except WorkspaceError as error:
            found.append(Granted(statement, error.found or error.message))
    return tuple(found)


def script_statements(script: str) -> Iterator[str]:
    """The statements of the script, without its comments.

    >>> list(script_statements("-- once;\\nGRANT USE CATALOG ON CATALOG a TO `b`;\\n"))
    ['GRANT USE CATALOG ON CATALOG a TO `b`']
    """
    lines = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
    for match in _STATEMENT.finditer(lines):
        yield match[0].rstrip(";")
