"""A target on the way to its workspace: whatever a deployment has to know of it is asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.deployment.releases.workspace_files import CliFiles
from medallion_toolkit.deployment.workspace import SignedIn, client_of
from medallion_toolkit.errors import WorkspaceError
from medallion_toolkit.project.identity import Identity

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Destination:
    """Files in `root` that go to `target`; `command` is what a person typed, for errors that say how to go on.

    `commit` is given where `root` is a copy of one.
    """

    root: Path
    target: str
    command: str
    commit: str | None = None

    @cached_property
    def cli(self) -> Cli:
        """The CLI for these files and this target."""
        return Cli(self.root, self.target)

    @cached_property
    def validated(self) -> Json:
        """The configuration as the CLI resolves it, under --strict; WorkspaceError when it does not hold."""
        from medallion_toolkit.project.bundle import load_bundle

        try:
            found: Json = self.cli.asked("bundle", "validate", "--strict")
        except WorkspaceError:
            load_bundle(self.root, self.target)  # says where in which file, if it is one of the errors we know
            raise
        return found

    @property
    def is_production(self) -> bool:
        """Whether a person is asked before anything is changed."""
        return str(self.validated["bundle"].get("mode")) == "production"

    @property
    def me(self) -> Identity:
        """Who the CLI has signed in as."""
        user = self.validated["workspace"]["current_user"]
        return Identity(str(user["userName"]), str(user["short_name"]))

    @cached_property
    def bundle(self) -> Bundle:
        """The bundle with the names that are deployed."""
        from medallion_toolkit.project.bundle import load_bundle

        return load_bundle(self.root, self.target, user_name=self.me.user_name, short_name=self.me.short_name)

    @cached_property
    def signed_in(self) -> SignedIn:
        """The workspace through the SDK, which takes a second or two to load: only for what the CLI cannot ask."""
        return SignedIn(client_of(self.bundle), self.me, self.bundle)

    @cached_property
    def releases(self) -> ReleaseStore:
        """The releases of the target, read and written by the CLI."""
        return ReleaseStore.in_folder(CliFiles(self.cli), str(self.validated["workspace"]["root_path"]), self.target)
