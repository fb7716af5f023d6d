"""Run statements, above all the permission script, through a target's SQL warehouse as the person signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.permissions import permission_script, prepare_access
from medallion_toolkit.deployment.warehouse import open_warehouse
from medallion_toolkit.deployment.workspace import SignedIn, sign_in
from medallion_toolkit.errors import WorkspaceError

_STATEMENT = re.compile(r"(?:CREATE CATALOG IF NOT EXISTS|GRANT)\b[^;]*;")
_OF_BUNDLE = re.compile(r" ON (?:SCHEMA|VOLUME) ")
_NOT_THERE = re.compile(r"(?:SCHEMA|VOLUME)_(?:NOT_FOUND|DOES_NOT_EXIST)|does not exist")


@dataclass(frozen=True)
class Granted:
    """A statement, and why the workspace refused it; None when it was run."""

    statement: str
    refused: str | None = None

    @property
    def is_later(self) -> bool:
        """Whether it only waits for the first deployment, which makes the schema or volume that it speaks of.

        >>> Granted("GRANT SELECT ON SCHEMA a.b TO `c`", "[SCHEMA_NOT_FOUND] a.b cannot be found").is_later
        True
        """
        return bool(self.refused and _OF_BUNDLE.search(self.statement) and _NOT_THERE.search(self.refused))


def apply_permissions(project: Path, target: str, deployer: str | None = None) -> tuple[Granted, ...]:
    """Every statement of the script with its outcome; running all of them twice changes nothing."""
    return run_statements(sign_in(project, target), permission_statements(project, target, deployer))


def permission_statements(project: Path, target: str, deployer: str | None = None) -> tuple[str, ...]:
    """The statements of the script of a target, in their order."""
    return tuple(script_statements(permission_script(prepare_access(project, target, deployer))))


def run_statements(signed_in: SignedIn, statements: Sequence[str]) -> tuple[Granted, ...]:
    """Run statements one by one through the target's SQL warehouse.

    A refused one does not stop the others: what needs an administrator is told, the rest is done.
    """
    warehouse = open_warehouse(signed_in.client, signed_in.bundle)
    found = []
    for statement in statements:
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
