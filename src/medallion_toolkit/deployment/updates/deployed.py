"""The pipelines of a target as the workspace has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.errors import ConfigError, UsageError, did_you_mean

if TYPE_CHECKING:
    from databricks.sdk.service.pipelines import PipelineStateInfo


@dataclass(frozen=True)
class DeployedPipeline:
    """A pipeline of the bundle in its workspace, with its newest update."""

    key: str
    name: str
    id: str
    state: str
    update: str | None = None
    update_state: str | None = None
    update_created: str | None = None


def deployed_pipelines(signed_in: SignedIn) -> tuple[DeployedPipeline, ...]:
    """Every pipeline of the bundle, in its order; ConfigError when one was never deployed."""
    found = []
    for pipeline in signed_in.bundle.pipelines:
        name = str(signed_in.bundle.resources["pipelines"][pipeline.key]["name"])
        with asked(f"find the pipeline {name}"):
            quoted = name.replace("'", "''")
            states = list(signed_in.client.pipelines.list_pipelines(filter=f"name LIKE '{quoted}'"))
        exact = [state for state in states if state.name == name]
        if not exact:
            raise ConfigError(
                "MED711",
                f"the pipeline {pipeline.key} is not deployed to {signed_in.bundle.target}",
                found="no pipeline of that name",
                expected=name,
                next=f"medallion deploy -t {signed_in.bundle.target}",
            )
        found.append(_deployed(pipeline.key, exact[0]))
    return tuple(found)


def chosen(pipelines: Sequence[DeployedPipeline], key: str | None, others: Iterable[str] = ()) -> DeployedPipeline:
    """The pipeline of that key; without a key the one whose newest update began last.

    `others` are keys that the command knows besides, for the error.
    """
    if key is None:
        return max(pipelines, key=lambda one: one.update_created or "")
    found = next((one for one in pipelines if one.key == key), None)
    if found is None:
        known = [*(one.key for one in pipelines), *others]
        raise UsageError(
            "MED712",
            f"the bundle has no pipeline {key}",
            found=key,
            expected=", ".join(known),
            help=did_you_mean(key, known),
        )
    return found


def newest_update(pipeline: DeployedPipeline, target: str) -> str:
    """The id of its newest update; UsageError when it was never started."""
    if pipeline.update is None:
        raise UsageError(
            "MED714",
            f"the pipeline {pipeline.key} of {target} was never started",
            next=f"medallion start -t {target} {pipeline.key}",
        )
    return pipeline.update


def _deployed(key: str, state: PipelineStateInfo) -> DeployedPipeline:
    newest = next(iter(state.latest_updates or ()), None)
    return DeployedPipeline(
        key,
        str(state.name),
        str(state.pipeline_id),
        state.state.value if state.state else "UNKNOWN",
        newest.update_id if newest else None,
        newest.state.value if newest and newest.state else None,
        newest.creation_time if newest else None,
    )
