"""The workspace as the CLI would reach it: same profile, same variables; its errors as ours."""

from __future__ import annotations

import importlib
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.reaching import refuse_unreachable, stated_host
from medallion_toolkit.errors import EnvironmentProblem, WorkspaceError
from medallion_toolkit.project.identity import Identity

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

    from medallion_toolkit.project.bundle import Bundle

# How long the SDK asks again what is not answered: while it signs in, and afterwards.
SIGN_IN_SECONDS = 30
ASKING_SECONDS = 300


@contextmanager
def asked(what: str, next: str | None = None) -> Iterator[None]:
    """Turn an error of the workspace into ours, with what was asked."""
    from databricks.sdk.errors.base import DatabricksError

    try:
        yield
    except DatabricksError as error:
        raise WorkspaceError("MED703", f"the workspace refused to {what}", found=str(error), next=next) from error
    except TimeoutError as error:
        raise WorkspaceError(
            "MED705",
            f"the workspace did not answer when it was asked to {what}",
            found=str(error),
            expected="an answer within five minutes",
            next=next,
        ) from error


def load_ahead() -> None:
    """Load the SDK in the background, which takes a second or two, while the CLI is waited for."""
    threading.Thread(target=importlib.import_module, args=("databricks.sdk",), daemon=True).start()


def connect(host: str | None = None, profile: str | None = None) -> WorkspaceClient:
    """A client for the workspace that the environment or a profile names."""
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config

    address = stated_host(host, profile)
    if address:
        refuse_unreachable(address)
    try:
        config = Config(host=host, profile=profile, retry_timeout_seconds=SIGN_IN_SECONDS)
    except ValueError as error:
        raise EnvironmentProblem(
            "MED704",
            "no workspace is configured",
            found=str(error).splitlines()[0],
            expected="DATABRICKS_HOST and a way to sign in, or a profile",
            next="databricks auth login",
        ) from error
    config.retry_timeout_seconds = ASKING_SECONDS
    return WorkspaceClient(config=config)


def who_am_i(client: WorkspaceClient) -> Identity:
    """The signed-in user or service principal."""
    with asked("say who is signed in"):
        me = client.current_user.me()
    name = me.user_name or ""
    is_principal = bool(re.fullmatch(r"[0-9a-fA-F-]{36}", name))
    return Identity(name, short_name(me.display_name if is_principal and me.display_name else name))


def short_name(name: str) -> str:
    """What the CLI makes of a name for prefixes.

    >>> short_name("Ada.Brook@example.org")
    'ada_brook'
    """
    local = name.partition("@")[0].lower()
    letters = "".join(
        sign if unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) == "Nd" else "_" for sign in local
    )
    return re.sub(r"_+", "_", letters).strip("_")


@dataclass(frozen=True)
class SignedIn:
    """A target in its workspace: the client, who it speaks for, and the bundle with the names deployed by them."""

    client: WorkspaceClient
    me: Identity
    bundle: Bundle


def client_of(bundle: Bundle) -> WorkspaceClient:
    """A client for the workspace that a target names; without a host or profile, that of the environment."""
    host, profile = (str(bundle.workspace.get(name) or "") or None for name in ("host", "profile"))
    return connect(host, profile)


def sign_in(project: Path, target: str) -> SignedIn:
    """Reach the workspace of a target: its own host or profile, else those of the environment."""
    from medallion_toolkit.project.bundle import load_bundle

    client = client_of(load_bundle(project, target))
    me = who_am_i(client)
    return SignedIn(client, me, load_bundle(project, target, user_name=me.user_name, short_name=me.short_name))
