"""Start an update, follow it, and with healing do what is safe until it completes or a person is needed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
from medallion_toolkit.deployment.updates.following import Follower
from medallion_toolkit.deployment.updates.healing import Treatment, treatment_of
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.workspace import SignedIn, asked

RECORD = Path(".medallion") / "deployments"
Told = Callable[[UpdateProgress], None]


@dataclass(frozen=True)
class Attempt:
    """An update that was followed to its end, and what was done about it."""

    progress: UpdateProgress
    treatment: Treatment | None = None


def start_update(signed_in: SignedIn, pipeline: DeployedPipeline, datasets: Sequence[str] = ()) -> str:
    """The id of a new update: of the whole pipeline, or of some datasets. Never a full refresh."""
    with asked(f"start the pipeline {pipeline.name}", next=f"medallion status -t {signed_in.bundle.target}"):
        started = signed_in.client.pipelines.start_update(
            pipeline.id, refresh_selection=[name.rpartition(".")[2] for name in datasets] or None
        )
    return str(started.update_id)


@dataclass
class Watch:
    """Follows updates of one pipeline; `apply_grants` runs the permission script, `tell` shows progress."""

    signed_in: SignedIn
    pipeline: DeployedPipeline
    tell: Told
    apply_grants: Callable[[], object]
    root: Path
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep)

    def run(self, update: str, heal: bool) -> tuple[Attempt, ...]:
        """Every attempt, the last one completed or left to a person; each action is recorded before it is done."""
        attempts: list[Attempt] = []
        while True:
            progress = self._followed(update)
            if not heal or progress.state == "COMPLETED":
                return (*attempts, Attempt(progress))
            treatment = treatment_of(progress, len(attempts))
            attempts.append(Attempt(progress, treatment))
            self._record(progress, treatment)
            if treatment.does is None:
                return tuple(attempts)
            update = self._treated(treatment)

    def _followed(self, update: str) -> UpdateProgress:
        progress = UpdateProgress(update, self.signed_in.bundle.target)
        for progress in Follower(self.signed_in.client, self.signed_in.bundle.target, self.sleep).follow(
            self.pipeline.id, update
        ):
            self.tell(progress)
        return progress

    def _treated(self, treatment: Treatment) -> str:
        if treatment.does in ("grant", "add schema"):
            self.apply_grants()
        self.sleep(treatment.wait_seconds)
        return start_update(self.signed_in, self.pipeline, treatment.datasets)

    def _record(self, progress: UpdateProgress, treatment: Treatment) -> None:
        folder = self.root / RECORD
        folder.mkdir(parents=True, exist_ok=True)
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "pipeline": self.pipeline.key,
            "update": progress.update,
            "does": treatment.does,
            "why": treatment.why,
            "datasets": list(treatment.datasets),
        }
        with (folder / f"{self.signed_in.bundle.target}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
