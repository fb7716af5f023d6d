"""`medallion upgrade`: the current template's helper modules, workflows and resources in a project made earlier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
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
    files = [{"path": one.path, "outcome": one.outcome, "conflicts": one.conflicts} for one in found.files]
    return {"from": found.old, "to": found.new, "is_behind": found.is_behind, "files": files}


def _as_text(found: Upgrade, check: bool) -> str:
    if not found.is_behind:
        return f"local · template {found.new}, current"
    lines = [f"local · template {found.old} → {found.new}"]
    lines += [f"{one.outcome:<10} {one.path}" for one in found.files]
    if found.conflicts:
        lines.append(f"{len(found.conflicts)} files have places between <<<<<<< and >>>>>>> that you decide")
    lines.append("nothing written: medallion upgrade" if check else "next: medallion generate && medallion test")
    return "\n".join(lines)
