"""Rows and seconds of each dataset in the newest update of every pipeline, for the cost of a planned change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from medallion_toolkit.deployment.updates.deployed import DeployedPipeline, deployed_pipelines
from medallion_toolkit.deployment.updates.events import Event, new_events
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.plan.costs import Figures
from medallion_toolkit.project.bundle import display_name

_BEGUN = ("STARTING", "RUNNING", "COMPLETED")


def newest_figures(signed_in: SignedIn) -> dict[str, Figures]:
    """By names on screen. Reads events only; pipelines that are not deployed, or never ran, have none."""
    found: dict[str, Figures] = {}
    for pipeline in _deployed(signed_in):
        if pipeline.update is None:
            continue
        with asked(f"tell the events of {pipeline.name}"):
            events = new_events(signed_in.client, pipeline.id, pipeline.update, set())
        found |= figures_of(
            events, pipeline.update, signed_in.bundle.target, lambda name: display_name(signed_in.bundle, name)
        )
    return found


def figures_of(events: Sequence[Event], update: str, target: str, shown: Callable[[str], str]) -> dict[str, Figures]:
    """What the events of one update, oldest first, say of datasets that completed in it."""
    progress = UpdateProgress(update, target).after(events)
    source = f"update {update[:8]} of {target}"
    return {
        shown(name.lower()): Figures(one.written + one.upserted + one.deleted, _seconds(events, name), source, False)
        for name, one in progress.datasets.items()
        if one.status == "COMPLETED"
    }


def _deployed(signed_in: SignedIn) -> list[DeployedPipeline]:
    found: list[DeployedPipeline] = []
    for pipeline in signed_in.bundle.pipelines:
        with suppress(ConfigError):
            found += deployed_pipelines(replace(signed_in, bundle=replace(signed_in.bundle, pipelines=(pipeline,))))
    return found


def _seconds(events: Sequence[Event], dataset: str) -> float:
    """From the first event that has the dataset started to its last."""
    moments = [
        datetime.fromisoformat(event.timestamp)
        for event in events
        if (event.dataset or event.flow) == dataset and event.progress.get("status") in _BEGUN
    ]
    return (max(moments) - min(moments)).total_seconds() if moments else 0.0
