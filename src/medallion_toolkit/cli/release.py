"""`medallion release`: what was deployed where, whether it passed, and what differs between two targets."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medallion_toolkit.cli.output import print_json, reported

if TYPE_CHECKING:
    from medallion_toolkit.deployment.releases.store import ReleaseStore

app = typer.Typer(help="Releases of a target: list, show, diff, pass.", no_args_is_help=True, rich_markup_mode=None)

Target = Annotated[str, typer.Option("-t", "--target", help="Whose releases.")]
Folder = Annotated[Path, typer.Option("--project", help="Project folder.")]
Json = Annotated[bool, typer.Option("--json", help="Result as JSON on stdout.")]


@app.command("list")
def list_releases(target: Target, project: Folder = Path(), json: Json = False) -> None:
    """Every release of a target, oldest first; the last one runs there."""
    with reported(json, project):
        store = _store(project, target)
        found = [(release, store.passed(release)) for release in store.releases()]
        if json:
            print_json([{**asdict(one), "passed": asdict(passed) if passed else None} for one, passed in found])
            return
        typer.echo(f"workspace · target {target} · {len(found)} release{'s' if len(found) != 1 else ''}")
        for one, passed in found:
            came = f"   from {one.promoted_from}" if one.promoted_from else ""
            typer.echo(f"{one.id}  {one.created[:19]}  {'passed' if passed else '      '}  {one.by}{came}")


@app.command()
def show(release: str, target: Target, project: Folder = Path(), json: Json = False) -> None:
    """One release: commit, resources it changed, contracts, tools; RELEASE is an id or the beginning of a commit."""
    with reported(json, project):
        found = _store(project, target).find(release)
        if json:
            print_json(asdict(found))
            return
        lines = [f"{found.id}   commit {found.commit}   by {found.by}   base {found.base or 'none'}"]
        lines += [f"  {change}" for change in found.plan]
        lines += [f"  contract {name} {version}" for name, version in sorted(found.contracts.items())]
        lines += [f"  {name} {version}" for name, version in sorted(found.tools.items())]
        typer.echo("\n".join([*lines, f"  {len(found.files)} files"]))


@app.command()
def diff(first: str, second: str, project: Folder = Path(), json: Json = False) -> None:
    """What the releases that run in two targets do not have in common: files and contracts."""
    with reported(json, project):
        from medallion_toolkit.deployment.releases.model import difference
        from medallion_toolkit.errors import UsageError

        running = [_store(project, target).current() for target in (first, second)]
        before, after = running
        if before is None or after is None:
            target = first if before is None else second
            raise UsageError(
                "MED731",
                f"nothing was ever released to {target}",
                found="no release",
                expected="a release that runs there",
                next=f"medallion deploy -t {target}",
            )
        found = difference(before, after)
        if json:
            print_json(asdict(found))
        else:
            lines = [f"workspace · {first} {before.id} → {second} {after.id}"]
            lines += [f"{what:<8} {path}" for path, what in found.files.items()]
            lines += [
                f"contract {name}  {was or 'none'} → {now or 'none'}" for name, (was, now) in found.contracts.items()
            ]
            typer.echo("\n".join(lines if found.files or found.contracts else [*lines, "the same"]))
        if found.files:
            raise typer.Exit(1)


@app.command("pass")
def pass_release(target: Target, project: Folder = Path(), json: Json = False) -> None:
    """Record that the release which runs has passed: pipelines well, gates hold. Refused while they are not."""
    with reported(json, project):
        from medallion_toolkit.deployment.releases.passing import pass_current
        from medallion_toolkit.deployment.workspace import sign_in

        found = pass_current(project, sign_in(project, target), datetime.now(UTC))
        print_json(asdict(found)) if json else typer.echo(f"workspace · target {target} · {found.release} has passed")


def _store(project: Path, target: str) -> ReleaseStore:
    from medallion_toolkit.deployment.releases.store import ReleaseStore
    from medallion_toolkit.deployment.workspace import sign_in

    return ReleaseStore.of(sign_in(project, target))
