"""Resources that a deployment made and did not note, because it was cut off: found, and noted as the bundle's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.workspace import asked
from medallion_toolkit.errors import WorkspaceError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import SchemaInfo, VolumeInfo

    from medallion_toolkit.deployment.destination import Destination
    from medallion_toolkit.deployment.workspace import SignedIn

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Unnoted:
    """A resource of the bundle that is in the workspace, but not in the state of its deployment.

    `is_marked`: the workspace itself says that this bundle and target made it, as it does for jobs and pipelines.
    """

    resource: str
    id: str
    by: str
    is_marked: bool

    @property
    def key(self) -> str:
        """Its key in the bundle."""
        return self.resource.rpartition(".")[2]


def find_unnoted(signed_in: SignedIn, creates: Sequence[str]) -> tuple[Unnoted, ...]:
    """Those of the resources to be created that are there already; `creates` as a plan names them."""
    found: list[Unnoted] = []
    for resource in creates:
        _, kind, *rest = resource.split(".")
        if len(rest) == 1 and kind in _FINDERS:
            stated = (signed_in.bundle.resources.get(kind) or {}).get(rest[0]) or {}
            with asked(f"say whether {resource} is there"):
                found += _FINDERS[kind](signed_in.client, resource, stated, _mark(signed_in))
    return tuple(found)


def note(cli: Cli, found: Sequence[Unnoted], force_lock: bool = False) -> None:
    """Put them into the deployment's state; nothing of theirs is changed. WorkspaceError when the CLI refuses."""
    for one in found:
        force = ("--force-lock",) if force_lock else ()
        cli.run("bundle", "deployment", "bind", one.key, one.id, "--auto-approve", *force)


def need_a_word(to: Destination, found: Sequence[Unnoted]) -> WorkspaceError:
    """The error for schemas and volumes of which nobody can tell whether a deployment made them."""
    first = found[0]
    return WorkspaceError(
        "MED720",
        f"{len(found)} resources are there which no deployment of {to.target} has noted; nothing was changed",
        found="; ".join(f"{one.resource} is {one.id}, made by {one.by}" for one in found),
        expected="resources that the deployment made, or none of that name",
        help=f"left by a deployment that was cut off? then take them over; {first.id} keeps all that is in it",
        next=f"{to.command} --take-over",
    )


def lock_holder(signed_in: SignedIn) -> str | None:
    """Who holds the target's deployment lock and since when; None when it is free."""
    from databricks.sdk.errors import NotFound
    from databricks.sdk.service.workspace import ExportFormat

    try:
        with asked("read the deployment lock"):
            path = f"{_state(signed_in)}/deploy.lock"
            content = signed_in.client.workspace.export(path, format=ExportFormat.AUTO).content
    except WorkspaceError as error:
        if isinstance(error.__cause__, NotFound):
            return None
        raise
    lock = json.loads(base64.b64decode(content or "") or "{}")
    return f"deploy lock acquired by {lock.get('User')} at {lock.get('AcquisitionTime')}"


def _state(signed_in: SignedIn) -> str:
    workspace = signed_in.bundle.workspace
    return str(workspace.get("state_path") or f"{workspace['root_path']}/state")


def _mark(signed_in: SignedIn) -> str:
    return _plain(f"{_state(signed_in)}/metadata.json")


def _plain(path: str) -> str:
    return path.removeprefix("/Workspace")


def _schemas(client: WorkspaceClient, resource: str, stated: Json, _mark: str) -> Iterator[Unnoted]:
    yield from _named(resource, lambda: client.schemas.get(f"{stated['catalog_name']}.{stated['name']}"))


def _volumes(client: WorkspaceClient, resource: str, stated: Json, _mark: str) -> Iterator[Unnoted]:
    name = f"{stated['catalog_name']}.{stated['schema_name']}.{stated['name']}"
    yield from _named(resource, lambda: client.volumes.read(name))


def _named(resource: str, ask: Callable[[], SchemaInfo | VolumeInfo]) -> Iterator[Unnoted]:
    from databricks.sdk.errors import NotFound, PermissionDenied

    try:
        found = ask()
    except (NotFound, PermissionDenied):
        return
    yield Unnoted(resource, str(found.full_name), str(found.created_by), False)


def _pipelines(client: WorkspaceClient, resource: str, stated: Json, mark: str) -> Iterator[Unnoted]:
    name = str(stated["name"])
    quoted = name.replace("'", "''")
    for state in client.pipelines.list_pipelines(filter=f"name LIKE '{quoted}'"):
        found = client.pipelines.get(str(state.pipeline_id))
        deployment = found.spec.deployment if found.spec else None
        if found.name == name and deployment and _plain(deployment.metadata_file_path or "") == mark:
            yield Unnoted(resource, str(found.pipeline_id), str(found.creator_user_name), True)
            return


def _jobs(client: WorkspaceClient, resource: str, stated: Json, mark: str) -> Iterator[Unnoted]:
    name = str(stated["name"])
    for listed in client.jobs.list(name=name):
        found = client.jobs.get(int(listed.job_id or 0))
        deployment = found.settings.deployment if found.settings and found.settings.name == name else None
        if deployment and _plain(deployment.metadata_file_path or "") == mark:
            yield Unnoted(resource, str(found.job_id), str(found.creator_user_name), True)
            return


_Finder = Callable[["WorkspaceClient", str, Json, str], Iterator[Unnoted]]
_FINDERS: Mapping[str, _Finder] = {
    "schemas": _schemas,
    "volumes": _volumes,
    "pipelines": _pipelines,
    "jobs": _jobs,
}
