"""Make the record of a deployment from the files that were deployed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.deploying import Deployment
from medallion_toolkit.deployment.releases.model import Release
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.deployment.workspace import SignedIn
from medallion_toolkit.errors import UsageError, WorkspaceError
from medallion_toolkit.project.git import git, git_text

if TYPE_CHECKING:
    from medallion_toolkit.graph.contracts import Contracts

LEFT_OUT = (".git/", ".github/", ".medallion/", ".databricks/", ".venv/", "fixtures/", "tests/", ".vscode/")


def record(
    root: Path, signed_in: SignedIn, done: Deployment, promoted_from: str | None = None, commit: str | None = None
) -> Release:
    """Keep the release of a deployment that has just been made; `commit` when `root` is a copy of one.

    WorkspaceError when the deployment has left something to do: that is no release.
    """
    from medallion_toolkit.graph.contracts import load_contracts

    if done.left:
        raise WorkspaceError(
            "MED718",
            f"{done.target} is partly deployed, which makes no release",
            found=f"still to do: {', '.join(one.resource for one in done.left)}",
            next=f"medallion deploy -t {done.target}",
        )
    store = ReleaseStore.of(signed_in)
    cli = Cli(root, done.target)
    before = store.current()
    files = checksums(root)
    created = datetime.now(UTC)
    commit = commit or commit_of(root)
    release = Release(
        id=f"{created:%Y%m%dT%H%M%SZ}-{commit[:8]}",
        target=done.target,
        commit=commit,
        created=created.isoformat(timespec="milliseconds"),
        by=signed_in.me.user_name,
        files=files,
        bundle=cli.asked("bundle", "validate"),
        plan=tuple(f"{one.action} {one.resource}" for one in done.planned),
        contracts=_contract_versions(load_contracts(signed_in.bundle)),
        tools={"medallion": version("medallion-toolkit"), "databricks": cli.version()},
        base=before.id if before else None,
        promoted_from=promoted_from,
    )
    store.add(release)
    return release


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


def _contract_versions(contracts: Contracts) -> dict[str, str]:
    package = contracts.package
    if package is None:
        return {}
    return {f"{one.layer}.{one.name}": str(package.contract_version(one)) for one in contracts.by_table.values()}


def _git(root: Path, *arguments: str) -> str:
    return git_text(root, *arguments, code="MED733", needs="a release needs the project in a git repository")
