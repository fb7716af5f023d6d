"""`medallion upgrade`: the current template's helper modules, workflows and resources in a project made earlier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.scaffold.merging import Merged
    from medallion_toolkit.scaffold.upgrading import Upgrade


def upgrade(
    project: Annotated[Path, typer.Option(help="Project folder.")] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 when the project is behind.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")] = False,
) -> None:
    """Merge the current template into the project. SQL, contracts, tests and fixtures are never touched."""
    with reported(json, project):
        from medallion_toolkit.scaffold.upgrading import plan_upgrade, write_upgrade

        found = plan_upgrade(project)
        if not check and found.is_behind:
            write_upgrade(project, found)
        print_json(_as_dict(found)) if json else typer.echo(_as_text(found, check))
        if (check and found.is_behind) or found.conflicts:
            raise typer.Exit(1)


def _as_dict(found: Upgrade) -> dict[str, object]:
    files = [
        {"path": one.path, "outcome": one.outcome, "conflicts": one.conflicts, "was": one.was, "note": one.note}
        for one in found.files
    ]
    return {"from": found.old, "to": found.new, "is_behind": found.is_behind, "files": files}


def _as_text(found: Upgrade, check: bool) -> str:
    """What follows the template as a number, what meets a change of the project line by line."""
    if not found.is_behind:
        return f"local · template {found.new}, current"
    lines = [f"local · template {found.old} → {found.new}"]
    for outcome in ("added", "updated", "removed"):
        number = sum(one.outcome == outcome and not one.note for one in found.files)
        lines += [f"{outcome:<10} {number} {'file' if number == 1 else 'files'}"] if number else []
    lines += [_line(one) for one in found.files if one.outcome in ("merged", "kept", "conflict")]
    after = "medallion generate && medallion test"
    if check:
        after = "nothing written: medallion upgrade"
    elif found.conflicts:
        files = "1 file has" if len(found.conflicts) == 1 else f"{len(found.conflicts)} files have"
        after = f"{files} places between <<<<<<< and >>>>>>>: decide them, then {after}"
    else:
        after = f"next: {after}"
    return "\n".join([*lines, after])


def _line(file: Merged) -> str:
    said = f"was {file.was}" if file.was else file.note
    return f"{file.outcome:<10} {file.path}" + (f"   ({said})" if said else "")
