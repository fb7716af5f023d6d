"""Deploy, and keep what was deployed as a release: a record of the files, made while they are deployed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.deploying import Deployment, deploy_planned
from medallion_toolkit.deployment.destination import Destination
from medallion_toolkit.deployment.planning import Plan
from medallion_toolkit.deployment.releases.model import Release
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.errors import MedallionError, UsageError, WorkspaceError
from medallion_toolkit.project.git import git, git_text

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

LEFT_OUT = (".git/", ".github/", ".medallion/", ".databricks/", ".venv/", "fixtures/", "tests/", ".vscode/")


def deploy_and_record(
    to: Destination,
    plan: Plan,
    take_over: bool = False,
    promoted_from: str | None = None,
    store: ReleaseStore | None = None,
) -> tuple[Deployment, Release | None]:
    """Deploy what was planned and keep the release in the `store`, that of `to` if none is given.

    `promoted_from` is the release that it repeats, of this target or another.

    No release where something is left to do, or of uncommitted files in a development target; in a production
    target those are refused before anything is changed.
    """
    store = store or to.releases
    if to.is_production and not to.commit:
        commit_of(to.root)
    with ThreadPoolExecutor(2) as aside:
        contracts = aside.submit(_contract_versions, to.bundle)
        before = aside.submit(store.current)
        done = deploy_planned(to, plan, take_over)
        if done.left:
            return done, None
        try:
            release = _release(to, plan, before.result(), contracts.result(), promoted_from)
            store.add(release)
        except UsageError:
            if to.is_production:
                raise
            return done, None
        except MedallionError as error:
            raise _not_recorded(to, error) from error
    return done, release


def _release(
    to: Destination, plan: Plan, before: Release | None, contracts: Mapping[str, str], promoted_from: str | None
) -> Release:
    commit = to.commit or commit_of(to.root)
    created = datetime.now(UTC)
    return Release(
        id=f"{created:%Y%m%dT%H%M%SZ}-{commit[:8]}",
        target=to.target,
        commit=commit,
        created=created.isoformat(timespec="milliseconds"),
        by=to.me.user_name,
        files=checksums(to.root),
        bundle=to.validated,
        plan=tuple(f"{one.action} {one.resource}" for one in plan.changes),
        contracts=contracts,
        tools={"medallion": version("medallion-toolkit"), "databricks": str(plan.raw.get("cli_version"))},
        base=before.id if before else None,
        promoted_from=promoted_from,
    )


def _not_recorded(to: Destination, error: MedallionError) -> WorkspaceError:
    return WorkspaceError(
        "MED718",
        f"{to.target} is deployed, but its release is not recorded",
        found=f"{error.code} {error.message}: {error.found}",
        expected="still to do: the record of the release",
        help="a second deployment changes nothing else and records it",
        next=to.command,
    )


def checksums(root: Path) -> Mapping[str, str]:
    """SHA-256 of every file that git knows and a deployment takes along, by its path."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = sorted(path for path in listed.split("\0") if path and not path.startswith(LEFT_OUT))
    return {path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in paths if (root / path).is_file()}


def commit_of(root: Path) -> str:
    """The commit of the project's files; UsageError while something is not committed."""
    dirty = _git(root, "status", "--porcelain", "--", ".")
    if dirty.strip():
        raise UsageError(
            "MED733",
            "a release is made of committed files only",
            found=f"{len(dirty.splitlines())} files differ from the commit, first {dirty.splitlines()[0].strip()}",
            expected="a clean working tree",
            next="git status",
        )
    return _git(root, "rev-parse", "HEAD").strip()


def is_ancestor(root: Path, older: str, newer: str) -> bool:
    """Whether commit `newer` holds everything of commit `older`; False when the repository does not know one."""
    return git(root, "merge-base", "--is-ancestor", older, newer).returncode == 0


def _contract_versions(bundle: Bundle) -> dict[str, str]:
    from medallion_toolkit.graph.contracts import load_contracts

    contracts = load_contracts(bundle)
    package = contracts.package
    if package is None:
        return {}
    return {f"{one.layer}.{one.name}": str(package.contract_version(one)) for one in contracts.by_table.values()}


def _git(root: Path, *arguments: str) -> str:
    return git_text(root, *arguments, code="MED733", needs="a release needs the project in a git repository")
